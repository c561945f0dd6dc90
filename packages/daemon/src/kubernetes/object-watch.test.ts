import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { answerJson, openApiServer } from './api-server.fake.ts';
import { type WatchChange, type WatchOptions, watchObjects } from './object-watch.ts';

type Answer = (response: ServerResponse, version: string | null) => void;

const pod = (name: string, resourceVersion: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, resourceVersion },
});
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const gone = { kind: 'Status', code: 410, reason: 'Expired' };

/** A server with its lists and watches in the order in which they are asked for; the last of each answers on. */
async function serve(lists: readonly KubernetesObject[][], watches: readonly Answer[]) {
  let listed = 0;
  let watched = 0;
  const versions: (string | null)[] = [];
  const failures: unknown[] = [];
  const { api, requests } = await openApiServer((_request, response, { searchParams }) => {
    if (searchParams.get('watch') === 'true') {
      const version = searchParams.get('resourceVersion');
      versions.push(version);
      watches[Math.min(watched, watches.length - 1)]?.(response, version);
      watched += 1;
    } else {
      // as the API server does it: the objects of a list do not say what they are
      const items = lists[Math.min(listed, lists.length - 1)]?.map(({ metadata }) => ({ metadata }));
      listed += 1;
      const metadata = { resourceVersion: `list-${listed}` };
      answerJson(response, 200, { apiVersion: 'v1', kind: 'PodList', metadata, items });
    }
  });
  const take = async (count: number, more: Pick<WatchOptions, 'stallMs'> = {}): Promise<string[]> => {
    const controller = new AbortController();
    const told: string[] = [];
    const options = { onFailure: (error: unknown) => failures.push(error), signal: controller.signal, ...more };
    for await (const change of watchObjects(api, '/api/v1/pods', options)) {
      told.push(say(change));
      if (told.length === count) controller.abort();
    }
    return told;
  };
  return { take, versions, failures, requests };
}

function say(change: WatchChange): string {
  const objects = change.type === 'listed' ? change.objects : [change.object];
  for (const { apiVersion, kind } of objects) expect([apiVersion, kind]).toEqual(['v1', 'Pod']);
  return `${change.type} ${objects.map(({ metadata }) => metadata.name).join()}`;
}

const hold: Answer = (response) => void response.writeHead(200).flushHeaders();
const send =
  (...lines: string[]): Answer =>
  (response) =>
    void response.writeHead(200).end(lines.join(''));

test('lists, then tells every change, and goes on from the newest version when a watch ends', async () => {
  const { take, versions, failures } = await serve(
    [[pod('a', '1')]],
    [
      send(line('ADDED', pod('b', '5')), line('BOOKMARK', pod('', '8'))),
      send(line('MODIFIED', pod('b', '9')), line('DELETED', pod('a', '10'))),
      hold,
    ],
  );
  expect(await take(4)).toEqual(['listed a', 'changed b', 'changed b', 'deleted a']);
  expect(versions.slice(0, 2)).toEqual(['list-1', '8']);
  expect(failures.filter(Boolean)).toEqual([]);
});

test.each<[string, Answer]>([
  ['in the stream', send(line('ERROR', gone))],
  ['as a status', (response) => answerJson(response, 410, gone)],
])('lists anew when the version is gone: %s', async (_where, expired) => {
  const { take, versions } = await serve([[pod('a', '1')], []], [expired, hold]);
  expect(await take(2)).toEqual(['listed a', 'listed ']);
  expect(versions[0]).toBe('list-1');
});

test('a connection that breaks is told, and the watch goes on where it was', async () => {
  const { take, versions, failures } = await serve(
    [[]],
    [
      (response) => {
        response.writeHead(200).write(line('ADDED', pod('a', '5')), () => response.destroy());
      },
      send(line('ADDED', pod('b', '6'))),
    ],
  );
  expect(await take(3)).toEqual(['listed ', 'changed a', 'changed b']);
  expect(versions).toEqual(['list-1', '5']);
  expect(failures).toContainEqual(expect.objectContaining({ code: 'cluster/unreachable' }));
});

test('a watch on which nothing comes is opened anew, which is no failure where the server answers', async () => {
  const { take, versions, failures } = await serve(
    [[pod('a', '1')]],
    [hold, hold, hold, send(line('ADDED', pod('b', '5')))],
  );
  expect(await take(2, { stallMs: 30 })).toEqual(['listed a', 'changed b']);
  expect(versions).toEqual(['list-1', 'list-1', 'list-1', 'list-1']);
  expect(failures.filter(Boolean)).toEqual([]);
});

test('a refused list is asked for again', async () => {
  let asked = 0;
  const { api } = await openApiServer((_request, response) => {
    asked += 1;
    if (asked === 1) answerJson(response, 500, { message: 'not yet' });
    else answerJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
  });
  const failures: unknown[] = [];
  const controller = new AbortController();
  for await (const change of watchObjects(api, '/x', {
    onFailure: (e) => failures.push(e),
    signal: controller.signal,
  })) {
    expect(change.type).toBe('listed');
    controller.abort();
  }
  expect(failures).toEqual([expect.objectContaining({ status: 500 }), undefined]);
});

test('an object larger than any line of a log is read', async () => {
  const large = { ...pod('large', '5'), data: { text: 'x'.repeat(1_500_000) } };
  const { take } = await serve([[]], [send(line('DELETED', large)), hold]);
  expect(await take(2)).toEqual(['listed ', 'deleted large']);
});

test('errors in the stream other than 410 do not make it list without a pause', async () => {
  const { take, requests } = await serve([[]], [send(line('ERROR', { kind: 'Status', code: 500 }))]);
  const startedAt = performance.now();
  await take(3);
  expect(performance.now() - startedAt).toBeGreaterThan(250);
  expect(requests).toHaveLength(5);
});
