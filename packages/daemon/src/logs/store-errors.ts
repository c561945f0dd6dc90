import { DevloopError, type ErrorReport, toReport } from '@devloop/shared/errors/devloop-error';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EACCES: 'the folder is not yours to write',
  EPERM: 'the folder is not yours to write',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
};

/** Logs cannot be stored: what happened, as the daemon warns of it. */
export function notWritten(error: unknown, folder: string): ErrorReport {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const cause = REASONS[code] ?? message;
  return toReport(
    new DevloopError(
      'logs/not-written',
      `Logs cannot be stored in ${folder}: ${cause}. Nothing more is read from the containers meanwhile.`,
      `Make room, or give each service less: logs: { megabytes: 50 } in devloop.yaml. See what is there: du -sh ${folder}`,
      { cause: error },
    ),
  );
}
