import { glob, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CONFIG_FILE } from '@devloop/shared/config/config-schema';
import { globBase, isGlob, isSkippedFolder } from '../config/glob-entry.ts';
import { kindOf } from '../config/paths-on-disk.ts';

/** A file that may hold manifests. */
export interface ManifestFile {
  /** Absolute. */
  readonly file: string;
  /**
   * Whether the user named it, so that anything in it that is no manifest is a mistake. What was only found is passed
   * over when it does not look like a manifest.
   */
  readonly isNamed: boolean;
}

export interface FoundManifests {
  readonly files: readonly ManifestFile[];
  /** Absolute paths of the folders looked into, and of places where nothing was found. */
  readonly looked: readonly string[];
}

/** Where manifests are by default, below the project folder or a service's own. */
const DEFAULT_FOLDERS = ['k8s', 'kubernetes', 'manifests', 'deploy'];
const MANIFEST_ENDING = /\.(ya?ml|json)$/;
const OTHER_TOOLS_FILE =
  /^(devloop|(docker-)?compose(\..+)?|skaffold|kustomization|chart|values.*|pnpm-.*|renovate)\.ya?ml$/i;

/**
 * The files that a list of `manifests:` names: files, folders with all that is below them, globs. In the order of the
 * list, inside a folder by name. What is not there adds nothing: the config room has reported it.
 */
export async function namedManifests(folder: string, entries: readonly string[]): Promise<FoundManifests> {
  const found = await Promise.all(
    entries.map(async (entry): Promise<FoundManifests> => {
      if (isGlob(entry)) return globManifests(folder, entry);
      return pathManifests(resolve(folder, entry), true);
    }),
  );
  return merge(found);
}

/**
 * The files that a folder holds by default: those in `k8s/`, `kubernetes/`, `manifests/` and `deploy/`, and YAML files
 * directly in it.
 */
export async function defaultManifests(folder: string): Promise<FoundManifests> {
  const entries = await entriesOf(folder);
  const direct = entries
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name) && !OTHER_TOOLS_FILE.test(entry.name))
    .map((entry) => ({ file: join(folder, entry.name), isNamed: false }));
  const folders = await Promise.all(DEFAULT_FOLDERS.map((name) => pathManifests(join(folder, name), false)));
  return merge([...folders, { files: direct, looked: [folder] }]);
}

async function pathManifests(path: string, isNamed: boolean): Promise<FoundManifests> {
  const kind = await kindOf(path);
  if (kind === 'file') return { files: isNamed ? [{ file: path, isNamed }] : [], looked: [path] };
  return kind === undefined ? { files: [], looked: [path] } : walk(path, isNamed);
}

async function walk(folder: string, isNamed: boolean): Promise<FoundManifests> {
  const entries = await entriesOf(folder);
  // a Helm chart's files are templates, not manifests
  if (!isNamed && entries.some(({ name }) => name === 'Chart.yaml')) return { files: [], looked: [folder] };
  const found = await Promise.all(
    entries.map(async (entry): Promise<FoundManifests> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return entry.name.startsWith('.') || isSkippedFolder(path) ? { files: [], looked: [] } : walk(path, isNamed);
      }
      const isManifest = MANIFEST_ENDING.test(entry.name) && !OTHER_TOOLS_FILE.test(entry.name);
      // beside manifests, JSON files are mostly something else: package.json, tsconfig.json
      const isYaml = !entry.name.endsWith('.json');
      return { files: isManifest ? [{ file: path, isNamed: isNamed && isYaml }] : [], looked: [] };
    }),
  );
  return merge([{ files: [], looked: [folder] }, ...found]);
}

async function globManifests(folder: string, pattern: string): Promise<FoundManifests> {
  const matches: string[] = [];
  for await (const match of glob(pattern, { cwd: folder, exclude: isSkippedFolder }))
    matches.push(resolve(folder, match));
  const found = await Promise.all(
    matches.sort().map(async (path): Promise<FoundManifests> => {
      if ((await kindOf(path)) === 'folder') return walk(path, true);
      const isManifest = MANIFEST_ENDING.test(path) && basename(path) !== CONFIG_FILE;
      return { files: isManifest ? [{ file: path, isNamed: true }] : [], looked: [dirname(path)] };
    }),
  );
  return merge([{ files: [], looked: [resolve(folder, globBase(pattern))] }, ...found]);
}

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function merge(found: readonly FoundManifests[]): FoundManifests {
  const files = new Map<string, ManifestFile>();
  for (const one of found.flatMap((part) => part.files)) {
    const known = files.get(one.file);
    files.set(one.file, { file: one.file, isNamed: one.isNamed || known?.isNamed === true });
  }
  return { files: [...files.values()], looked: [...new Set(found.flatMap((part) => part.looked))] };
}
