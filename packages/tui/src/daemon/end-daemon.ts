import { setTimeout as delay } from 'node:timers/promises';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { isCompatible } from '@devloop/shared/protocol/protocol-version';
import type { Hello } from '@devloop/shared/protocol/stream-message';
import { isRunning } from '@devloop/shared/running-process';
import type { DaemonClient } from './daemon-client.ts';

const END_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 20;

/** Tells a daemon of any version to end, and resolves when its process has. */
export async function endDaemon(client: DaemonClient, hello: Hello, signal: AbortSignal): Promise<void> {
  if (isCompatible(hello.protocol)) {
    await withoutFarewell(() => client.command({ type: 'stop' }, signal));
  } else {
    process.kill(hello.pid, 'SIGTERM'); // the one word that every version understands
  }
  await processEnded(hello.pid, signal);
}

/**
 * Resolves when a process that is not our child has ended; the system tells of that only to those who ask.
 *
 * @throws DevloopError `daemon/unreachable` when it still runs after a while
 */
export async function processEnded(pid: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + END_TIMEOUT_MS;
  while (isRunning(pid)) {
    if (performance.now() > until) {
      throw new DevloopError(
        'daemon/unreachable',
        `The daemon, process ${pid}, was told to end and still runs after ${END_TIMEOUT_MS / 1000} s.`,
        `End it: kill -9 ${pid}`,
      );
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** A daemon that ends may close the connection before its answer has left it. */
async function withoutFarewell(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DevloopError) || error.code !== 'daemon/unreachable') throw error;
  }
}
