import { glob, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CONFIG_FILE } from '@devloop/shared/config/config-file';
import type { ManifestEntry } from '@devloop/shared/config/config-schema';
import { toDnsLabel } from '../config/dns-label.ts';
import { globBase, isGlob, isSkippedFolder } from '../config/glob-entry.ts';
import { kindOf } from '../config/paths-on-disk.ts';
import { kustomizationIn, renderInputs } from '../rendering/render-inputs.ts';
import type { RenderSource } from '../rendering/render-source.ts';

/** A file that may hold manifests. */
export interface ManifestFile {
  /** Absolute. */
  readonly file: string;
  /**
   * Whether the user named it, so that anything in it that is no manifest is a mistake. What was only found is passed
   * over when it does not look like a manifest.
   */
  readonly isNamed: boolean;
  /** How its manifests are made, where they are not what the file holds; the file stands for them all then. */
  readonly rendered?: RenderSource;
}

export interface FoundManifests {
  readonly files: readonly ManifestFile[];
  /** Absolute paths of the folders looked into, and of places where nothing was found. */
  readonly looked: readonly string[];
}

/** What tells manifests of one place from those of another: one chart may be rendered several times. */
export function manifestKey({ file, rendered }: ManifestFile): string {
  return rendered === undefined ? file : JSON.stringify(rendered);
}

/** Where manifests are by default, below the project folder or a service's own. */
const DEFAULT_FOLDERS = ['k8s', 'kubernetes', 'manifests', 'deploy'];
const CHART_FILE = 'Chart.yaml';
const MANIFEST_ENDING = /\.(ya?ml|json)$/;
const OTHER_TOOLS_FILE =
  /^(devloop|(docker-)?compose(\..+)?|skaffold|kustomization|chart|values.*|pnpm-.*|renovate)\.ya?ml$/i;

/**
 * The files that a list of `manifests:` names: files, folders with all that is below them, globs, and what is rendered:
 * a folder that is a kustomization or a chart is not looked into. In the order of the list, inside a folder by name. What
 * is not there adds nothing: the config room has reported it.
 *
 * @param namespace that charts are rendered for; undefined: helm's own choice
 */
export async function namedManifests(
  folder: string,
  entries: readonly ManifestEntry[],
  namespace?: string,
): Promise<FoundManifests> {
  const found = await Promise.all(
    entries.map(async (entry): Promise<FoundManifests> => {
      if (typeof entry !== 'string') return renderedManifests(toRenderSource(folder, entry, namespace));
      if (isGlob(entry)) return globManifests(folder, entry);
      const path = resolve(folder, entry);
      if (await isChart(path)) return renderedManifests(toRenderSource(folder, { helm: chartAlone(entry) }, namespace));
      return pathManifests(path, true);
    }),
  );
  return mergeFound(found);
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
  return mergeFound([...folders, { files: direct, looked: [folder] }]);
}

async function pathManifests(path: string, isNamed: boolean): Promise<FoundManifests> {
  const kind = await kindOf(path);
  if (kind === 'file') return { files: isNamed ? [{ file: path, isNamed }] : [], looked: [path] };
  if (kind === undefined) return { files: [], looked: [path] };
  if ((await kustomizationIn(path)) !== undefined) return renderedManifests({ tool: 'kustomize', folder: path });
  return walk(path, isNamed);
}

async function isChart(folder: string): Promise<boolean> {
  return (await kindOf(join(folder, CHART_FILE))) === 'file';
}

function chartAlone(chart: string) {
  return { chart, values: [], set: {} };
}

/** What an item of `manifests:` has rendered. */
export function toRenderSource(
  folder: string,
  { kustomize, helm }: Exclude<ManifestEntry, string>,
  namespace: string | undefined,
): RenderSource {
  if (helm === undefined) return { tool: 'kustomize', folder: resolve(folder, kustomize ?? '') };
  const chart = resolve(folder, helm.chart);
  const release = helm.release ?? (toDnsLabel(basename(chart)) || 'release');
  const values = helm.values.map((file) => resolve(folder, file));
  return { tool: 'helm', chart, release, values, set: helm.set, namespace };
}

async function renderedManifests(rendered: RenderSource): Promise<FoundManifests> {
  const file =
    rendered.tool === 'helm'
      ? join(rendered.chart, CHART_FILE)
      : join(rendered.folder, (await kustomizationIn(rendered.folder)) ?? '');
  return { files: [{ file, isNamed: true, rendered }], looked: await renderInputs(rendered) };
}

async function walk(folder: string, isNamed: boolean): Promise<FoundManifests> {
  const entries = await entriesOf(folder);
  // a Helm chart's files are templates, not manifests
  if (!isNamed && entries.some(({ name }) => name === CHART_FILE)) return { files: [], looked: [folder] };
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
  return mergeFound([{ files: [], looked: [folder] }, ...found]);
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
  return mergeFound([{ files: [], looked: [resolve(folder, globBase(pattern))] }, ...found]);
}

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All of them, each once. */
export function mergeFound(found: readonly FoundManifests[]): FoundManifests {
  const files = new Map<string, ManifestFile>();
  for (const one of found.flatMap((part) => part.files)) {
    const key = manifestKey(one);
    files.set(key, { ...one, isNamed: one.isNamed || files.get(key)?.isNamed === true });
  }
  return { files: [...files.values()], looked: [...new Set(found.flatMap((part) => part.looked))] };
}
