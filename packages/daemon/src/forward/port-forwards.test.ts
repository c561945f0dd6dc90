import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { DaemonEvent } from '@devloop/shared/protocol/event';
import { expect, onTestFinished, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { ApiClient } from '../kubernetes/api-client.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { ServiceSpec } from '../project/project.ts';
import { ID, podObject } from '../rollout/live-objects.fake.ts';
import type { Workload } from '../rollout/workload-status.ts';
import { EventLog } from '../state/event-log.ts';
import { Bell } from '../support/bell.ts';
import { FakeNode } from './node.fake.ts';
import { PortForwards, type PortForwardsOptions } from './port-forwards.ts';

const LABELS = { app: 'web' };
const web = {
  name: 'web',
  manifests: [
    {
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { template: { metadata: { labels: LABELS }, spec: { containers: [{ name: 'main', image: 'web' }] } } },
      },
      file: undefined,
      line: 1,
    },
  ],
} as unknown as ServiceSpec;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A program in a pod. */
async function program(onConnection: (socket: net.Socket) => void, port = 0): Promise<number> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

/** A node, a session with it, and port `local` forwarded to port 80 of the service web, whose pods are `pods`. */
async function stage(...objects: (KubernetesObject | Pick<PortForwardsOptions, 'podWaitMs' | 'wordWaitMs'>)[]) {
  const pods = objects.filter((object) => 'kind' in object);
  const options = objects.filter((object) => !('kind' in object)).at(0);
  const node = await FakeNode.listen();
  onTestFinished(() => node[Symbol.asyncDispose]());
  const api = new ApiClient({ server: node.address, headers: {} } as ApiClient['address']);
  onTestFinished(() => api[Symbol.dispose]());
  const changed = new Bell();
  const ended = new AbortController();
  const followed = new Set(['shop']);
  const view = {
    changed,
    namespaces: followed,
    follow: async (namespace: string) => void followed.add(namespace),
    all: (kind: string, namespace: string) =>
      pods.filter((pod) => followed.has(namespace) && pod.kind === kind && pod.metadata.namespace === namespace),
    get: (kind: string, namespace: string, name: string) =>
      view.all(kind, namespace).find((pod) => pod.metadata.name === name),
  };
  const session = { api, view, namespace: 'shop', signal: ended.signal } as unknown as ClusterSession;
  const world = { session: session as ClusterSession | undefined, contents: [] as readonly Workload[] };
  const log = new EventLog();
  const events: DaemonEvent[] = [];
  log.listen(({ event }) => events.push(event));
  const forwards = new PortForwards({
    log,
    session: () => world.session,
    contents: () => world.contents,
    ...options,
    onBug: (error) => {
      throw error;
    },
  });
  onTestFinished(() => forwards[Symbol.asyncDispose]());
  const local = await freePort();
  await forwards.sync([web], [{ service: 'web', local, port: 80, address: undefined, chosen: false }]);
  const connect = (host = '127.0.0.1') => net.connect({ port: local, host, allowHalfOpen: true });
  return { node, session, pods, changed, ended, world, log, events, forwards, local, connect };
}

const webPod = (name: string, options: Parameters<typeof podObject>[1] = {}) =>
  podObject(name, { labels: LABELS, ...options });

/** Sends all, ends its side, and reads all. */
function exchange(socket: net.Socket, sent: string): Promise<string> {
  socket.end(sent);
  return text(socket);
}

/** Answers when the client has said all. */
const afterAll = (socket: net.Socket) => {
  text(socket).then(
    (said) => socket.end(`you said ${said}`),
    () => undefined,
  );
};

test('an end of one direction leaves the other, over IPv4 and IPv6', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  node.programs.set('web-1:80', await program(afterAll));
  expect(await exchange(connect(), 'hello')).toBe('you said hello');
  expect(await exchange(connect('::1'), 'hello')).toBe('you said hello');
});

