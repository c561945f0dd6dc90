import path from 'node:path';
import type { BuildSpec } from '../project/project.ts';
import type { SourceContent } from './source.ts';

/**
 * Of the paths that events named, those that one of the contents holds, all of them where none does: the temporary
 * file that an editor or generator writes and moves into place is gone when somebody reads of it.
 *
 * @param paths absolute
 * @param contents the one that is new, and the one before
 */
export function namedPaths(
  paths: readonly string[],
  { context, dockerfile }: Pick<BuildSpec, 'context' | 'dockerfile'>,
  contents: readonly (SourceContent | undefined)[],
): readonly string[] {
  if (paths.length <= 1) return paths;
  const held = new Set([
    dockerfile,
    ...contents.flatMap((content) => (content?.entries ?? []).map((entry) => path.join(context, entry.path))),
  ]);
  const named = paths.filter((file) => held.has(file));
  return named.length > 0 ? named : paths;
}
