/** Worth of a word that is found: as a whole where a word begins, as a whole, or letter by letter. */
const SCORES = { wordStart: 100, within: 60, scattered: 20 };

/**
 * How well a text fits what was typed; undefined where it does not. Every word that was typed must be in it, in any
 * order; its letters at least in theirs.
 */
export function fuzzyScore(text: string, typed: string): number | undefined {
  const hay = text.toLowerCase();
  let score = 0;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const worth = wordScore(hay, word);
    if (worth === undefined) return undefined;
    score += worth;
  }
  return score;
}

function wordScore(hay: string, word: string): number | undefined {
  for (let at = hay.indexOf(word); at >= 0; at = hay.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(hay[at - 1] ?? '')) return SCORES.wordStart + word.length;
  }
  if (hay.includes(word)) return SCORES.within + word.length;
  const spans = [...hay].map((_, start) => spanFrom(hay, word, start)).filter((span) => span !== undefined);
  return spans.length === 0 ? undefined : SCORES.scattered * (word.length / Math.min(...spans));
}

/** How much of the text the letters of a word take, the first of them at `start`. */
function spanFrom(hay: string, word: string, start: number): number | undefined {
  if (hay[start] !== word[0]) return undefined;
  let at = start;
  for (const letter of word.slice(1)) {
    at = hay.indexOf(letter, at + 1);
    if (at < 0) return undefined;
  }
  return at - start + 1;
}
