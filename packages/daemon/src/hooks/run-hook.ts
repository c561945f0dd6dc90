import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { execa } from 'execa';
import type { Hook } from '../project/project.ts';
import { TextLines } from '../support/text-lines.ts';

const LAST_LINES = 20;
/** How long a hook that is no longer wanted may take to end on SIGTERM before it is killed. */
const KILL_AFTER_MS = 3000;

/**
 * Runs a hook's command with `sh -c` and hands out its output line by line. Aborting ends the command.
 *
 * @throws DevloopError `hook/failed` when it ends with another exit code than 0
 */
export async function runHook(
  name: 'beforeBuild' | 'afterReady',
  hook: Hook,
  env: Readonly<Record<string, string>>,
  onLine: (line: string, stream: 'stdout' | 'stderr') => void,
  signal: AbortSignal,
): Promise<void> {
  const last: string[] = [];
  signal.throwIfAborted();
  const command = execa('sh', ['-c', hook.command], {
    cwd: hook.workdir,
    env,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    // A process group of its own: a shell that is killed leaves what it has started running, with our pipes open.
    detached: true,
  });
  const read = async (stream: 'stdout' | 'stderr') => {
    const lines = new TextLines();
    const tell = (text: string) => {
      last.push(text);
      if (last.length > LAST_LINES) last.shift();
      onLine(text, stream);
    };
    for await (const chunk of command[stream]) for (const text of lines.push(chunk)) tell(text);
    for (const text of lines.end()) tell(text);
  };
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    killGroup(command.pid, 'SIGTERM');
    killing = setTimeout(() => killGroup(command.pid, 'SIGKILL'), KILL_AFTER_MS);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const [result] = await Promise.all([command, read('stdout'), read('stderr')]);
    signal.throwIfAborted();
    if (result.exitCode !== 0) throw hookFailed(name, hook, result, last);
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(killing);
  }
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return; // it could not be started
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // all of it has ended
  }
}

function hookFailed(
  name: string,
  hook: Hook,
  result: { exitCode?: number | undefined; shortMessage?: string | undefined },
  evidence: readonly string[],
): DevloopError {
  const how =
    result.exitCode === undefined ? `could not run: ${result.shortMessage}` : `ended with exit code ${result.exitCode}`;
  return new DevloopError(
    'hook/failed',
    `The ${name} hook "${hook.command}" ${how}.`,
    `Mend it and save, or try it by hand: cd ${hook.workdir} && ${hook.command}`,
    { evidence },
  );
}
