import { expect, test } from 'vitest';
import { toYaml } from './to-yaml.ts';

test('objects are YAML documents, and what a Secret holds is not told', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db' },
    data: { password: 'c2VjcmV0' },
    stringData: { user: 'admin' },
  };
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { colour: 'green' } };
  expect(toYaml([secret, config])).toMatchInlineSnapshot(`
    "apiVersion: v1
    kind: Secret
    metadata:
      name: db
    data:
      password: "***"
    stringData:
      user: "***"
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      colour: green
    "
  `);
  expect(secret.data.password).toBe('c2VjcmV0');
  expect(toYaml([])).toBe('');
});
