import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ExecOutcome, TerminalSize } from '@devloop/shared/protocol/exec';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { CommandExec } from './command-exec.ts';
import { outcomeOf } from './exec-status.ts';
import type { ExecStreams } from './exec-streams.ts';

/** A container that runs. */
export interface ContainerPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** A command, and the terminal that it is to have; without one it has none. */
export interface AskedCommand {
  readonly command: readonly string[];
  readonly terminal?: TerminalSize | undefined;
}

/**
 * Runs a command in a container to its end. When the signal is aborted, the connection is ended; what becomes of the
 * command is the container's affair.
 *
 * @throws DevloopError `run/not-started`, `run/broken-off`; the signal's reason
 */
export async function runInContainer(
  { api, signal: connected }: Pick<ClusterSession, 'api' | 'signal'>,
  place: ContainerPlace,
  { command, terminal }: AskedCommand,
  streams: ExecStreams,
  signal: AbortSignal,
): Promise<ExecOutcome> {
  const either = AbortSignal.any([signal, connected]);
  const target = { ...place, command, hasTerminal: terminal !== undefined };
  const exec = await CommandExec.open(api, target, streams, either).catch((error) => {
    throw error instanceof ApiRefusal ? notTaken(place, error) : error;
  });
  const close = () => exec.close();
  either.addEventListener('abort', close, { once: true });
  try {
    if (terminal !== undefined) await exec.resize(terminal);
    streams.attach(exec);
    const status = await exec.status;
    signal.throwIfAborted();
    return outcomeOf(status, place.pod);
  } finally {
    either.removeEventListener('abort', close);
    exec.close();
  }
}

function notTaken({ pod, container }: ContainerPlace, refusal: ApiRefusal): DevloopError {
  return new DevloopError(
    'run/not-started',
    `No command can be run in ${container} of ${pod} now: ${refusal.message}`,
    'See how the pod is: devloop status',
    { cause: refusal },
  );
}
