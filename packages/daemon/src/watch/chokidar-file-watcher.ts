import { statSync } from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import type { FileWatcher, WatchListener, WatchRoot } from './file-watcher.ts';

/** {@link FileWatcher} on chokidar 6: native notifications a folder, none in an ignored one. */
export class ChokidarFileWatcher implements FileWatcher {
  async watch(roots: readonly WatchRoot[], listener: WatchListener): Promise<AsyncDisposable> {
    const isIgnored = (absolute: string, isFolder: boolean) => {
      const about = roots.filter((root) => isInside(root.path, absolute));
      return about.length > 0 && about.every((root) => root.path !== absolute && root.ignores(absolute, isFolder));
    };
    const watcher = watch(
      roots.map((root) => root.path),
      {
        ignoreInitial: true,
        followSymlinks: false,
        ignorePermissionErrors: true,
        // Joining unlink and add into one event would cost its waiting time on every save by rename; here the
        // content decides, not the event.
        atomic: false,
        ignored: (candidate, stats) => isIgnored(candidate, stats?.isDirectory() ?? isFolderOnDisk(candidate)),
      },
    );
    watcher.on('all', (_event, changed) => listener.changed(path.resolve(changed)));
    watcher.on('error', (error) => listener.uncertain(error instanceof Error ? error : new Error(String(error))));
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
    return { [Symbol.asyncDispose]: () => watcher.close() };
  }
}

function isInside(folder: string, candidate: string): boolean {
  return candidate === folder || candidate.startsWith(`${folder}${path.sep}`);
}

function isFolderOnDisk(candidate: string): boolean {
  return statSync(candidate, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
