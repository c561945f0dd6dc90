import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from './rig/poll.ts';
import { SandboxedShop } from './rig/sandboxed-shop.ts';

let shop: SandboxedShop;

beforeAll(async () => {
  shop = await SandboxedShop.open();
});

afterAll(() => shop[Symbol.asyncDispose]());

test('a project of three services comes up, and a save goes live', { timeout: 300_000 }, async () => {
  // a sandbox has none: its pods run what its engine has
  await appendFile(shop.file('devloop.yaml'), 'registry: localhost:1\n');
  await shop.up();
  expect(await shop.page()).toBe('Welcome to the shop\napples: 2.10\nbread: 3.40\ncheese: 5.80\n');
  await shop.writeAtomic('web/greeting.txt', 'Good morning\n');
  await shop.greets('Good morning');
  expect(await shop.page()).toContain('apples');
  expect((await shop.devloop('logs', 'web')).stdout).toContain('web says "Good morning"');
  expect((await shop.attempt('doctor')).output).toContain(
    'ok    sandbox: devloop up --sandbox runs programs of every kind',
  );
});

// the last one: it is the end of the shop
test('a daemon that is killed takes the sandbox with it', { timeout: 120_000 }, async () => {
  const { pid } = await shop.status();
  expect(await shop.remains()).not.toEqual([]);
  process.kill(pid, 'SIGKILL');
  await poll(
    () => shop.remains(),
    (left) => left.length === 0,
    { what: 'nothing is left of the sandbox' },
  );
});
