import type { ContextEntry } from '../watch/scan-context.ts';

/**
 * Tells what a beforeBuild hook wrote from what the user saved while it ran, so that a hook's own output never starts
 * another pass and a save is never taken for output. What is in doubt costs one more run of the hook; what changes in
 * that run too is output from then on.
 */
export class HookOutputs {
  readonly #learned = new Set<string>();
  readonly #declared: readonly string[];

  /** @param declared files and folders inside the context that the config names as the hook's outputs */
  constructor(declared: readonly string[]) {
    this.#declared = declared;
  }

  /** Whether a path is known to be written by the hook. */
  isOutput(path: string): boolean {
    return this.#learned.has(path) || this.#declared.some((output) => path === output || path.startsWith(`${output}/`));
  }

  /** @returns whether something changed during the run that may be the user's, so that the hook is to run again */
  ran(before: readonly ContextEntry[], after: readonly ContextEntry[]): boolean {
    const old = new Map(before.map((entry) => [entry.path, entry.hash]));
    let doubt = false;
    for (const { path, hash, kind } of after) {
      if (kind === 'folder' || old.get(path) === hash || this.isOutput(path)) continue;
      // A file that was there before may have been saved by the user; one that is new was made by the hook.
      if (old.has(path)) doubt = true;
      this.#learned.add(path);
    }
    return doubt;
  }
}