test('megabytes come whole in both directions, also to one who reads slowly', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  const bytes = randomBytes(24_000_000);
  node.programs.set('web-1:80', await program((socket) => socket.pipe(socket)));
  const socket = connect();
  socket.end(bytes);
  const hash = createHash('sha256');
  let count = 0;
  for await (const chunk of socket) {
    hash.update(chunk as Buffer);
    count += 1;
    if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('two hundred at once, each its own', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  const all: net.Socket[] = [];
  const complete = Promise.withResolvers<void>();
  const port = await program((socket) => {
    all.push(socket);
    if (all.length === 200) complete.resolve();
  });
  node.programs.set('web-1:80', port);
  const clients = Array.from({ length: 200 }, (_, index) => exchange(connect(), `${index}`));
  await complete.promise; // all are open together
  for (const socket of all) afterAll(socket);
  expect(await Promise.all(clients)).toEqual(Array.from({ length: 200 }, (_, index) => `you said ${index}`));
});

test('those that come one after the other share a connection to the node, until it breaks', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  node.programs.set('web-1:80', await program(afterAll));
  for (let count = 0; count < 20; count += 1) await exchange(connect(), 'x');
  expect(node.requests.length).toBeLessThan(5); // one that is not free yet is not waited for
  const before = node.requests.length;
  node.breakAll();
  expect(await exchange(connect(), 'again')).toBe('you said again');
  expect(node.requests.length).toBe(before + 1);
});

test('one that is torn down in the middle hurts no other', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  node.programs.set('web-1:80', await program((socket) => socket.pipe(socket)));
  const [poisoned, other] = [connect(), connect()];
  for (const socket of [poisoned, other]) {
    socket.write('a');
    await once(socket, 'data');
  }
  poisoned.resetAndDestroy();
  other.end('b');
  expect(await text(other)).toBe('b');
});

test('while no pod is ready connections wait, and none is lost', async () => {
  const { node, pods, changed, connect } = await stage(webPod('web-1', { ready: false }));
  node.programs.set('web-1:80', await program(afterAll));
  const answers = Array.from({ length: 30 }, (_, index) => exchange(connect(), `${index}`));
  const last = connect();
  await once(last, 'connect'); // so have those before it
  expect(node.requests).toEqual([]);
  pods[0] = webPod('web-1');
  changed.ring();
  expect(await Promise.all(answers)).toEqual(answers.map((_, index) => `you said ${index}`));
  last.destroy();
});

test('what a program that does not listen yet has not taken is sent when it does, once', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  const later = await freePort();
  node.programs.set('web-1:80', later);
  const answers = [exchange(connect(), 'one'), exchange(connect(), 'two')];
  while (node.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const said: string[] = [];
  await program((socket) => {
    text(socket).then((one) => {
      said.push(one);
      socket.end('taken');
    });
  }, later);
  expect(await Promise.all(answers)).toEqual(['taken', 'taken']);
  expect(said.toSorted()).toEqual(['one', 'two']);
});

test('a pod that refuses is left for another that takes, by all that come', async () => {
  const { node, connect } = await stage(webPod('web-1'), webPod('web-2'));
  node.programs.set('web-2:80', await program(afterAll));
  const answers = Array.from({ length: 20 }, (_, index) => exchange(connect(), `${index}`));
  expect(await Promise.all(answers)).toEqual(answers.map((_, index) => `you said ${index}`));
});

test('what a program has taken is never sent again: its reset is the client’s', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  let taken = 0;
  node.programs.set(
    'web-1:80',
    await program((socket) => {
      taken += 1;
      socket.once('data', () => socket.resetAndDestroy());
    }),
  );
  const socket = connect();
  socket.write('POST /pay');
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(taken).toBe(1);
});

test('a pod whose image is being exchanged gets nothing until its new program has started', async () => {
  const started = new Set<string>();
  const swapped = webPod('web-1', { image: 'web:2', imageId: ID.one }); // runs web:1 still, and is called ready
  const { node, changed, world, connect } = await stage(swapped);
  world.contents = [
    {
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      generation: 1,
      expected: new Map([['main', { reference: 'web:2', imageId: ID.two }]]),
      started,
    },
  ];
  node.programs.set('web-1:80', await program(afterAll));
  const answer = exchange(connect(), 'x');
  const second = connect();
  await once(second, 'connect');
  changed.ring();
  expect(node.requests).toEqual([]);
  started.add('uid-web-1');
  changed.ring();
  expect(await answer).toBe('you said x');
  second.destroy();
});

/** What a swap, or a rolling update, says of pods. */
function swapping() {
  const uids = () => new Set<string>();
  const sets = { leaving: uids(), ended: uids(), started: uids(), older: uids() };
  const expected = new Map([['main', { reference: 'web:2', imageId: ID.two }]]);
  const workload: Workload = { kind: 'Deployment', namespace: 'shop', name: 'web', generation: 1, expected, ...sets };
  return { ...sets, workload };
}

