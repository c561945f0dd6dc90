import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEVLOOP } from './rig/devloop-rig.ts';
import { poll } from './rig/poll.ts';
import { type CommandResult, runCommand } from './rig/run-command.ts';
import { SandboxedShop } from './rig/sandboxed-shop.ts';

let shop: SandboxedShop;

beforeEach(async () => {
  shop = await SandboxedShop.open();
});

afterEach(() => shop[Symbol.asyncDispose]());

test('a project of three services comes up, a save goes live, and nothing is left of it', {
  timeout: 300_000,
}, async () => {
  // a sandbox has none: its pods run what its engine has
  await appendFile(shop.file('devloop.yaml'), 'registry: localhost:1\n');
  await shop.up();
  expect(await shop.page()).toBe('Welcome to the shop\napples: 2.10\nbread: 3.40\ncheese: 5.80\n');
  await shop.writeAtomic('web/greeting.txt', 'Good morning\n');
  await shop.greets('Good morning');
  expect(await shop.page()).toContain('apples');
  expect((await shop.devloop('logs', 'web')).stdout).toContain('web says "Good morning"');
  await shop.devloop('stop');
  expect(await shop.remains()).toEqual([]);
});

test('a daemon that is killed takes the sandbox with it', { timeout: 300_000 }, async () => {
  await shop.up();
  const { pid } = await shop.status();
  expect(await shop.remains()).not.toEqual([]);
  process.kill(pid, 'SIGKILL');
  await poll(
    () => shop.remains(),
    (left) => left.length === 0,
    { what: 'nothing is left of the sandbox' },
  );
});

test('where nobody may make namespaces, it runs programs of Node alone, by their permissions, and says so', {
  timeout: 300_000,
}, async () => {
  await writeFile(
    shop.file('web/peek.js'),
    `try { require('node:fs').readFileSync('/etc/passwd'); console.log('peeked'); } catch (error) { console.log(error.code); }`,
  );
  await appendFile(shop.file('web/server.js'), "require('./peek.js');\n");
  await mkdir(shop.file('tool'));
  await writeFile(shop.file('tool/Dockerfile'), 'FROM node:22-slim\nCMD ["sh", "-c", "id; sleep 60"]\n');
  await appendFile(shop.file('devloop.yaml'), '  tool: { manifests: [] }\n');

  const up = await limited('up', '-d', '--sandbox', '--timeout', '150');
  expect(up.output).toContain('This sandbox runs nothing but Node with a file');
  expect(up.output).toMatch(/tool .*"sh -c id; sleep 60" is not run/);
  const whole = 'Welcome to the shop\napples: 2.10\nbread: 3.40\ncheese: 5.80\n';
  await poll(
    () => shop.page(),
    (text) => text === whole,
    { what: 'the page is there, with what the other services say' },
  );
  await writeFile(shop.file('web/greeting.txt'), 'Good morning\n');
  await poll(
    () => shop.page(),
    (text) => text.startsWith('Good morning'),
    { what: 'the edit is served' },
  );
  const { output } = await limited('logs', 'web');
  expect(output).toContain('ERR_ACCESS_DENIED');
  expect(output).not.toContain('peeked');
  await limited('stop');
  expect(await shop.remains()).toEqual([]);
});

/** devloop in a user namespace that allows no more of them, as some kernels and most containers do. */
async function limited(...args: string[]): Promise<CommandResult> {
  const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
  const command = [process.execPath, DEVLOOP, '-C', shop.folder, ...args];
  return await runCommand('unshare', ['--user', '--map-root-user', 'sh', '-c', script, 'sh', ...command], {
    env: shop.environment,
    timeoutMs: 170_000,
  });
}
