import { textWidth } from './text-width.ts';

const ASCII: Readonly<Record<string, string>> = {
  '●': '*',
  '◐': '~',
  '◌': '.',
  '○': 'o',
  '✗': 'x',
  '✓': '+',
  '▲': '!',
  '›': '>',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '…': '~',
  '·': '-',
  '─': '-',
  '│': '|',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '%',
  '▇': '#',
  '█': '#',
};

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text with ASCII only, in as many cells: for terminals that cannot show more. */
export function asciiText(text: string): string {
  if (/^[\u0020-\u007e]*$/.test(text)) return text;
  return [...graphemes.segment(text)]
    .map(({ segment }) =>
      /^[\u0020-\u007e]$/.test(segment) ? segment : (ASCII[segment] ?? '?'.repeat(textWidth(segment))),
    )
    .join('');
}
