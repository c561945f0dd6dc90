import path from 'node:path';

/** The code of a failed system call. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error as a system call's, of a file below a container's root. */
export function failure(code: string, what: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${what}, '${path.posix.join('/', file)}'`), { code });
}
