import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Bell } from '../support/bell.ts';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { runHook } from './run-hook.ts';

const never = new AbortController().signal;

async function run(command: string, signal = never, workdir = temporaryFolder()) {
  const told: string[] = [];
  const tell = (line: string, stream: string) => told.push(`${stream} ${line}`);
  await runHook('beforeBuild', { command, workdir, outputs: [] }, { GREETING: 'hello' }, tell, signal);
  return told;
}

test('tells the output of a command with its folder and environment', async () => {
  const workdir = temporaryFolder();
  const told = await run('echo "$GREETING"; pwd; echo bad >&2; printf end', never, workdir);
  expect(told.filter((line) => line.startsWith('stdout'))).toEqual(['stdout hello', `stdout ${workdir}`, 'stdout end']);
  expect(told).toContain('stderr bad');
});

test('fails with the exit code and the last lines', async () => {
  await expect(run('seq 1 30; exit 3')).rejects.toMatchObject({
    code: 'hook/failed',
    message: expect.stringContaining('exit code 3'),
    evidence: Array.from({ length: 20 }, (_, index) => String(index + 11)),
  });
});

test.each(['no-such-command', 'kill -TERM $$'])('fails for %s', async (command) => {
  await expect(run(command)).rejects.toMatchObject({ code: 'hook/failed' });
});

test('fails in a folder that is not there', async () => {
  await expect(run('true', never, join(temporaryFolder(), 'nowhere'))).rejects.toMatchObject({ code: 'hook/failed' });
});

test('an abort ends the command with all that it has started', async () => {
  const workdir = temporaryFolder();
  const bell = new Bell();
  const watcher = watch(workdir, () => bell.ring());
  onTestFinished(() => watcher.close());
  const controller = new AbortController();
  const reason = new Error('superseded');
  const running = run('sleep 600 & echo $! > pid.tmp; mv pid.tmp pid; wait; echo done', controller.signal, workdir);
  running.catch(() => undefined);
  const file = join(workdir, 'pid');
  await bell.until(() => existsSync(file) || undefined, never);
  const pid = Number(readFileSync(file, 'utf8'));
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(commandOf(pid)).toBe('');
});

/**
 * What a process runs; nothing where it has ended. It ends before its pipes do, which are what a hook's end is known by: the
 * kernel takes away the memory first, in which the command line is, then what is open, and only then tells the parent.
 */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