const GET = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';

test('what may be asked twice goes to the old program to the last, and to the new one where that ended without an answer', async () => {
  const { leaving, ended, started, workload } = swapping();
  const { node, changed, world, connect } = await stage(webPod('web-1'));
  world.contents = [workload];
  leaving.add('uid-web-1');
  const asked: string[] = [];
  const old = await program((socket) => {
    socket.once('data', (bytes) => {
      asked.push(`old: ${bytes}`);
      if (asked.length === 1) socket.end('of the old one');
      else {
        ended.add('uid-web-1');
        socket.destroy();
      }
    });
  });
  node.programs.set('web-1:80', old);
  const posted = connect();
  posted.write('POST /pay HTTP/1.1\r\nContent-Length: 0\r\n\r\n');
  await once(posted, 'connect');
  const first = connect();
  first.write(GET);
  expect(await text(first)).toBe('of the old one');
  const second = connect();
  second.write(GET);
  const answer = text(second);
  while (!ended.has('uid-web-1')) await new Promise((resolve) => setImmediate(resolve));
  node.programs.set(
    'web-1:80',
    await program((socket) => {
      socket.once('data', (bytes) => {
        asked.push(`new: ${bytes.toString().slice(0, 4)}`);
        socket.end('of the new one');
      });
    }),
  );
  started.add('uid-web-1');
  changed.ring();
  expect(await answer).toBe('of the new one');
  expect(await text(posted)).toBe('of the new one');
  expect(asked.toSorted()).toEqual(['new: GET ', 'new: POST', `old: ${GET}`, `old: ${GET}`]);
});

test('that the old program has ended is heeded before its connection ends', async () => {
  const { leaving, ended, started, workload } = swapping();
  const { node, changed, world, connect } = await stage(webPod('web-1'));
  world.contents = [workload];
  leaving.add('uid-web-1');
  const asked = Promise.withResolvers<net.Socket>();
  node.programs.set('web-1:80', await program((socket) => socket.once('data', () => asked.resolve(socket))));
  const socket = connect();
  socket.write(GET);
  const late = await asked.promise; // socat keeps its connection for half a second more
  ended.add('uid-web-1');
  node.programs.set('web-1:80', await program((one) => one.once('data', () => one.end('of the new one'))));
  started.add('uid-web-1');
  changed.ring();
  const said = text(socket);
  late.end('of the old one, too late');
  expect(await said).toBe('of the new one');
});

const NEW = { image: 'web:2', imageId: ID.two };

/** A rolling update: an old pod, and a new one that Kubernetes calls ready, or as `options` say, whose port is `later`. */
async function rolling(
  options: Parameters<typeof podObject>[1] = {},
  patience: Pick<PortForwardsOptions, 'wordWaitMs'> = {},
) {
  const { older, ended, started, workload } = swapping();
  const staged = await stage(webPod('web-1'), webPod('web-2', { ...NEW, ...options }), patience);
  staged.world.contents = [workload];
  older.add('uid-web-1');
  const later = await freePort();
  staged.node.programs.set('web-1:80', await program((socket) => socket.once('data', () => socket.end('old'))));
  staged.node.programs.set('web-2:80', later);
  const ask = (request: string) => {
    const socket = staged.connect();
    socket.write(request);
    return text(socket);
  };
  return { ...staged, older, ended, started, later, ask };
}

const POST = 'POST /pay HTTP/1.1\r\nContent-Length: 0\r\n\r\n';

test('in a rolling update the old pod serves until the new one takes connections, and never again after that', async () => {
  const { later, ask, older } = await rolling();
  expect(await ask(GET)).toBe('old');
  expect(await ask(POST)).toBe('old');
  let silent = 0;
  await program((socket) => {
    let said = '';
    socket.on('data', (bytes) => {
      said += bytes;
      socket.end('new');
    });
    socket.once('end', () => {
      if (said === '') silent += 1;
      socket.end();
    });
  }, later);
  const answers: string[] = [];
  while (answers.at(-1) !== 'new') answers.push(await ask(POST));
  expect(answers.slice(0, -1).filter((answer) => answer !== 'old')).toEqual([]);
  expect(silent).toBe(1); // it was looked at before anybody was sent there
  for (let count = 0; count < 20; count += 1) expect(await ask(GET)).toBe('new');
  older.clear();
  expect(await ask(GET)).toBe('new');
});

