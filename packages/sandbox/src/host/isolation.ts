import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Namespaces of its own: users (in which it is root), mounts, processes, network. It ends with the `unshare` command. */
const UNSHARE = [
  '--user',
  '--map-root-user',
  '--mount',
  '--pid',
  '--mount-proc',
  '--net',
  '--fork',
  '--kill-child',
] as const;

/**
 * Process 1 of the namespaces, which gets whoever loses a parent. The node would not wait for those, as it knows only its
 * own children, and a container is over only when all that ran in it has been waited for.
 */
const FIRST_PROCESS = ['sh', '-c', '"$@"; exit $?', 'sh'] as const;

/** What the node does in them, in small. */
const PROBE = 'mount -t tmpfs tmpfs /mnt && ip link set lo up && ip link add type bridge';
const PROBE_MS = 10_000;

/** The command that runs a program of the node in namespaces of its own. All that runs in them ends when it does. */
export function inNamespaces(program: readonly string[]): string[] {
  return ['unshare', ...UNSHARE, ...FIRST_PROCESS, ...program];
}

/** Whether the sandbox can run there at all: it speaks over Unix sockets, and keeps what it has in files for its user alone. */
export function isSupported(platform: NodeJS.Platform): boolean {
  return platform !== 'win32';
}

/** Where the tools of the node are, for people whose own PATH leaves them out. */
export function nodePath(env: NodeJS.ProcessEnv): string {
  return [env['PATH'], '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin'].filter(Boolean).join(':');
}

/** Why this machine cannot keep the sandbox's programs apart from its user's files; undefined where it can. */
export async function isolationProblem(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  if (process.platform !== 'linux') return `${process.platform} has no namespaces`;
  try {
    await promisify(execFile)('unshare', [...UNSHARE, 'sh', '-c', PROBE], {
      env: { PATH: nodePath(env) },
      timeout: PROBE_MS,
      signal,
    });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') return 'the command unshare of util-linux is not installed';
    return stderr?.trim().split('\n').at(-1) || String(error);
  }
}
