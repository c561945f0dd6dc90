import path from 'node:path';
import { DevloopError } from './errors/devloop-error.ts';
import { xdgFolder } from './xdg-folders.ts';

/** Where the daemon of one project folder keeps its socket, lock and log. */
export interface RuntimePaths {
  /** Private folder (0700), one per project folder. */
  readonly folder: string;
  readonly socket: string;
  readonly lock: string;
  readonly log: string;
}

export interface RuntimeEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly temporaryFolder: string;
  readonly homeFolder: string;
  readonly platform: string;
}

/** Of 64 bits: draft-eastlake-fnv, section 5. */
const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** `sun_path` of a Unix socket address, less its terminator: unix(7) on Linux, smaller on macOS. */
const SOCKET_PATH_LIMIT = { linux: 107, other: 103 };

/**
 * Derives the daemon's paths from the project folder: the same folder always has the same daemon.
 *
 * @throws DevloopError `daemon/path-too-long` when the system would cut the socket's path.
 */
export function runtimePaths(projectFolder: string, from: RuntimeEnvironment): RuntimePaths {
  const base = from.env['XDG_RUNTIME_DIR']
    ? path.join(from.env['XDG_RUNTIME_DIR'], 'devloop')
    : path.join(from.temporaryFolder, `devloop-${from.uid}`);
  const folder = path.join(base, keyOf(projectFolder));
  const socket = path.join(folder, 'daemon.sock');
  const limit = from.platform === 'linux' ? SOCKET_PATH_LIMIT.linux : SOCKET_PATH_LIMIT.other;
  if (Buffer.byteLength(socket) > limit) {
    throw new DevloopError(
      'daemon/path-too-long',
      `The daemon's socket would be at ${socket}, longer than the ${limit} bytes the system allows.`,
      'Set a shorter runtime folder: export XDG_RUNTIME_DIR=/tmp/run',
    );
  }
  return { folder, socket, lock: path.join(folder, 'daemon.lock'), log: path.join(folder, 'daemon.log') };
}

/**
 * Where what is known of a project is kept, for the next daemon and over the machine's next start: below `XDG_STATE_HOME`,
 * or `.local/state` in the home folder, on every system.
 */
export function stateFolderOf(
  projectFolder: string,
  { env, homeFolder }: Pick<RuntimeEnvironment, 'env'> & { readonly homeFolder: string },
): string {
  const folder = xdgFolder(env, 'XDG_STATE_HOME', homeFolder, '.local/state');
  return path.join(folder, `${path.basename(projectFolder)}-${keyOf(projectFolder)}`);
}

/** Where the logs of a project's services are kept, a folder each. */
export function logsFolderOf(projectFolder: string, from: Parameters<typeof stateFolderOf>[1]): string {
  return path.join(stateFolderOf(projectFolder, from), 'logs');
}

/** 48 bits of FNV-1a, which tell a person's folders apart. To load `node:crypto` would be a twentieth of `devloop status`. */
function keyOf(projectFolder: string): string {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(projectFolder)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
  return hash.toString(16).padStart(16, '0').slice(-12);
}
