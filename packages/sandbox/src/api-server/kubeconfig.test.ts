import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigYaml } from './kubeconfig.ts';

test.each(['box', '0x1f', 'a: "b" # \\'])('a kubeconfig has one context, the current one: %s', (context) => {
  const options = {
    server: 'https://127.0.0.1:6443',
    ca: 'CA',
    cert: 'CERT',
    key: 'KEY',
    context,
    namespace: 'n',
  };
  const config = parse(kubeconfigYaml(options));
  expect(config['current-context']).toBe(context);
  expect(config.contexts).toEqual([{ name: context, context: { cluster: context, namespace: 'n', user: context } }]);
  expect(config.clusters[0].cluster.server).toBe('https://127.0.0.1:6443');
  expect(Buffer.from(config.users[0].user['client-key-data'], 'base64').toString()).toBe('KEY');
});
