import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ExecOutcome } from '@devloop/shared/protocol/exec';
import type { Status } from '../kubernetes/api-errors.ts';

/**
 * What the Status says with which a node ends a command.
 *
 * @param status JSON; empty where the connection broke off
 * @throws DevloopError `run/broken-off`, `run/not-started`
 */
export function outcomeOf(status: string, pod: string): ExecOutcome {
  const { status: word, reason, message, details } = parsed(status);
  if (word === 'Success') return { is: 'exited', exitCode: 0 };
  if (reason === 'NonZeroExitCode') {
    const code = details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
    return { is: 'exited', exitCode: Number(code) };
  }
  if (word === undefined) {
    throw new DevloopError(
      'run/broken-off',
      `The connection to the command in ${pod} broke off.`,
      'Run it again once the cluster is there: devloop status',
    );
  }
  throw new DevloopError(
    'run/not-started',
    `The command could not be run in ${pod}: ${message ?? 'the node did not say why'}`,
    'Name a program that the image has. One without a shell runs only what is in it.',
  );
}

function parsed(text: string): Status & { readonly status?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