/** What its kubelet has told of a pod that it is to make: nothing. */
const UNTOLD: Parameters<typeof podObject>[1] = {
  ready: false,
  phase: 'Pending',
  spec: { nodeName: 'node', containers: [{ name: 'main', image: 'web:2' }] },
  status: { containerStatuses: [] },
};

/** Answers who asks, and ends with who only looks. */
const answersNew = (socket: net.Socket) => {
  socket.once('data', () => socket.end('new'));
  socket.once('end', () => socket.end());
};

test('in a rolling update the new pod serves as soon as it listens, before its kubelet has told of it', async () => {
  const { node, pods, changed, later, ask, started, older } = await rolling(UNTOLD);
  const looks = () => node.dialled.filter((dialled) => dialled === 'web-2:80').length;
  node.unmade.add('web-2');
  expect(await ask(POST)).toBe('old');
  expect(looks()).toBe(0);
  node.unmade.clear();
  started.add('uid-web-2');
  changed.ring();
  while (looks() < 2) expect(await ask(POST)).toBe('old');
  await program(answersNew, later);
  const answers: string[] = [];
  while (answers.at(-1) !== 'new') answers.push(await ask(POST));
  expect(answers.slice(0, -1).filter((answer) => answer !== 'old')).toEqual([]);
  for (let count = 0; count < 20; count += 1) expect(await ask(GET)).toBe('new');
  pods[1] = webPod('web-2', NEW); // now it is told
  pods[0] = webPod('web-1', { deleted: true });
  changed.ring();
  const seen = looks();
  for (let count = 0; count < 5; count += 1) expect(await ask(GET)).toBe('new');
  older.clear();
  expect(await ask(GET)).toBe('new');
  expect(looks()).toBe(seen + 6); // nobody had to look again
});

test('where no engine tells that a pod was started, it is looked at as soon as its node has made it', async () => {
  const { node, later, ask } = await rolling(UNTOLD);
  node.unmade.add('web-2');
  await program(answersNew, later);
  while (!node.requests.includes('spdy web-2')) expect(await ask(POST)).toBe('old');
  expect(await ask(POST)).toBe('old');
  node.unmade.clear();
  const answers: string[] = [];
  while (answers.at(-1) !== 'new') answers.push(await ask(POST));
  expect(answers.slice(0, -1).filter((answer) => answer !== 'old')).toEqual([]);
});

test('a pod that comes is looked at as long as somebody has just come, whether or not anybody comes again', async () => {
  const { node, pods, changed, later, ask, started } = await rolling({ ...UNTOLD, spec: {} });
  expect(await ask(POST)).toBe('old'); // it has no node yet
  await program((socket) => socket.on('end', () => socket.end()).resume(), later);
  pods[1] = webPod('web-2', { ...NEW, ...UNTOLD });
  started.add('uid-web-2');
  changed.ring();
  while (!node.dialled.includes('web-2:80')) await new Promise((resolve) => setImmediate(resolve));
});

test('where the new pod listens no more before its kubelet has told of it, the old one serves again until it does', async () => {
  const { node, changed, later, ask, started } = await rolling(UNTOLD);
  started.add('uid-web-2');
  changed.ring();
  await program(answersNew, later);
  while ((await ask(POST)) !== 'new');
  node.programs.set('web-2:80', await freePort());
  expect(await ask(POST)).toBe('old');
  expect(await ask(GET)).toBe('old');
  node.programs.set('web-2:80', later);
  while ((await ask(POST)) !== 'new');
});

test('where only a new pod is left of which nothing is known, one at a time tries it', async () => {
  const { node, pods, changed, later, ask } = await rolling();
  pods.splice(0, 1);
  changed.ring();
  const answers = Array.from({ length: 40 }, () => ask(POST));
  while (node.dialled.length < 16) await new Promise((resolve) => setImmediate(resolve));
  expect(node.requests.length).toBeLessThan(8); // one that has been refused is used for the next
  await program((socket) => socket.once('data', () => socket.end('new')), later);
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['new']));
});

