import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEVLOOP } from './rig/devloop-rig.ts';
import { poll } from './rig/poll.ts';
import { runCommand } from './rig/run-command.ts';
import { SandboxedShop } from './rig/sandboxed-shop.ts';

/** A program that never comes to look whether its sandbox is there: nobody wakes it. */
const STUCK = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);\n';

let shop: SandboxedShop;

const open = async () => {
  shop = await SandboxedShop.open({ isLimited: true });
};
const close = () => shop[Symbol.asyncDispose]();

describe('where nobody may make namespaces', () => {
  beforeAll(open);
  afterAll(close);

  test('it runs programs of Node alone, by their permissions, and says so', { timeout: 300_000 }, async () => {
    await writeFile(
      shop.file('web/peek.js'),
      `try { require('node:fs').readFileSync('/etc/passwd'); console.log('peeked'); } catch (error) { console.log(error.code); }`,
    );
    await appendFile(shop.file('web/server.js'), "require('./peek.js');\n");
    await writeFile(shop.file('prices/Dockerfile'), 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nCMD node server.js\n');
    await service('tool', 'CMD ["sh", "-c", "id; sleep 60"]');
    await service('made', 'RUN echo made > /made', 'CMD ["node", "main.js"]');
    await service('stuck', 'COPY . .', 'CMD ["node", "main.js"]');

    expect((await shop.attempt('up', '-d', '--sandbox', '--timeout', '150')).output).toContain(
      'This sandbox runs nothing but Node with a file',
    );
    expect((await shop.attempt('doctor')).output).toContain(
      'note  sandbox: This sandbox runs nothing but Node with a file',
    );
    const refusals = [
      /"sh -c id; sleep 60" is not run: .* no namespaces/,
      /"\/bin\/sh -c echo made > \/made" is not run: .*; COPY what this step makes/,
    ];
    await poll(
      async () => (await shop.status()).services.filter(({ failure }) => failure !== undefined),
      (failed) => failed.length >= refusals.length,
      { what: 'both have failed' },
    );
    const told = (await shop.devloop('status')).stdout;
    for (const refusal of refusals) expect(told).toMatch(refusal);
    await shop.greets('Welcome to the shop');
    expect(await shop.page()).toBe('Welcome to the shop\napples: 2.10\nbread: 3.40\ncheese: 5.80\n');
    await shop.writeAtomic('web/greeting.txt', 'Good morning\n');
    await shop.greets('Good morning');
    const { output } = await shop.devloop('logs', 'web');
    expect(output).toContain('ERR_ACCESS_DENIED');
    expect(output).not.toContain('peeked');
  });

  // the last one: it is the end of the shop
  test('when the daemon is killed, programs end that never come to look', { timeout: 300_000 }, async () => {
    await stuckProgram();
    process.kill((await shop.status()).pid, 'SIGKILL');
    await poll(
      () => shop.remains(),
      (left) => left.length === 0,
      { what: 'nothing is left of the sandbox' },
    );
  });
});

describe('in a sandbox of its own', () => {
  beforeEach(open);
  afterEach(close);

  test('when the node is killed, programs end that never come to look', { timeout: 300_000 }, async () => {
    // beside it one that does, and no others
    await Promise.all(['prices', 'web'].map((name) => rm(shop.file(`k8s/${name}.yaml`))));
    await writeFile(shop.file('devloop.yaml'), 'services:\n  catalog:\n');
    await service('stuck', 'COPY . .', 'CMD ["node", "main.js"]');
    await shop.up();
    await stuckProgram();
    const node = shop.sandboxProcesses().find(({ commandLine }) => commandLine.endsWith('node.json'));
    process.kill(node?.pid ?? 0, 'SIGKILL');
    await poll(
      async () => shop.sandboxProcesses().map(({ commandLine }) => commandLine),
      (left) => left.length === 0,
      { what: 'nothing is left of the sandbox' },
    );
  });

  test('where there is neither /proc nor another loopback address than one, as on macOS, it runs them as well', {
    timeout: 300_000,
  }, async () => {
    const visit = `
      const { writeFileSync } = require('node:fs');
      const { setTimeout: delay } = require('node:timers/promises');
      const page = () => fetch('${shop.url}').then((answer) => answer.text(), () => '');
      const until = async (greeting) => {
        let text = '';
        while (!text.startsWith(greeting)) {
          await delay(50);
          text = await page();
        }
        console.log(text);
      };
      until('Welcome').then(() => {
        writeFileSync('${shop.file('web/greeting.txt')}', 'Good morning\\n');
        return until('Good morning');
      });`;
    const devloop = `"$NODE" ${DEVLOOP} -C ${shop.folder}`;
    const script = `
      set -e
      for limit in /proc/sys/user/max_*_namespaces; do echo 0 > "$limit"; done
      ip link set lo up
      ip address del 127.0.0.1/8 dev lo
      ip address add 127.0.0.1/32 dev lo
      mount -t tmpfs tmpfs /proc
      ${devloop} up -d --sandbox --timeout 150
      "$NODE" -e "$VISIT"
      ${devloop} stop`;
    const env = { ...shop.environment, NODE: process.execPath, VISIT: visit };
    const namespaces = ['--user', '--map-root-user', '--mount', '--net'];
    const { output, code } = await runCommand('unshare', [...namespaces, 'sh', '-c', script], {
      env,
      timeoutMs: 280_000,
    });
    expect(output).toContain('This sandbox runs nothing but Node with a file');
    expect(output).toContain('Welcome to the shop\napples: 2.10\nbread: 3.40\ncheese: 5.80\n');
    expect(output).toContain('Good morning\napples: 2.10\nbread: 3.40\ncheese: 5.80\n');
    expect(code).toBe(0);
    expect(await shop.remains()).toEqual([]);
  });
});

/** Waits for the program of the service that is stuck. */
async function stuckProgram(): Promise<void> {
  await poll(
    async () => shop.sandboxProcesses().filter(({ commandLine }) => commandLine.endsWith('main.js')),
    (found) => found.length === 1,
    { what: 'the program runs that never comes to look' },
  );
}

/** Adds a service of a Dockerfile alone, with a program that could be run. */
async function service(name: string, ...instructions: readonly string[]): Promise<void> {
  await mkdir(shop.file(name));
  await writeFile(shop.file(`${name}/main.js`), STUCK);
  await writeFile(shop.file(`${name}/Dockerfile`), ['FROM node:22-slim', ...instructions, ''].join('\n'));
  await appendFile(shop.file('devloop.yaml'), `  ${name}: { manifests: [] }\n`);
}
