import type { PassRecord } from '@devloop/shared/protocol/service-detail';
import { formatAgo, formatDuration } from '../../wording/duration.ts';
import { type PassPart, passDuration, passPhases, passStory } from '../../wording/pass-timing.ts';
import { fitRow, type Row, type Span, span } from '../paint/row.ts';
import type { Tone } from '../paint/style.ts';

/** A part's letter in the bar; the letter says which part it is also where colours are missing. */
const LETTERS: Readonly<Record<PassPart['name'], { readonly letter: string; readonly tone: Tone }>> = {
  detect: { letter: 'd', tone: 'quiet' },
  hash: { letter: 'h', tone: 'quiet' },
  context: { letter: 'c', tone: 'accent' },
  build: { letter: 'B', tone: 'accent' },
  push: { letter: 'p', tone: 'accent' },
  settle: { letter: '.', tone: 'quiet' },
  apply: { letter: 'a', tone: 'warning' },
  pull: { letter: 'l', tone: 'warning' },
  start: { letter: 'S', tone: 'good' },
  ready: { letter: 'r', tone: 'good' },
};

const OF_A_REGISTRY: readonly string[] = ['push', 'pull'] satisfies PassPart['name'][];

const OUTCOMES: Readonly<Record<PassRecord['outcome'], { readonly mark: string; readonly tone: Tone }>> = {
  live: { mark: '●', tone: 'good' },
  failed: { mark: '✗', tone: 'bad' },
  superseded: { mark: '›', tone: 'quiet' },
};

/** Columns of the longest pass's bar, by the frame's width. */
function barWidth(columns: number): number {
  return Math.max(0, Math.min(60, Math.floor((columns - 48) / 2)));
}

/** One row a pass: which, how it ended, what began it, and a bar of where its time went, all to one scale. */
export function passRows(passes: readonly PassRecord[], columns: number, nowMs: number): Row[] {
  if (passes.length === 0) return [[span('none has ended yet', { tone: 'quiet' })]];
  const width = barWidth(columns);
  const slowest = Math.max(1, ...passes.map(({ times }) => passDuration(times)));
  const rows = passes.map((pass): Row => {
    const { mark, tone } = OUTCOMES[pass.outcome];
    return [
      span(`${mark} #${pass.revision} `.padEnd(7), { tone }),
      ...fitRow([span(pass.outcome, { tone })], 11),
      span(`${formatDuration(passDuration(pass.times)).padStart(9)}  `, { bold: pass.outcome === 'live' }),
      span(`${formatAgo(nowMs - pass.times.endedAt).padStart(10)}  `, { tone: 'quiet' }),
      ...(width < 10 ? [] : [...bar(pass, width, slowest), span('  ')]),
      span(passStory(pass)),
    ];
  });
  const legend = width < 10 ? [] : [legendRow(passes)];
  return [...rows, ...legend];
}

/** The bar of one pass: as long as its share of the slowest, each part as long as its share of the pass. */
export function bar({ times }: Pick<PassRecord, 'times'>, width: number, slowest: number): Span[] {
  const parts = passPhases(times);
  const spans: Span[] = [];
  let ms = 0;
  let drawn = 0;
  for (const { name, ms: took } of parts) {
    ms += took;
    const end = Math.min(width, Math.round((ms / slowest) * width));
    if (end <= drawn) continue;
    const { letter, tone } = LETTERS[name];
    spans.push(span(letter.repeat(end - drawn), { tone, inverse: true }));
    drawn = end;
  }
  return drawn < width ? [...spans, span(' '.repeat(width - drawn))] : spans;
}

/** What the letters stand for; those of a registry only where one was used. */
function legendRow(passes: readonly PassRecord[]): Row {
  const used = new Set<string>(passes.flatMap(({ times }) => passPhases(times).map(({ name }) => name)));
  const names = Object.entries(LETTERS)
    .filter(([name]) => used.has(name) || !OF_A_REGISTRY.includes(name))
    .map(([name, { letter }]) => `${letter} ${name}`);
  return [span(`  ${names.join('  ')}`, { tone: 'quiet' })];
}