test('who has connected and not spoken yet is not sent to a pod that may take nobody', async () => {
  const { node, connect, pods, changed } = await rolling({}, { wordWaitMs: 60_000 });
  pods[0] = webPod('web-1', { deleted: true }); // what may be asked twice goes there to its last
  changed.ring();
  const socket = connect();
  await once(socket, 'connect');
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  socket.write(GET);
  expect(await text(socket)).toBe('old');
  const [first, ...others] = node.dialled.filter((dialled) => dialled === 'web-2:80');
  expect([first, others]).toEqual(['web-2:80', []]); // once, to see whether it takes connections
});

test('those that wait for a program go on when it listens, not only when it has answered the first', async () => {
  const { pods, changed, later, ask } = await rolling();
  pods.splice(0, 1);
  changed.ring();
  const many = 200;
  const answers = Array.from({ length: many }, () => ask(POST));
  const waiting: net.Socket[] = [];
  await program((socket) => {
    socket.once('data', () => {
      waiting.push(socket);
      if (waiting.length === many) for (const one of waiting) one.end('new');
    });
    socket.once('end', () => socket.end());
  }, later);
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['new']));
});

test('once the new content is live nobody is sent to the old pod, whether or not the new one takes connections', async () => {
  const { later, ask, older, pods, changed } = await rolling();
  pods[0] = webPod('web-1', { deleted: true });
  changed.ring();
  expect(await ask(GET)).toBe('old');
  older.clear();
  const answer = ask(GET);
  const posted = ask(POST);
  await program((socket) => socket.once('data', () => socket.end('new')), later);
  expect(await answer).toBe('new');
  expect(await posted).toBe('new');
});

test('what must not be asked twice is reset where its program ended without an answer', async () => {
  const { leaving, workload } = swapping();
  const { node, world, connect } = await stage(webPod('web-1'));
  world.contents = [workload];
  let asked = 0;
  const port = await program((socket) => {
    socket.once('data', () => {
      asked += 1;
      leaving.add('uid-web-1');
      socket.resetAndDestroy();
    });
  });
  node.programs.set('web-1:80', port);
  const socket = connect();
  socket.write('POST /pay HTTP/1.1\r\nContent-Length: 0\r\n\r\n');
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(asked).toBe(1);
});

test('a program that ends by itself without an answer is not asked again', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  let asked = 0;
  const port = await program((socket) => {
    socket.once('data', () => {
      asked += 1;
      socket.end();
    });
  });
  node.programs.set('web-1:80', port);
  const socket = connect();
  socket.write(GET);
  expect(await text(socket)).toBe('');
  expect(asked).toBe(1);
});

test('that the pod is being replaced may be told after its program has ended', async () => {
  const { node, pods, changed, connect } = await stage(webPod('web-1'));
  const ended = Promise.withResolvers<void>();
  const old = await program((socket) => {
    socket.once('data', () => socket.end());
    socket.once('close', () => ended.resolve());
  });
  node.programs.set('web-1:80', old);
  node.programs.set('web-2:80', await program((socket) => socket.once('data', () => socket.end('of the new one'))));
  const socket = connect();
  socket.write(GET);
  const answer = text(socket);
  await ended.promise;
  pods.splice(0, 1, webPod('web-1', { deleted: true }), webPod('web-2'));
  changed.ring();
  expect(await answer).toBe('of the new one');
});

test('the node of a pod that is coming is reached before it serves', async () => {
  const spec = { containers: [{ name: 'main', image: 'web' }], nodeName: 'node' };
  const { node, pods, changed, connect } = await stage(webPod('web-1', { ready: false, spec }));
  node.programs.set('web-1:80', await program(afterAll));
  const answer = exchange(connect(), 'x');
  while (node.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  pods[0] = webPod('web-1', { spec });
  changed.ring();
  expect(await answer).toBe('you said x');
  expect(node.requests).toEqual(['spdy web-1']); // it was used
});

test('where SPDY is not let through it goes over WebSockets', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  node.spdy = 403;
  const port = await program((socket) => socket.once('data', (bytes) => socket.end(`you said ${bytes}`)));
  node.programs.set('web-1:80', port);
  for (const sent of ['one', 'two']) {
    const socket = connect();
    socket.write(sent);
    expect(await text(socket)).toBe(`you said ${sent}`);
  }
  expect(node.requests).toEqual(['spdy web-1', 'websocket web-1', 'websocket web-1']);
});

