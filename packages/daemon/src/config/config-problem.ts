/** Path of keys and list indexes from the root of `devloop.yaml`. */
export type ConfigPath = readonly (string | number)[];

/** A problem in terms of keys, before it has a place in the text. */
export interface ConfigProblem {
  readonly path: ConfigPath;
  /** Whether the key itself or its value is to be marked. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
  /** Absolute path at which something should have been: when it appears there, the problem may be gone. */
  readonly lookedAt?: string;
}

/** The shortest `devloop.yaml` there is, as remedies show it. */
export const SHORTEST_CONFIG = 'services:\n  web:';

/** A list of quoted words for a sentence: `a`, `b` or `c`. */
export function listWords(words: readonly string[], conjunction: 'or' | 'and'): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${conjunction} ${quoted.at(-1)}`;
}
