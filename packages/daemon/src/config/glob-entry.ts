import { basename } from 'node:path';

/** Whether an entry of `manifests:` is a glob, not the name of a file or folder. */
export function isGlob(entry: string): boolean {
  return /[*?[\]{}]/.test(entry);
}

/** What a glob, or a walk through folders, never looks into. */
export function isSkippedFolder(path: string): boolean {
  const name = basename(path);
  return name === 'node_modules' || name === '.git';
}

/** The folder that a glob starts from: what comes before its first wildcard. */
export function globBase(pattern: string): string {
  const steps = pattern.split('/');
  return steps.slice(0, steps.findIndex(isGlob)).join('/') || (pattern.startsWith('/') ? '/' : '.');
}
