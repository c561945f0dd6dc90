import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { poll } from './rig/poll.ts';
import type { SandboxClient } from './rig/sandbox-client.ts';
import { SandboxedShop } from './rig/sandboxed-shop.ts';

const TIMEOUT_MS = 120_000;

let shop: SandboxedShop;
let sandbox: SandboxClient;

beforeAll(async () => {
  shop = await SandboxedShop.open();
  await shop.up();
  sandbox = await shop.sandbox();
}, 300_000);

beforeEach(() => sandbox.fault({ is: 'no-faults' }));

afterAll(() => shop[Symbol.asyncDispose]());

/** Saves a greeting. */
async function save(greeting: string): Promise<void> {
  await shop.writeAtomic('web/greeting.txt', `${greeting}\n`);
}

async function clusterIs(is: string): Promise<void> {
  await poll(
    async () => (await shop.status()).cluster.is,
    (state) => state === is,
    { what: `devloop says that the cluster is ${is}` },
  );
}

test('watches are cut and their past has expired: a save goes live', { timeout: TIMEOUT_MS }, async () => {
  await sandbox.fault({ is: 'expire-history' });
  await sandbox.fault({ is: 'drop-watches' });
  await save('After expiry');
  await shop.greets('After expiry');
});

test('watches are cut while a save is on its way: it goes live', { timeout: TIMEOUT_MS }, async () => {
  await sandbox.fault({ is: 'slow-api', delayMs: 150 });
  await save('On its way');
  await sandbox.fault({ is: 'drop-watches' });
  await shop.greets('On its way');
  await shop.devloop('wait', '--live', '--timeout', '60');
});

test('the cluster is at another port with other certificates: a save goes live', { timeout: TIMEOUT_MS }, async () => {
  await sandbox.restart();
  await save('After the restart');
  await shop.greets('After the restart');
  await clusterIs('connected');
});

test('connections are refused: devloop says so, and a save meanwhile goes live after', {
  timeout: TIMEOUT_MS,
}, async () => {
  await sandbox.fault({ is: 'no-connections' });
  await clusterIs('lost');
  await save('Said in the dark');
  await sandbox.fault({ is: 'no-faults' });
  await shop.greets('Said in the dark');
});

test('the engine is gone for a while: a save meanwhile goes live after', { timeout: TIMEOUT_MS }, async () => {
  await sandbox.fault({ is: 'no-engine' });
  await save('Without an engine');
  await clusterIs('lost');
  await sandbox.fault({ is: 'no-faults' });
  await shop.greets('Without an engine');
});

test('a pod that a swap has left behind, because the cluster was lost after its ReplicaSet, is brought to the new content', {
  timeout: TIMEOUT_MS,
}, async () => {
  const atItsPod = { is: 'failing-api', method: 'PATCH', path: '/pods/', times: 1, status: 500 } as const;
  await sandbox.fault({ ...atItsPod, reason: 'InternalError', message: 'etcdserver: request timed out' });
  await save('Half swapped');
  await poll(
    async () => (await shop.status()).services.find(({ name }) => name === 'web'),
    (service) => service?.failure !== undefined,
    { what: 'the swap has failed' },
  );
  await sandbox.fault({ is: 'no-connections' });
  await clusterIs('lost');
  await sandbox.fault({ is: 'no-faults' });
  await shop.greets('Half swapped');
});

test('a full disk fails the build and says what mends it; a rebuild goes live when there is room', {
  timeout: TIMEOUT_MS,
}, async () => {
  const before = await shop.page();
  await sandbox.fault({ is: 'full-disk' });
  await save('No room for this');
  const web = await poll(
    async () => (await shop.status()).services.find(({ name }) => name === 'web'),
    (service) => service?.failure?.code === 'build/no-space',
    { what: 'the build has failed' },
  );
  expect(web?.failure).toMatchObject({
    message: expect.stringContaining('no space left on device'),
    remedy: expect.stringContaining('minikube ssh -- docker system prune'),
  });
  expect(await shop.page()).toBe(before);
  await sandbox.fault({ is: 'no-faults' });
  await shop.devloop('rebuild', 'web', '--wait', '--timeout', '60');
  await shop.greets('No room for this');
});

test('a thousand pods of others change nothing', { timeout: TIMEOUT_MS }, async () => {
  await sandbox.fault({ is: 'pods', count: 1000 });
  await save('In the crowd');
  await shop.greets('In the crowd');
});

// the last one: it is the end of the shop
test('a client that keeps its connection through an outage does not keep the daemon, and nothing is left of it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const ask = () => fetch(shop.url).then((answer) => answer.text());
  await ask();
  for (const fault of ['no-connections', 'drop-streams', 'no-connections'] as const) {
    await sandbox.fault({ is: fault });
    const asked = Promise.allSettled([ask(), ask()]); // what is held until the cluster is back, or reset
    await sandbox.fault({ is: 'no-faults' });
    await asked;
    await poll(ask, (text) => text.includes('apples'), { what: `the shop answers after ${fault}` });
  }
  await shop.devloop('stop');
  expect(await shop.remains()).toEqual([]);
});
