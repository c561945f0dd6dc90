import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ClusterLink } from '@devloop/shared/protocol/snapshot';
import type { ShellTarget } from '../app/intent.ts';
import type { LentTerminal } from '../terminal/lent-terminal.ts';

/** bash where the image has it, else sh. */
const SHELL = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];
const EVIDENCE_LINES = 6;

/** Lends the terminal to a shell in a container until that ends. */
export async function openShell(
  target: ShellTarget,
  cluster: ClusterLink | undefined,
  terminal: LentTerminal | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (cluster?.is !== 'connected') {
    throw new DevloopError(
      'cluster/unreachable',
      'There is no cluster to open a shell in.',
      'Wait until it is connected',
    );
  }
  const args = shellArguments(target, cluster.context);
  let complaint = '';
  await terminal?.lend(async () => {
    using _ = withoutInterruption();
    complaint = await run('kubectl', args, signal).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return run('minikube', ['kubectl', '--', ...args], signal);
    });
  });
  if (complaint === '') return;
  const evidence = complaint.trimEnd().split('\n').slice(-EVIDENCE_LINES);
  throw new DevloopError(
    'command/invalid',
    `The shell in ${target.pod} did not open.`,
    `Try it by hand: kubectl ${args.slice(0, 4).join(' ')} exec -it ${target.pod} -c ${target.container} -- sh`,
    { evidence },
  );
}

/** What kubectl is told. */
export function shellArguments({ namespace, pod, container }: ShellTarget, context: string): string[] {
  return ['--context', context, '--namespace', namespace, 'exec', '-it', pod, '-c', container, '--', ...SHELL];
}

/** Runs a program on the terminal, and answers with what it complained of, if it failed by itself. */
async function run(file: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn(file, args, { stdio: ['inherit', 'inherit', 'pipe'], signal });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
    process.stderr.write(text);
  });
  const [code] = await once(child, 'close');
  // the exit code alone is that of the last command that was typed
  return code !== 0 && /^(error|Error|Unable|Usage)/m.test(complaint) ? complaint : '';
}

/** Until disposed, Ctrl-C is for the program that has the terminal and not for this one. */
function withoutInterruption(): Disposable {
  const listeners = process.listeners('SIGINT');
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  for (const listener of listeners) process.off('SIGINT', listener);
  return {
    [Symbol.dispose]: () => {
      for (const listener of listeners) process.on('SIGINT', listener);
      process.off('SIGINT', ignore);
    },
  };
}
