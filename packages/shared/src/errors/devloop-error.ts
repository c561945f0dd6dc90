import { z } from '../zod.ts';
import { ERROR_CODES, type ErrorCode } from './error-code.ts';

/** An error as it crosses the socket and as it is printed: what happened, and the one thing that mends it. */
export const ErrorReport = z.object({
  code: z.enum(ERROR_CODES),
  /** What happened to which thing, and why. */
  message: z.string(),
  /** An imperative that the user can carry out, with the exact command or edit. */
  remedy: z.string(),
  /** Lines that prove the message: log lines, build output, the API server's own words. */
  evidence: z.array(z.string()).default([]),
});
export type ErrorReport = z.infer<typeof ErrorReport>;

/** An error that says what happened and what to do about it. Thrown where a caller cannot go on. */
export class DevloopError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly evidence: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    remedy: string,
    options: { cause?: unknown; evidence?: readonly string[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DevloopError';
    this.code = code;
    this.remedy = remedy;
    this.evidence = options.evidence ?? [];
  }
}

/** Turns anything thrown into a report. What is not a {@link DevloopError} is a defect, and says so. */
export function toReport(error: unknown): ErrorReport {
  if (error instanceof DevloopError) {
    return { code: error.code, message: error.message, remedy: error.remedy, evidence: [...error.evidence] };
  }
  const text = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack ? error.stack.split('\n').slice(1, 6) : [];
  return {
    code: 'internal/bug',
    message: `devloop made a mistake: ${text}`,
    remedy: 'Please report it with the lines above; the daemon log has the rest: devloop doctor names the file.',
    evidence: stack.map((line) => line.trim()),
  };
}

/** A report thrown again on the other side of the socket. */
export function fromReport(report: ErrorReport): DevloopError {
  return new DevloopError(report.code, report.message, report.remedy, { evidence: report.evidence });
}

/** True when `error` is only the echo of `signal` having been aborted, so that nothing has failed. */
export function isAborted(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  if (error === signal.reason) return true;
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ABORT_ERR'));
}
