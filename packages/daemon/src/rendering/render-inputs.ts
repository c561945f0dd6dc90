import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { isSkippedFolder } from '../config/glob-entry.ts';
import { KUSTOMIZATION_FILES, kindOf, namesIn } from '../config/paths-on-disk.ts';
import type { RenderSource } from './render-source.ts';

/** Keys of a kustomization whose items are files or folders, and those whose items have them under `path`. */
const LISTS = [
  'resources',
  'bases',
  'components',
  'crds',
  'configurations',
  'generators',
  'transformers',
  'validators',
  'patchesStrategicMerge',
] as const;
const WITH_PATH = ['patches', 'patchesJson6902', 'replacements'] as const;
const GENERATORS = ['configMapGenerator', 'secretGenerator'] as const;

/**
 * Absolute paths of the files and folders that what is rendered depends on, and of places where one of them was looked
 * for in vain.
 */
export async function renderInputs(source: RenderSource): Promise<string[]> {
  if (source.tool === 'helm') return [...source.values, ...(await allBelow(source.chart))];
  const found = new Set<string>();
  await kustomizationInputs(source.folder, found);
  return [...found];
}

/** The kustomization of a folder, by its file name; undefined where it is none. */
export async function kustomizationIn(folder: string): Promise<string | undefined> {
  const names = await namesIn(folder);
  return KUSTOMIZATION_FILES.find((file) => names.includes(file));
}

async function kustomizationInputs(folder: string, found: Set<string>): Promise<void> {
  const name = await kustomizationIn(folder);
  const file = path.join(folder, name ?? KUSTOMIZATION_FILES[0] ?? '');
  if (found.has(file)) return; // bases may be reached twice, or in a circle, which kustomize reports
  found.add(file);
  if (name === undefined) return;
  for (const named of namedPaths(parseOr(await readFile(file, 'utf8').catch(() => ''), undefined))) {
    const target = path.resolve(folder, named);
    if ((await kindOf(target)) === 'folder') await kustomizationInputs(target, found);
    else found.add(target);
  }
}

/** What a kustomization names in its own file system, relative to itself. */
function namedPaths(kustomization: unknown): string[] {
  const items = (value: unknown, key: string): unknown[] => {
    const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    return Array.isArray(list) ? list : list === undefined ? [] : [list];
  };
  const generators = GENERATORS.flatMap((key) => items(kustomization, key));
  const named = [
    ...LISTS.flatMap((key) => items(kustomization, key)),
    ...WITH_PATH.flatMap((key) => items(kustomization, key)).flatMap((item) => items(item, 'path')),
    ...items(kustomization, 'openapi').flatMap((item) => items(item, 'path')),
    ...generators.flatMap((item) => [...items(item, 'envs'), ...items(item, 'env')]),
    // `key=file` or a file alone
    ...generators
      .flatMap((item) => items(item, 'files'))
      .map((item) => (typeof item === 'string' ? item.replace(/^[^=]*=/, '') : item)),
  ];
  return named.filter((item): item is string => typeof item === 'string' && isLocal(item));
}

/** Neither a patch written in place nor an address. */
function isLocal(item: string): boolean {
  return !item.includes('\n') && !/^[a-z0-9+.-]+:\/\/|^git@|\?ref=/i.test(item);
}

async function allBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.map((entry) => {
      const at = path.join(folder, entry.name);
      if (!entry.isDirectory()) return [at];
      return isSkippedFolder(at) ? [] : allBelow(at);
    }),
  );
  return [folder, ...below.flat()];
}

function parseOr(text: string, otherwise: unknown): unknown {
  try {
    return parse(text);
  } catch {
    return otherwise; // half edited: the tool says what is wrong with it
  }
}
