import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { exitCode } from './container-process.ts';
import { findOptionalTool, type HostTools, TOOL_ENVIRONMENT } from './host-tools.ts';
import { shellQuote } from './shell-quote.ts';

/** Variables that would make nsenter, which still has the node's rights, load something of the image. */
const LOADER_VARIABLE = /^(?:LD_|MALLOC_|GLIBC_TUNABLES$|GCONV_PATH$|LOCPATH$|LIBMOUNT_)/;

export interface ExecRequest {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly tty: boolean;
  readonly stdin: Readable | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly signal: AbortSignal;
}

/**
 * Runs a command in all namespaces of a running container. A terminal is made by the host's `script` where it has
 * one. An abort kills the command.
 *
 * @param pid the container's first process
 */
export async function execIn(pid: number, request: ExecRequest, tools: HostTools): Promise<number> {
  const enter = [
    tools.nsenter,
    ...['--target', String(pid), '--user', '--preserve-credentials', '--mount', '--pid', '--uts', '--ipc', '--net'],
    `--wdns=${request.workdir}`,
    '--',
    ...request.command,
  ];
  const script = request.tty ? findOptionalTool('script') : undefined;
  const [file = '', ...args] =
    script === undefined ? enter : [script, '-qefc', `exec ${enter.map(shellQuote).join(' ')}`, '/dev/null'];
  const given = Object.entries(request.env).filter(([name]) => !LOADER_VARIABLE.test(name));
  const shell = script === undefined ? {} : { SHELL: tools.sh };
  const child = spawn(file, args, {
    cwd: '/',
    env: { ...TOOL_ENVIRONMENT, ...Object.fromEntries(given), ...shell },
    // its own group, so that an abort reaches the command, which is nsenter's child
    detached: true,
    stdio: [request.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
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
  if (child.stdin !== null) {
    child.stdin.on('error', () => undefined); // it reads no more
    request.stdin?.pipe(child.stdin);
  }
  child.stdout?.pipe(request.stdout, { end: false });
  child.stderr?.pipe(request.stderr, { end: false });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(exitCode(code, signal)));
    });
  } finally {
    request.signal.removeEventListener('abort', kill);
    if (child.stdin !== null) {
      request.stdin?.unpipe(child.stdin);
      child.stdin.destroy();
    }
  }
}
