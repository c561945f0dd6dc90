import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import readline from 'node:readline';
import { expect, test } from 'vitest';
import { openSandboxApi } from './open-api-server.fake.ts';

type Sandbox = Awaited<ReturnType<typeof openSandboxApi>>;

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** The events of a watch as words: `ADDED a`. */
async function watch({ url, agent }: Sandbox, query: string, headers: Record<string, string> = {}) {
  const [answer] = (await once(
    https.get(new URL(`${CONFIG_MAPS}?watch=true&${query}`, url), { agent, headers }),
    'response',
  )) as [IncomingMessage];
  answer.on('error', () => undefined); // told by the end of the lines
  const lines = readline.createInterface({ input: answer })[Symbol.asyncIterator]();
  return {
    answer,
    event: async () => {
      const { value = '' } = await lines.next();
      return JSON.parse(value);
    },
    next: async () => {
      const { done, value = '' } = await lines.next();
      if (done === true) return 'END';
      const { type, object } = JSON.parse(value);
      return `${type} ${object.metadata.name ?? ''}`.trim();
    },
  };
}

const create = (sandbox: Sandbox, name: string, labels: object = {}) =>
  sandbox.request('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } });

const label = (sandbox: Sandbox, name: string, labels: object) =>
  sandbox.request(
    'PATCH',
    `${CONFIG_MAPS}/${name}`,
    { metadata: { labels } },
    {
      'content-type': 'application/merge-patch+json',
    },
  );

test('from a version on, every change is told once and in order', async () => {
  const sandbox = await openSandboxApi();
  const { resourceVersion } = (await create(sandbox, 'a')).body.metadata;
  await create(sandbox, 'b');
  const { next } = await watch(sandbox, `resourceVersion=${resourceVersion}`);
  await label(sandbox, 'a', { x: 'y' });
  await sandbox.request('DELETE', `${CONFIG_MAPS}/b`);
  expect([await next(), await next(), await next()]).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
});

test('without a version, what is there comes first', async () => {
  const sandbox = await openSandboxApi();
  await create(sandbox, 'a');
  const { next } = await watch(sandbox, '');
  await create(sandbox, 'b');
  expect([await next(), await next()]).toEqual(['ADDED a', 'ADDED b']);
});

test('an object that leaves the selector is gone, and comes anew when it fits again', async () => {
  const sandbox = await openSandboxApi();
  await create(sandbox, 'a', { app: 'web' });
  const { next } = await watch(sandbox, 'labelSelector=app%3Dweb&fieldSelector=metadata.name%3Da');
  await create(sandbox, 'b', { app: 'web' });
  await label(sandbox, 'a', { app: 'other' });
  await label(sandbox, 'a', { app: 'web' });
  expect([await next(), await next(), await next()]).toEqual(['ADDED a', 'DELETED a', 'ADDED a']);
});

test('a list by watch ends with a bookmark that says so', async () => {
  const sandbox = await openSandboxApi();
  await create(sandbox, 'a');
  const { next, event } = await watch(
    sandbox,
    'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  );
  expect(await next()).toBe('ADDED a');
  expect(await event()).toMatchObject({
    type: 'BOOKMARK',
    object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
  });
});

test('rows of a table name their columns once', async () => {
  const sandbox = await openSandboxApi();
  for (const name of ['a', 'b']) await create(sandbox, name);
  const { event } = await watch(sandbox, '', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
  const [first, second] = [await event(), await event()];
  expect(first.object.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Data', 'Age']);
  expect(second.object).toMatchObject({ columnDefinitions: null, rows: [{ cells: ['b', 0, expect.any(String)] }] });
});

test('a watch ends at its time, and at once when watches are dropped', async () => {
  const sandbox = await openSandboxApi();
  const { answer } = await watch(sandbox, '');
  const closed = new Promise((resolve) => answer.once('close', resolve));
  sandbox.server.faults.dropWatches();
  await closed;
  const { next } = await watch(sandbox, 'timeoutSeconds=1');
  expect(await next()).toBe('END');
});

test('a version that has not come yet is refused', async () => {
  const sandbox = await openSandboxApi();
  const { status, body } = await sandbox.request('GET', `${CONFIG_MAPS}?watch=true&resourceVersion=999999`);
  expect([status, body.reason]).toEqual([504, 'Timeout']);
});
