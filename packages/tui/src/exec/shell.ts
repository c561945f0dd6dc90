import { DevloopError, fromReport } from '@devloop/shared/errors/devloop-error';
import type { ExecRequest } from '@devloop/shared/protocol/exec';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { plainText } from '../wording/plain-text.ts';
import { passThrough, sizeOf } from './pass-through.ts';

/** bash where the image has it, else sh. */
export const SHELL: readonly string[] = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];

const EVIDENCE_LINES = 6;
/** Kept of what is written before a key is pressed. */
const MOST_EVIDENCE_BYTES = 4000;

/**
 * A shell in a container, on this process's terminal, until it ends. Its exit code is that of the last command that was
 * typed, and nobody's concern.
 *
 * @throws DevloopError `run/not-started` where there is none, and what the daemon says
 */
export async function openShell(
  client: Pick<DaemonClient, 'exec'>,
  place: Omit<ExecRequest, 'command' | 'terminal'>,
  signal: AbortSignal,
): Promise<void> {
  const { stdin, stdout, stderr } = process;
  let isTyped = false;
  let said = Buffer.alloc(0);
  const passing = {
    onInput: () => {
      isTyped = true;
    },
    onOutput: (bytes: Uint8Array) => {
      if (!isTyped && said.length < MOST_EVIDENCE_BYTES) said = Buffer.concat([said, bytes]);
    },
  };
  const connection = client.exec({ ...place, command: [...SHELL], terminal: sizeOf(stdout) });
  const outcome = await passThrough(connection, { stdin, stdout, stderr }, true, signal, passing);
  if (outcome.is === 'failed') throw fromReport(outcome.report);
  if (isTyped || outcome.exitCode === 0) return;
  const evidence = said
    .toString('utf8')
    .split('\n')
    .map(plainText)
    .filter((line) => line.trim() !== '');
  throw new DevloopError(
    'run/not-started',
    `No shell opened in ${place.container ?? place.service}: it ended with exit code ${outcome.exitCode}.`,
    `An image that has no shell runs only its own programs: devloop exec ${place.service} -- PROGRAM`,
    { evidence: evidence.slice(-EVIDENCE_LINES) },
  );
}
