import { SourceNotFound } from './copy-files.ts';

export type BuilderKind = 'buildkit' | 'classic';

/** A step that failed: as the vertex says it, and as the whole build does. */
export class BuildFailure extends Error {
  /** Of a RUN. */
  readonly exitCode: number | undefined;

  constructor(message: string, exitCode?: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A RUN that ended badly. */
export function runFailed(kind: BuilderKind, command: readonly string[], exitCode: number): BuildFailure {
  const words = command.join(' ');
  return new BuildFailure(
    kind === 'buildkit'
      ? `process ${JSON.stringify(words)} did not complete successfully: exit code: ${exitCode}`
      : `The command '${words}' returned a non-zero code: ${exitCode}`,
    exitCode,
  );
}

/** A step's failure in a builder's words. */
export function stepFailed(kind: BuilderKind, keyword: string, error: unknown): BuildFailure {
  if (error instanceof BuildFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof SourceNotFound) {
    return new BuildFailure(
      kind === 'buildkit'
        ? `failed to compute cache key: failed to calculate checksum of ref: ${message}`
        : `${keyword} failed: file not found in build context or excluded by .dockerignore: stat ${error.source}: file does not exist`,
    );
  }
  return new BuildFailure(message);
}

/** What the whole build is said to have failed with. */
export function buildFailed(kind: BuilderKind, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (kind === 'classic') return message;
  return `failed to solve: ${message}`;
}
