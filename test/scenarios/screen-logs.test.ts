import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { openScreen } from '../rig/screen.ts';
import { makeTalker, say } from '../rig/talker.ts';
import type { TestTerminal } from '../rig/terminal.ts';

test('logs: search, filter, foreign characters, pause, output of builds, and a flood in every size', async () => {
  await using rig = await openRig('hello-service');
  await makeTalker(rig);
  const first = unique('first');
  await rig.write('hello/message.txt', first);
  await rig.start();
  await using screen = openScreen(rig);
  await screen.shows(/› ● live +hello/);
  screen.press('l');
  await screen.shows(`serving ${first}`);
  await screen.shows('hello · following');

  await say(rig, 'an apple\na banana\nanother apple');
  await screen.shows('another apple');
  screen.type('/apple');
  await screen.shows('search apple');
  screen.press('enter');
  await screen.until(() => inverse(screen).filter((text) => text === 'apple').length === 2, 'both highlighted');
  await screen.shows(/\/apple \d\/2/);
  screen.press('N');
  await screen.shows(/\/apple 1\/2/);
  await screen.shows(/^▸.*an apple/m);
  screen.press('n');
  await screen.shows(/\/apple 2\/2/);
  await screen.shows(/^▸.*another apple/m);
  screen.press('escape');
  await screen.hides('/apple');
  screen.press('G');
  await screen.shows('hello · following');

  screen.type('&banana\r');
  await screen.shows('&banana');
  await screen.hides('apple');
  await say(rig, 'a pear\nthe last banana');
  expect(await screen.shows('the last banana')).not.toContain('a pear');
  screen.press('escape');
  await screen.shows('a pear');

  await say(rig, '\u001b[31mred\u001b[0m \u001b[2J\u001b[5;5H漢字テスト 👩‍👩‍👧 é\u0007\b\t| end of it');
  const odd = await screen.shows('end of it');
  expect(odd.split('\n').filter((row) => row.includes('end of it'))).toEqual([
    expect.stringMatching(/red 漢字テスト 👩‍👩‍👧 é\s+\| end of it$/),
  ]);
  expectWhole(screen, 'hello');

  screen.press('k', 'k');
  await screen.shows('paused (f)');
  await say(rig, 'one\ntwo\nthree');
  await screen.shows('paused · 3 new ↓ (f)');
  screen.press('f');
  await screen.shows('hello · following');
  await screen.shows('three');

  const second = unique('second');
  await rig.writeAtomic('hello/message.txt', second);
  const built = await screen.shows(`serving ${second}`);
  expect(built).toMatch(/^.› .*COPY \. \./m);
  expect(built).toContain('three');
  screen.press('b');
  await screen.hides('COPY . .');
  screen.press('b');
  await screen.shows('COPY . .');

  await rig.served('hello', '/flow');
  await screen.shows(/flowing line \d{2}/);
  for (const [columns, rows] of [
    [40, 12],
    [200, 60],
    [40, 12],
    [200, 60],
    [120, 40],
  ] as const) {
    const before = newest(screen);
    screen.resize(columns, rows);
    await screen.until(
      () => newest(screen) > before + 10 && isWhole(screen, rows),
      `a whole frame of ${columns}×${rows}`,
    );
    expectWhole(screen, 'hello');
  }
  screen.press('escape');
  await screen.shows(/› ● live +hello/);
  screen.press('q');
  expect(await screen.exited).toBe(0);
});

/** Runs of text that are highlighted now. */
function inverse(screen: TestTerminal): string[] {
  return screen.styledRows().flatMap((row) => row.filter((run) => run.inverse).map(({ text }) => text));
}

/** The number of the newest line of the flood that is shown. */
function newest(screen: TestTerminal): number {
  return Math.max(0, ...[...screen.frame().matchAll(/flowing line (\d+)$/gm)].map((match) => Number(match[1])));
}

/** Header, then lines one after the other without a gap, then status and footer. */
function isWhole(screen: TestTerminal, rows: number): boolean {
  const frame = screen.frame().split('\n');
  const numbers = frame.flatMap((row) => /flowing line (\d+)$/.exec(row)?.slice(1) ?? []).map(Number);
  return (
    frame.length === rows &&
    frame.at(-1)?.startsWith('? help') === true &&
    frame.filter((row) => row.includes('following')).length === 1 &&
    numbers.length >= rows - 5 &&
    numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1)
  );
}

function expectWhole(screen: TestTerminal, service: string): void {
  const frame = screen.frame().split('\n');
  expect(frame[0]).toMatch(/^scn-hello/);
  expect(frame.at(-1)).toMatch(/^\? help/);
  expect(frame.filter((row) => row.includes(`${service} · following`))).toHaveLength(1);
}
