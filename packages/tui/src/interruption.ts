import { EXIT, type ExitCode } from './exit-codes.ts';

/** Why the one AbortController was aborted: the user or the system ended the command from outside. */
export class Interruption extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = 'AbortError';
    this.exitCode = exitCode;
  }
}

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP, and when nobody reads the output any more. A second signal ends the
 * process at once.
 */
export function abortOnInterruption(controller: AbortController): void {
  const on = (signal: NodeJS.Signals, exitCode: ExitCode) => {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(new Interruption(`ended by ${signal}`, exitCode));
    });
  };
  on('SIGINT', EXIT.interrupted);
  on('SIGTERM', EXIT.terminated);
  on('SIGHUP', EXIT.terminated);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    controller.abort(new Interruption('nobody reads the output', EXIT.ok));
  });
  process.stderr.on('error', () => undefined); // there is nowhere left to say so
}

/** True when the user ended with Ctrl-C what would have gone on without end. */
export function isCtrlC(signal: AbortSignal): boolean {
  return signal.reason instanceof Interruption && signal.reason.exitCode === EXIT.interrupted;
}
