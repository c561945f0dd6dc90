import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { display } from '../config/paths-on-disk.ts';
import { objectKey } from '../deploy/kubernetes-object.ts';
import type { Manifest } from './project.ts';
import type { ReadManifests } from './read-manifests.ts';

/**
 * Finds objects that are written twice: the second would undo the first on each pass. Of two files that share several,
 * as an all-in-one file beside single ones does, only the first shared object is reported.
 */
export function findRepeatedObjects(files: readonly ReadManifests[], folder: string): ConfigDiagnostic[] {
  const first = new Map<string, Manifest>();
  const pairs = new Map<string, { repeated: Manifest; original: Manifest; text: string; count: number }>();
  for (const { manifests, text } of files) {
    for (const repeated of manifests) {
      const key = objectKey(repeated.object);
      const original = first.get(key);
      if (original === undefined) {
        first.set(key, repeated);
        continue;
      }
      const pair = `${original.file}\n${repeated.file}`;
      const known = pairs.get(pair);
      pairs.set(pair, known ? { ...known, count: known.count + 1 } : { repeated, original, text, count: 1 });
    }
  }
  return [...pairs.values()].map(({ repeated, original, text, count }) => {
    const { kind, metadata } = repeated.object;
    const source = text.split(/\r?\n/)[repeated.line - 1] ?? '';
    const column = source.length - source.trimStart().length + 1;
    const others = count === 2 ? 'another object of this file is too' : `so are ${count - 1} more of this file`;
    const more = count === 1 ? '' : `, and ${others}`;
    return {
      file: repeated.file ?? '',
      line: repeated.line,
      column,
      length: Math.max(1, source.trim().length),
      source,
      message: `${kind} ${metadata.name} is already in ${display(folder, original.file ?? '')}:${original.line}${more}.`,
      hint: 'Keep one of the two, or list the files that are to be deployed under `manifests:` in devloop.yaml.',
    };
  });
}
