import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ClientTerminal } from '../ports/client-terminal.ts';
import { exitCode } from './container-process.ts';
import { onTerminal, TerminalInput } from './container-terminal.ts';
import { type HostTools, TOOL_ENVIRONMENT } from './host-tools.ts';

/** Variables that would make nsenter, which still has the node's rights, load something of the image. */
const LOADER_VARIABLE = /^(?:LD_|MALLOC_|GLIBC_TUNABLES$|GCONV_PATH$|LOCPATH$|LIBMOUNT_)/;

export interface ExecRequest {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly terminal: ClientTerminal | undefined;
  readonly stdin: Readable | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly signal: AbortSignal;
}

/**
 * Runs a command in all namespaces of a running container. It has a terminal where one is asked for and the container
 * has the program `script`. An abort kills the command, or hangs up on one that has a terminal.
 *
 * @param pid the container's first process
 */
export async function execIn(pid: number, request: ExecRequest, tools: HostTools): Promise<number> {
  const { command, terminal } = request;
  const onOne = terminal === undefined ? undefined : onTerminal(command, pid, tools.sh, request.env['SHELL']);
  const args = [
    ...['--target', String(pid), '--user', '--preserve-credentials', '--mount', '--pid', '--uts', '--ipc', '--net'],
    `--wdns=${request.workdir}`,
    '--',
    ...(onOne ?? command),
  ];
  const given = Object.entries(request.env).filter(([name]) => !LOADER_VARIABLE.test(name));
  const child = spawn(tools.nsenter, args, {
    cwd: '/',
    // `script` runs what SHELL says
    env: { ...TOOL_ENVIRONMENT, ...Object.fromEntries(given), ...(onOne === undefined ? {} : { SHELL: tools.sh }) },
    // its own group, so that an abort reaches the command, which is nsenter's child
    detached: true,
    stdio:
      onOne === undefined
        ? [request.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
        : ['pipe', 'pipe', 'pipe', 'pipe'], // a terminal that nobody types at does not end
  });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended in this very moment
    }
  };
  request.signal.addEventListener('abort', kill, { once: true });
  if (request.signal.aborted) kill();
  child.stdin?.on('error', () => undefined); // it reads no more
  child.stdout?.pipe(request.stdout, { end: false });
  child.stderr?.pipe(request.stderr, { end: false });
  const input =
    terminal === undefined || onOne === undefined ? undefined : new TerminalInput(child, terminal, request.stdin);
  if (input === undefined && child.stdin !== null) request.stdin?.pipe(child.stdin);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(exitCode(code, signal)));
    });
  } finally {
    request.signal.removeEventListener('abort', kill);
    input?.[Symbol.dispose]();
    if (child.stdin !== null) {
      request.stdin?.unpipe(child.stdin);
      child.stdin.destroy();
    }
  }
}
