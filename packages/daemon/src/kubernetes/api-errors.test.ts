import { expect, test } from 'vitest';
import { ApiRefusal, type Status } from './api-errors.ts';

const missing: Status = { reason: 'NotFound', details: { name: 'shop', kind: 'namespaces' } };
const ending: Status = { reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating' }] } };

test.each<[string, number, Status, string]>([
  ['a namespace that is not there', 404, missing, 'kubectl create namespace shop'],
  ['another thing that is not there', 404, { details: { name: 'shop', kind: 'secrets' } }, 'kubectl get events'],
  ['a namespace that is being deleted', 403, ending, 'kubectl get namespaces'],
  ['missing rights', 403, { reason: 'Forbidden' }, 'kubectl auth can-i'],
  ['an invalid field', 422, {}, 'Mend the manifest'],
  ['expired credentials', 401, {}, 'minikube update-context'],
])('what mends %s', (_, status, body, remedy) => {
  expect(new ApiRefusal(status, body, 'PATCH /x').remedy).toContain(remedy);
});
