import { chmodSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '@devloop/shared/protocol/protocol-version';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder, writeFiles } from '../support/temporary-folder.fake.ts';
import { examine, examineHello, examineRuntimeFolder, type Finding } from './examine.ts';

const never = new AbortController().signal;

function pathsIn(folder: string) {
  const at = (name: string) => join(folder, name);
  return { folder, socket: at('daemon.sock'), lock: at('daemon.lock'), log: at('daemon.log') };
}

async function listen(socket: string, answer: unknown): Promise<void> {
  const server = http.createServer((_request, response) => response.end(JSON.stringify(answer)));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(socket, resolve));
}

describe('the runtime folder', () => {
  test('is made later, private, or open to others', () => {
    const folder = temporaryFolder();
    expect(examineRuntimeFolder(pathsIn(join(folder, 'later'))).status).toBe('ok');
    chmodSync(folder, 0o700);
    expect(examineRuntimeFolder(pathsIn(folder))).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('bytes'),
    });
    chmodSync(folder, 0o755);
    expect(examineRuntimeFolder(pathsIn(folder))).toMatchObject({
      status: 'failed',
      remedy: `Remove it: rm -r ${folder}`,
    });
  });
});

describe('the daemon', () => {
  const hello = { type: 'hello', protocol: PROTOCOL_VERSION, version: '1.2.3', pid: 42, folder: '/p', seq: 7 };

  test('does not run', async () => {
    const paths = pathsIn(temporaryFolder());
    expect((await examineHello(paths, never)).status).toBe('ok');
    writeFiles(paths.folder, { 'daemon.lock': '1', 'daemon.log': '' });
    expect(await examineHello(paths, never)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining(paths.log),
    });
  });

  test('runs', async () => {
    const paths = pathsIn(temporaryFolder({ 'daemon.log': '' }));
    await listen(paths.socket, hello);
    expect(await examineHello(paths, never)).toEqual({
      name: 'daemon',
      status: 'ok',
      detail: `it runs as process 42, version 1.2.3; its log: ${paths.log}`,
    });
  });

  test.each([{ ...hello, protocol: { major: PROTOCOL_VERSION.major + 1, minor: 0 } }, 'nonsense'])(
    'runs in another version',
    async (answer) => {
      const paths = pathsIn(temporaryFolder());
      await listen(paths.socket, answer);
      expect((await examineHello(paths, never)).status).toBe('failed');
    },
  );
});

describe('everything', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('is looked at without a cluster, each thing that is wrong with a remedy', async () => {
    const folder = temporaryFolder({ 'devloop.yaml': 'services: 7' });
    vi.stubEnv('PATH', folder);
    vi.stubEnv('KUBECONFIG', join(folder, 'nowhere'));
    const findings: Finding[] = [];
    for await (const finding of examine(folder, never)) findings.push(finding);
    const statuses = Object.fromEntries(findings.map(({ name, status }) => [name, status]));
    expect(statuses).toMatchObject({
      Node: 'ok',
      project: 'failed',
      minikube: 'warning',
      kubeconfig: 'failed',
      daemon: 'ok',
    });
    expect(Object.keys(statuses)).toEqual(
      expect.arrayContaining(['API server', 'engine', 'file watches', 'runtime folder']),
    );
  });

  test('ends when it is aborted', async () => {
    const reason = new Error('enough');
    const all = examine(undefined, AbortSignal.abort(reason))[Symbol.asyncIterator]();
    await all.next();
    await expect(all.next()).rejects.toBe(reason);
  });
});
