/** Levenshtein distance with transpositions of neighbours counting as one edit. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const edits = [(last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1)];
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits.push((beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(Math.min(...edits));
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/**
 * The candidate that was probably meant by `word`: the same but for case, `-` and `_`, else the fewest edits away and
 * not more than a third of the word's length. The first of several equals.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const bare = bareWord(word);
  let nearest: string | undefined;
  let fewest = Math.max(1, Math.floor(bare.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(bare, bareWord(candidate));
    if (edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

/** The word without what people write differently: case, `-`, `_` and `.`. */
export function bareWord(word: string): string {
  return word.toLowerCase().replaceAll(/[-_.]/g, '');
}
