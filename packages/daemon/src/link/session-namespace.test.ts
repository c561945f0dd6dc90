import { describe, expect, test } from 'vitest';
import { answerJson, openApiServer } from '../kubernetes/api-server.fake.ts';
import { ensureNamespace, isNamespaceDeleted } from './session-namespace.ts';

const { signal } = new AbortController();

/** An API server that answers for the namespace `shop` with this, and takes what is made. */
async function cluster(status: number, metadata: object = {}) {
  return await openApiServer((request, response) =>
    answerJson(response, request.method === 'GET' ? status : 201, { metadata }),
  );
}

const ENDING = { deletionTimestamp: '2026-01-01T00:00:00Z' };

describe('the namespace of a session', () => {
  test.each([
    ['that is there is left alone', 200, {}, ['GET /api/v1/namespaces/shop']],
    ['that is not there is made', 404, {}, ['GET /api/v1/namespaces/shop', 'POST /api/v1/namespaces']],
  ])('%s', async (_what, status, metadata, requests) => {
    const server = await cluster(status, metadata);
    await ensureNamespace(server.api, 'shop', signal);
    expect(server.requests).toEqual(requests);
  });

  test('that is being deleted is waited for', async () => {
    const { api } = await cluster(200, ENDING);
    await expect(ensureNamespace(api, 'shop', signal)).rejects.toMatchObject({ code: 'cluster/namespace-ending' });
  });

  test.each([
    ['is there', 200, {}, false],
    ['is being deleted', 200, ENDING, true],
    ['is gone', 404, {}, true],
    ['may not be looked at', 403, {}, false],
  ])('that %s', async (_what, status, metadata, isDeleted) => {
    const { api } = await cluster(status, metadata);
    expect(await isNamespaceDeleted(api, 'shop', signal)).toBe(isDeleted);
  });

  test('of a cluster that does not answer is not called deleted', async () => {
    const { api, close } = await cluster(200);
    close();
    expect(await isNamespaceDeleted(api, 'shop', signal)).toBe(false);
  });
});
