import { appendFile } from 'node:fs/promises';
import http from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { answerTo, plainRequest } from './rig/http-answer.ts';
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

test('a port that a Service has on the node is open while it has it; who is connected stays so', async () => {
  const sandbox = await shop.sandbox();
  const services = '/api/v1/namespaces/default/services';
  const spec = { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] };
  const made = await sandbox.api(services, {
    method: 'POST',
    body: JSON.stringify({ metadata: { name: 'door' }, spec }),
  });
  const [{ nodePort }] = JSON.parse(made.body).spec.ports;
  const url = `http://${sandbox.address}:${nodePort}/`;
  await poll(
    () => plainRequest(url),
    ({ status }) => status === 200,
    { what: 'the port is open' },
  );
  const agent = new http.Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const ask = async () => {
    const request = http.request(url, { agent });
    const { body } = await answerTo(request, undefined);
    return { body, isKept: request.reusedSocket };
  };
  const { body } = await ask();
  expect(body).toContain('apples');
  expect((await sandbox.api(`${services}/door`, { method: 'DELETE' })).status).toBe(200);
  await poll(
    () => plainRequest(url).catch((error) => error.code),
    (said) => said === 'ECONNREFUSED',
    { what: 'the port is closed' },
  );
  expect(await ask()).toEqual({ body, isKept: true });
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
