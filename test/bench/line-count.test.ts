import { expect, test } from 'vitest';
import { LineCounter } from './line-count.ts';

const RUN = '0123abcd';

function counted(lines: readonly (number | 'gap')[], written: number) {
  const counter = new LineCounter();
  for (const line of lines) {
    if (line === 'gap') counter.gap('pod');
    else counter.line('pod', `run ${RUN} line ${line} of many`);
  }
  return counter.result(new Map([[RUN, { lines: written, pod: 'pod' }]]));
}

test.each([
  ['all lines', [0, 1, 2], {}],
  ['one is missing', [0, 2], { lostSilently: 1 }],
  ['one is missing, and that is told', [0, 'gap', 2], { lostWithGap: 1, gaps: 1 }],
  ['the last is missing', [0, 1], { lostSilently: 1 }],
  ['the last is missing, and that is told', [0, 1, 'gap'], { lostWithGap: 1, gaps: 1 }],
  ['one came twice', [0, 1, 1, 2], { twice: 1 }],
  ['one came late', [0, 2, 1], { outOfOrder: 1 }],
  ['a gap where nothing is missing excuses nothing later', ['gap', 0, 2], { lostSilently: 1, gaps: 1 }],
] as const)('%s', (_, lines, told) => {
  const none = { written: 3, lostSilently: 0, lostWithGap: 0, twice: 0, outOfOrder: 0, gaps: 0 };
  expect(counted(lines, 3)).toEqual({ ...none, ...told });
});

test('a gap that is told later excuses what is missing before the line that it names, and nothing else', () => {
  const counter = new LineCounter();
  const line = (number: number) =>
    counter.line('pod', `run ${RUN} line ${number} of many`, `2026-01-01T12:00:0${number % 10}.123456789Z`);
  for (const number of [0, 1, 4, 5, 8]) line(number);
  counter.gap('pod', '2026-01-01T12:00:04.123Z');
  for (const number of [9, 11]) line(number);
  const truth = new Map([[RUN, { lines: 12, pod: 'pod' }]]);
  // 6 and 7 are lost silently; the row stands before 9, where nothing is missing
  expect(counter.result(truth)).toMatchObject({ lostWithGap: 2, lostSilently: 3 });
});

test('a run that was never seen is lost', () => {
  const truth = new Map([[RUN, { lines: 5, pod: 'pod' }]]);
  expect(new LineCounter().result(truth).lostSilently).toBe(5);
  const told = new LineCounter();
  told.gap('pod');
  expect(told.result(truth)).toMatchObject({ lostSilently: 0, lostWithGap: 5 });
});

test('the end of a run tells how many lines it has', () => {
  const counter = new LineCounter();
  counter.line('pod', `run ${RUN} ended after 12 in a-pod`);
  expect(counter.ends).toEqual(new Map([[RUN, { lines: 12, pod: 'a-pod' }]]));
});

test('of each run it is told which lines are missing, which of them silently, and which came twice', () => {
  const counter = new LineCounter();
  const line = (number: number) => counter.line('pod', `run ${RUN} line ${number} of many`);
  for (const number of [0, 1, 1]) line(number);
  counter.gap('pod');
  for (const number of [4, 6]) line(number);
  expect(counter.described(new Map([[RUN, { lines: 8, pod: 'pod' }]]))).toEqual([
    `run ${RUN} of pod, 8 lines: missing 2–3, 5, 7 (4); silently 5, 7 (2); twice 1 (1)`,
  ]);
});
