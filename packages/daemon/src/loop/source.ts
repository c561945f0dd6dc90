import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { fingerprint } from '../build/fingerprint.ts';
import type { BuildSpec } from '../project/project.ts';
import { type IgnoreRules, ignoreFiles, readIgnoreRules } from '../watch/ignore-rules.ts';
import type { ContextEntry, ContextScanner } from '../watch/scan-context.ts';

/** All that a build of a service can see, as it was at one moment. */
export interface SourceContent {
  readonly fingerprint: string;
  readonly entries: readonly ContextEntry[];
  readonly dockerfile: string;
}

/** Reads what a service's image is built from. One scan at a time: a second request shares or follows the first. */
export class Source {
  readonly build: BuildSpec;
  readonly #scanner: ContextScanner;
  #rules: IgnoreRules | undefined;
  #running: Promise<SourceContent> | undefined;

  constructor(build: BuildSpec, scanner: ContextScanner) {
    this.build = build;
    this.#scanner = scanner;
  }

  /** Reads the ignore rules; to be called before {@link rules} is used, and again when their files change. */
  async readRules(): Promise<void> {
    this.#rules = await readIgnoreRules(this.build.context, this.build.dockerfile);
  }

  get rules(): IgnoreRules {
    if (this.#rules === undefined) throw new Error('the ignore rules have not been read');
    return this.#rules;
  }

  /** Whether a path is one of the files that decide what is ignored. */
  isIgnoreFile(absolute: string): boolean {
    return ignoreFiles(this.build.context, this.build.dockerfile).includes(absolute);
  }

  /** Whether a path is part of what the build sees. */
  sees(absolute: string): boolean {
    if (absolute === this.build.dockerfile || this.isIgnoreFile(absolute)) return true;
    const relative = path.relative(this.build.context, absolute);
    return (
      !relative.startsWith('..') &&
      !path.isAbsolute(relative) &&
      !this.rules.ignores(relative.split(path.sep).join('/'))
    );
  }

  /**
   * What is on the disk now.
   *
   * @throws DevloopError `build/no-dockerfile`; errors of the file system; the signal's reason
   */
  async read(signal: AbortSignal): Promise<SourceContent> {
    // A scan that has begun may have passed over what changed since: what is wanted is one that begins now.
    await this.#running?.catch(() => undefined);
    this.#running ??= this.#scan(signal).finally(() => {
      this.#running = undefined;
    });
    return await this.#running;
  }

  async #scan(signal: AbortSignal): Promise<SourceContent> {
    const { context, target, args } = this.build;
    const entries = await this.#scanner.scan(context, this.rules, signal);
    const dockerfile = await this.#dockerfile();
    return { entries, dockerfile, fingerprint: fingerprint({ entries, dockerfile, target, args }) };
  }

  async #dockerfile(): Promise<string> {
    try {
      return await readFile(this.build.dockerfile, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      throw new DevloopError(
        'build/no-dockerfile',
        `There is no Dockerfile at ${this.build.dockerfile}.`,
        'Put it there, or name it in devloop.yaml: services.<name>.build.dockerfile',
      );
    }
  }
}
