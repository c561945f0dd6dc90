import { type Duplex, duplexPair } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { NodeConnections } from './node-connections.ts';

const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The connections to a node that answers each handshake when the test says how. */
function stage() {
  const handshakes: { succeed(): void; fail(error: Error): void }[] = [];
  let idle = 0;
  const becameIdle = Promise.withResolvers<void>();
  const connections = new NodeConnections(
    () =>
      new Promise<Duplex>((resolve, reject) => {
        handshakes.push({ succeed: () => resolve(duplexPair()[0]), fail: reject });
      }),
    () => {
      idle += 1;
      becameIdle.resolve();
    },
  );
  onTestFinished(() => connections[Symbol.dispose]());
  return { connections, handshakes, idle: () => idle, untilIdle: becameIdle.promise };
}

test('who has waited longest gets the first that comes', async () => {
  const { connections, handshakes } = stage();
  const got: string[] = [];
  const both = [
    connections.take(2, never).then(() => got.push('late')),
    connections.take(1, never).then(() => got.push('early')),
  ];
  handshakes[0]?.succeed();
  await Promise.race(both);
  expect(got).toEqual(['early']);
  handshakes[1]?.succeed();
  await Promise.all(both);
});

test('one that was taken and not used goes to the next', async () => {
  const { connections, handshakes } = stage();
  const first = connections.take(1, never);
  handshakes[0]?.succeed();
  const unused = await first;
  const second = connections.take(2, never);
  connections.giveBack(unused);
  expect(await second).toBe(unused);
  connections.giveBack(unused);
  expect(await connections.take(3, never)).toBe(unused);
});

test('as many are made ahead as are wanted, and no more of them at once than of others', async () => {
  const { connections, handshakes } = stage();
  connections.ahead(6);
  expect(handshakes.length).toBe(1); // it may not be there yet
  handshakes[0]?.succeed();
  await settle();
  expect(handshakes.length).toBe(5);
  for (const { succeed } of handshakes.slice(1)) succeed();
  await settle();
  expect(handshakes.length).toBe(6);
  connections.ahead(6); // one is on its way
  expect(handshakes.length).toBe(6);
  handshakes[5]?.succeed();
  await settle();
  const taken = await Promise.all(Array.from({ length: 6 }, (_, since) => connections.take(since, never)));
  expect(new Set(taken).size).toBe(6);
  expect(handshakes.length).toBe(6);
});

test('that one made ahead fails is nobody’s failure, and it is not tried again at once', async () => {
  const { connections, handshakes } = stage();
  connections.ahead(1);
  const waiting = connections.take(1, never);
  handshakes[0]?.fail(new Error('not yet'));
  await settle();
  connections.ahead(1);
  expect(handshakes.length).toBe(2); // that of the one who waits
  handshakes[1]?.fail(new Error('refused'));
  await expect(waiting).rejects.toThrow('refused');
});

test('that one has failed is remembered, though there is nothing else to keep, and then no more', async () => {
  const { connections, handshakes, idle, untilIdle } = stage();
  connections.ahead(8);
  handshakes[0]?.fail(new Error('not yet'));
  await settle();
  for (let count = 0; count < 20; count += 1) connections.ahead(8);
  expect(handshakes.length).toBe(1);
  expect(idle()).toBe(0);
  await untilIdle;
  expect(idle()).toBe(1);
});

test('a node that answers no handshake is not asked for ever more of them', async () => {
  const { connections, handshakes } = stage();
  const left = Array.from({ length: 60 }, (_, since) => connections.take(since, AbortSignal.timeout(1200)));
  await Promise.allSettled(left); // all have given up by then
  expect(handshakes.length).toBe(16);
});

test('when handshakes that all took long have succeeded, others are made for who still waits', async () => {
  const { connections, handshakes } = stage();
  const served = Promise.all(Array.from({ length: 20 }, (_, since) => connections.take(since, never)));
  const impatient = connections.take(20, AbortSignal.timeout(1200));
  await expect(impatient).rejects.toThrow('timeout'); // by then all count as slow
  expect(handshakes.length).toBe(16);
  for (const { succeed } of handshakes) succeed();
  await settle();
  expect(handshakes.length).toBe(20);
  for (const { succeed } of handshakes.slice(16)) succeed();
  expect(new Set(await served).size).toBe(20);
});

test('one that the node closes is no longer to be had', async () => {
  const { connections, handshakes } = stage();
  const taken = connections.take(1, never);
  handshakes[0]?.succeed();
  const connection = await taken;
  connections.giveBack(connection);
  connection.close();
  const next = connections.take(2, never);
  handshakes[1]?.succeed();
  expect(await next).not.toBe(connection);
});