test('a user who may not forward is told, and the connection reset', async () => {
  const { node, events, connect } = await stage(webPod('web-1'));
  node.spdy = 403;
  node.webSockets = 403;
  const [error] = await once(connect(), 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(events.at(-1)).toMatchObject({
    type: 'forward-refused',
    service: 'web',
    failure: { code: 'cluster/refused' },
  });
});

test('the loss of the session is waited for', async () => {
  const { node, ended, world, log, connect } = await stage(webPod('web-1'));
  node.programs.set('web-1:80', await program(afterAll));
  const lost = world.session as ClusterSession;
  ended.abort();
  const answer = exchange(connect(), 'x');
  const second = connect(); // it is accepted only by a daemon that has come to rest
  await once(second, 'connect');
  expect(node.requests).toEqual([]);
  world.session = { ...lost, signal: new AbortController().signal };
  log.dispatch({ type: 'warning-cleared', code: 'x' });
  expect(await answer).toBe('you said x');
  second.destroy();
});

test('a port that is taken names who has it, and is had when it is free', async () => {
  const { forwards, events, log } = await stage();
  const heard = Promise.withResolvers<void>();
  const holder = net.createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port: local } = holder.address() as net.AddressInfo;
  await forwards.add({ service: 'web', local, port: 81, address: undefined });
  const failed = forwards.of('web').find((one) => one.local === local);
  expect(failed).toMatchObject({ status: 'failed', failure: { code: 'forward/port-taken' } });
  expect(failed?.failure?.message).toContain(`process ${process.pid} (`);
  log.listen(({ event }) => {
    if (event.type === 'forward-changed' && event.status === 'listening') heard.resolve();
  });
  holder.close();
  await heard.promise;
  expect(forwards.of('web').map(({ status }) => status)).toEqual(['listening', 'listening']);
  await forwards.remove('web', local);
  expect(events.at(-1)).toMatchObject({ type: 'forward-changed', local, status: 'closed' });
});

test('something that is no service is forwarded by its kind and name', async () => {
  const redis: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'redis', namespace: 'shop' },
    spec: { selector: LABELS, ports: [{ name: 'redis', port: 6379, targetPort: 80 }] },
  };
  const { node, forwards } = await stage(webPod('web-1'), redis);
  node.programs.set('web-1:80', await program(afterAll));
  for (const port of [6379, 'redis']) {
    const local = await freePort();
    await forwards.add({ service: 'service/redis', local, port, address: undefined });
    expect(await exchange(net.connect({ port: local, allowHalfOpen: true }), 'x')).toBe('you said x');
  }
  expect(forwards.others).toEqual(['service/redis']);
});

test('something in another namespace is forwarded, and that namespace followed when somebody connects', async () => {
  const inData = (object: KubernetesObject): KubernetesObject => {
    return { ...object, metadata: { ...object.metadata, namespace: 'data' } };
  };
  const { node, forwards, session } = await stage(webPod('web-1'), inData(webPod('redis-0')));
  node.programs.set('redis-0:6379', await program(afterAll));
  const local = await freePort();
  await forwards.add({ service: 'data/pod/redis-0', local, port: 6379, address: undefined });
  expect([...session.view.namespaces]).toEqual(['shop']);
  expect(await exchange(net.connect({ port: local, allowHalfOpen: true }), 'x')).toBe('you said x');
  expect([...session.view.namespaces]).toEqual(['shop', 'data']);
  expect(forwards.others).toEqual(['data/pod/redis-0']);
});

test('one whose namespace this user may not see is refused at once', async () => {
  const { node, forwards, events } = await stage();
  node.lists = 403;
  const local = await freePort();
  await forwards.add({ service: 'secret/pod/x', local, port: 80, address: undefined });
  const [error] = await once(net.connect({ port: local }), 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(events.at(-1)).toMatchObject({ type: 'forward-refused', failure: { code: 'cluster/refused' } });
});

test('what no pod takes in time is refused with the reason', async () => {
  const { events, connect } = await stage(webPod('web-1', { ready: false }), { podWaitMs: 50 });
  const socket = connect();
  socket.write('anybody?');
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(events.at(-1)).toMatchObject({
    type: 'forward-refused',
    service: 'web',
    failure: { code: 'forward/not-ready' },
  });
});

test('what was half sent when the pod’s side ends is what the client gets', async () => {
  const { node, connect } = await stage(webPod('web-1'));
  node.programs.set('web-1:80', await program((socket) => socket.end(Buffer.alloc(3_000_000, 'x'))));
  expect((await buffer(connect())).length).toBe(3_000_000);
});
