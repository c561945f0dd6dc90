/** A place to watch: a file, or a folder with all that is in it and not ignored. */
export interface WatchRoot {
  /** Absolute. */
  readonly path: string;
  /** Whether a path below this root is of no interest; a folder that is ignored is never opened. */
  ignores(absolute: string, isFolder: boolean): boolean;
}

export interface WatchListener {
  /** A path was added, changed or removed, or may have been. */
  changed(absolute: string): void;
  /** Changes may have been missed everywhere: look at the content again. `error` says why. */
  uncertain(error: Error): void;
}

/** Port of the file system's notifications. They are hints: what decides is the content. */
export interface FileWatcher {
  /** Resolves when every root is being watched. The returned watch ends when it is disposed. */
  watch(roots: readonly WatchRoot[], listener: WatchListener): Promise<AsyncDisposable>;
}
