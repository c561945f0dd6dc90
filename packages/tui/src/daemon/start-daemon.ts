import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { Hello } from '@devloop/shared/protocol/stream-message';
import { DaemonClient } from './daemon-client.ts';
import { startDaemonProcess } from './daemon-process.ts';
import { runtimeOf } from './runtime.ts';

/** Run as a process of its own, never imported. */
const DAEMON_MAIN = '@devloop/daemon/main';

/** How long another daemon that has the folder may take to listen, or to end and let go of it. */
const SETTLE_MS = { oneAttempt: 2000, all: 30_000, between: 25 };

/** A daemon that has said who it is. */
export interface Attachment {
  readonly client: DaemonClient;
  readonly hello: Hello;
  /** True when this process started it. */
  readonly started: boolean;
}

export interface EnsureDaemonOptions {
  readonly signal: AbortSignal;
  /** False: a daemon that has to be started only answers, and brings nothing up. */
  readonly works?: boolean;
  /** On a sandbox; a daemon that runs on another cluster is refused. */
  readonly sandbox?: boolean;
  /** The daemon's entry; only a test has another one. */
  readonly main?: string;
  /** Environment in which the daemon is looked for and started; default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Attaches to the daemon of a project folder.
 *
 * @throws DevloopError `daemon/unreachable` when none runs
 */
export function attach(folder: string, signal: AbortSignal): Promise<Attachment> {
  return attachTo(runtimeOf(folder).socket, signal);
}

async function attachTo(socket: string, signal: AbortSignal): Promise<Attachment> {
  const client = new DaemonClient(socket);
  return { client, hello: await client.hello(signal), started: false };
}

/**
 * Attaches to the daemon of a project folder, and starts it if none runs. Two that do so at once get the same one: the
 * daemon that comes second gives up, and may do so before the first one listens.
 */
export async function ensureDaemon(folder: string, options: EnsureDaemonOptions): Promise<Attachment> {
  const { signal, works = true, sandbox = false, env = process.env } = options;
  const main = options.main ?? fileURLToPath(import.meta.resolve(DAEMON_MAIN));
  const paths = runtimeOf(folder, env);
  const present = await attachIfThere(paths.socket, signal);
  if (present !== undefined) return sandbox ? onSandbox(present) : present;
  const startedAt = performance.now();
  while (performance.now() - startedAt < SETTLE_MS.all) {
    const pid = await startDaemonProcess({ main, folder, works, sandbox, paths, env, signal });
    const attachment = await attachSoon(paths.socket, signal);
    if (attachment === undefined) continue;
    const found = { ...attachment, started: attachment.hello.pid === pid };
    return sandbox ? onSandbox(found) : found;
  }
  throw new DevloopError(
    'daemon/start-failed',
    'Another daemon of this project is neither to be reached nor has it ended.',
    `End it: kill $(cat ${paths.lock})`,
  );
}

/** @throws DevloopError `command/refused` when the daemon works on another cluster than a sandbox */
function onSandbox(attachment: Attachment): Attachment {
  if (attachment.hello.sandbox) return attachment;
  throw new DevloopError(
    'command/refused',
    'The daemon of this project runs already, and not on a sandbox.',
    'End it, what runs in the cluster stays: devloop stop, then devloop up --sandbox',
  );
}

async function attachSoon(socket: string, signal: AbortSignal): Promise<Attachment | undefined> {
  const until = performance.now() + SETTLE_MS.oneAttempt;
  for (;;) {
    const attachment = await attachIfThere(socket, signal);
    if (attachment !== undefined || performance.now() > until) return attachment;
    await delay(SETTLE_MS.between, undefined, { signal });
  }
}

async function attachIfThere(socket: string, signal: AbortSignal): Promise<Attachment | undefined> {
  try {
    return await attachTo(socket, signal);
  } catch (error) {
    if (isAbsent(error) || hasJustEnded(error)) return undefined;
    throw error;
  }
}

/** True when nothing listens at the socket, so that a daemon may be started. */
export function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

/** True when a daemon ended before it had said who it is: one that is killed is connected to until its last socket is closed. */
function hasJustEnded(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** Why a daemon was not reached, by the system's code. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof DevloopError) || error.code !== 'daemon/unreachable') return undefined;
  return (error.cause as NodeJS.ErrnoException | undefined)?.code;
}
