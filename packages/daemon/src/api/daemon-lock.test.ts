import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { takeLock } from './daemon-lock.ts';

const PROJECT = '/project';

function pathsIn(folder: string) {
  const at = (name: string) => join(folder, name);
  return { folder, socket: at('daemon.sock'), lock: at('daemon.lock'), log: at('daemon.log') };
}

function freshPaths() {
  return pathsIn(join(temporaryFolder(), 'devloop', 'abc'));
}

async function startProcess(...args: string[]): Promise<number> {
  const child = spawn(execPath, ['-e', 'setInterval(() => {}, 1000); console.log()', '--', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

async function deadProcess(): Promise<number> {
  const child = spawn(execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('is taken once, and can be taken again when it was given back', async () => {
  const paths = freshPaths();
  const giveBack = await takeLock(paths, PROJECT);
  expect(readFileSync(paths.lock, 'utf8')).toBe(String(process.pid));
  expect(statSync(paths.folder).mode & 0o777).toBe(0o700);
  giveBack?.();
  expect(existsSync(paths.lock)).toBe(false);
  expect(await takeLock(paths, PROJECT)).toBeDefined();
  expect(readdirSync(paths.folder)).toEqual(['daemon.lock']);
});

test.each(['of a process that is gone', 'that is no number'])(
  'a lock %s is reclaimed, with its socket',
  async (what) => {
    const paths = freshPaths();
    (await takeLock(paths, PROJECT))?.();
    writeFileSync(paths.lock, what === 'that is no number' ? 'x' : String(await deadProcess()));
    writeFileSync(paths.socket, '');
    expect(await takeLock(paths, PROJECT)).toBeDefined();
    expect(readFileSync(paths.lock, 'utf8')).toBe(String(process.pid));
    expect(existsSync(paths.socket)).toBe(false);
  },
);

test('a number that has gone to another program proves nothing', async () => {
  const paths = freshPaths();
  (await takeLock(paths, PROJECT))?.();
  writeFileSync(paths.lock, String(await startProcess('--folder', '/another-project')));
  expect(await takeLock(paths, PROJECT)).toBeDefined();
});

test('a daemon that lives keeps it', async () => {
  const paths = freshPaths();
  (await takeLock(paths, PROJECT))?.();
  writeFileSync(paths.lock, String(await startProcess('--folder', PROJECT)));
  expect(await takeLock(paths, PROJECT)).toBeUndefined();
});

test('a daemon that answers on its socket keeps it, whatever its number', async () => {
  const paths = freshPaths();
  (await takeLock(paths, PROJECT))?.();
  writeFileSync(paths.lock, String(await deadProcess()));
  const server = net.createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
  expect(await takeLock(paths, PROJECT)).toBeUndefined();
  expect(existsSync(paths.socket)).toBe(true);
});

test('a folder that is open to others is refused', async () => {
  const paths = pathsIn(temporaryFolder());
  chmodSync(paths.folder, 0o755);
  await expect(takeLock(paths, PROJECT)).rejects.toMatchObject({ code: 'daemon/start-failed' });
  expect(existsSync(paths.lock)).toBe(false);
});

test('of many that reclaim a lock at once, one gets it', async () => {
  const paths = freshPaths();
  const module = new URL('./daemon-lock.ts', import.meta.url).href;
  const script = `
    const { takeLock } = await import(${JSON.stringify(module)});
    let giveBack;
    process.stdin.on('data', async (asked) => {
      if (String(asked) === 'take') giveBack = await takeLock(${JSON.stringify(paths)}, ${JSON.stringify(PROJECT)});
      else giveBack?.();
      process.stdout.write(giveBack === undefined ? 'lost' : 'won');
    });
    process.stdout.write('ready');`;
  const children = Array.from({ length: 6 }, () =>
    spawn(execPath, ['--conditions=source', '--input-type=module', '-e', script, '--', '--folder', PROJECT]),
  );
  onTestFinished(() => {
    for (const child of children) child.kill();
  });
  const answers = () => Promise.all(children.map((child) => once(child.stdout, 'data').then(([text]) => String(text))));
  const ask = (what: string) => {
    const answered = answers();
    for (const child of children) child.stdin.write(what);
    return answered;
  };
  await answers();
  const dead = await deadProcess();
  for (let round = 0; round < 20; round += 1) {
    (await takeLock(paths, PROJECT))?.();
    writeFileSync(paths.lock, String(dead));
    expect((await ask('take')).filter((answer) => answer === 'won')).toHaveLength(1);
    await ask('give back');
    expect(existsSync(paths.lock)).toBe(false);
  }
});
