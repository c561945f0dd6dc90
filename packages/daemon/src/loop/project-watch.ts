import path from 'node:path';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { isProjectInput } from '../project/project.ts';
import type { EventLog } from '../state/event-log.ts';
import type { FileWatcher, WatchListener, WatchRoot } from '../watch/file-watcher.ts';
import { IgnoreRules } from '../watch/ignore-rules.ts';
import type { Source } from './source.ts';

/** Codes with which the system says that it has no more file watches to give. */
const LIMIT_CODES = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);

/** Watches what a project is made of: the sources of its services, and its inputs (config, manifests, Dockerfiles). */
export class ProjectWatch implements AsyncDisposable {
  readonly #watcher: FileWatcher;
  readonly #listener: WatchListener;
  readonly #log: EventLog;
  #current: AsyncDisposable | undefined;
  #roots = '';
  #inputs: ReadonlySet<string> = new Set();
  #manifestFolders: readonly string[] = [];
  #degraded = false;

  constructor(watcher: FileWatcher, listener: WatchListener, log: EventLog) {
    this.#watcher = watcher;
    this.#listener = listener;
    this.#log = log;
  }

  /** True when notifications can't be relied on, so that content has to be looked at often. */
  get degraded(): boolean {
    return this.#degraded;
  }

  /** Whether a changed path can change the project as it is understood. */
  isInput(absolute: string): boolean {
    return (
      isProjectInput(this.#inputs, absolute) ||
      (isManifestName(absolute) && this.#manifestFolders.some((folder) => absolute.startsWith(`${folder}${path.sep}`)))
    );
  }

  /**
   * Watches these sources and inputs and no others. The new watch is there before the old one ends.
   *
   * @returns whether the watch is a new one, so that what happened meanwhile has to be looked for
   */
  async follow(folder: string, sources: readonly Source[], inputs: readonly string[]): Promise<boolean> {
    const shallow = new Set([folder, ...sources.map((source) => source.build.context)]);
    this.#inputs = new Set(inputs);
    this.#manifestFolders = inputs.filter((input) => !shallow.has(input));
    const roots = [...sources.map(sourceRoot), ...inputs.map((input) => inputRoot(input, shallow.has(input)))];
    const key = JSON.stringify([roots.map((root) => root.path), sources.map((source) => source.rules.key)]);
    if (key === this.#roots) return false;
    this.#roots = key;
    const previous = this.#current;
    this.#current = await this.#watcher.watch(roots, {
      changed: (absolute) => this.#listener.changed(absolute),
      uncertain: (error) => this.#uncertain(error),
    });
    await previous?.[Symbol.asyncDispose]();
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current?.[Symbol.asyncDispose]();
  }

  #uncertain(error: Error): void {
    const code = 'code' in error ? String(error.code) : '';
    if (LIMIT_CODES.has(code) && !this.#degraded) {
      this.#degraded = true;
      const { message, remedy } = new DevloopError(
        'watch/limit',
        `The system has no more file watches (${code}), so that saves are looked for every second instead.`,
        'Raise the limit: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
      );
      this.#log.dispatch({ type: 'warning-raised', warning: { code: 'watch/limit', message, remedy, evidence: [] } });
    }
    this.#listener.uncertain(error);
  }
}

function sourceRoot(source: Source): WatchRoot {
  const { context } = source.build;
  return {
    path: context,
    ignores: (absolute, isFolder) => {
      if (source.isIgnoreFile(absolute) || absolute === source.build.dockerfile) return false;
      const relative = path.relative(context, absolute).split(path.sep).join('/');
      return isFolder ? source.rules.skipsFolder(relative) : source.rules.ignores(relative);
    },
  };
}

/** What is never of interest among manifests either: packages, version control, editors' temporary files. */
const INPUT_RULES = new IgnoreRules('');

/**
 * Folders of manifests are watched with all that is in them; the project's own folder and those of sources only for
 * the files directly in them, because they are inputs for the manifests that lie there.
 */
function inputRoot(input: string, isShallow: boolean): WatchRoot {
  return {
    path: input,
    ignores: (absolute, isFolder) => {
      if (isShallow) return isFolder || path.dirname(absolute) !== input || !isManifestName(absolute);
      return INPUT_RULES.ignores(path.relative(input, absolute).split(path.sep).join('/'));
    },
  };
}

function isManifestName(file: string): boolean {
  return /\.(ya?ml|json)$/.test(file);
}
