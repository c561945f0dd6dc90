import type { ErrorCode } from '@devloop/shared/errors/error-code';

/** What the command's exit code says. docs/commands.md explains them to the user. */
export const EXIT = {
  ok: 0,
  /** What was asked for failed: a build, a rollout, the check, the cluster. */
  failed: 1,
  /** `logs`: no line was what was looked for. Its other errors have other codes, as grep's have. */
  noMatch: 1,
  /** The command line is not understood, or names a service that is not there. */
  usage: 2,
  /** devloop.yaml is missing or has problems. */
  config: 3,
  /** No daemon runs where one is needed, or it cannot be started or understood. */
  daemon: 4,
  timeout: 5,
  /** Ctrl-C. */
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of a command that ends with an error. */
export function exitCodeFor(code: ErrorCode): ExitCode {
  const [room] = code.split('/');
  switch (room) {
    case 'config':
      return EXIT.config;
    case 'daemon':
      return EXIT.daemon;
    case 'wait':
      return EXIT.timeout;
    case 'command':
    case 'service':
      return EXIT.usage;
    default:
      return EXIT.failed;
  }
}
