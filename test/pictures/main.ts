import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEVLOOP, DevloopRig, REPOSITORY } from '../rig/devloop-rig.ts';
import { openTerminal, type TestTerminal } from '../rig/terminal.ts';
import type { StyledRow } from './styled-row.ts';
import { pictureOf, recordingOf, type ShownRow } from './svg.ts';

/**
 * Makes the pictures of the README from real frames: the real command, on a real terminal, on the real cluster.
 * Run it with `npm run pictures`.
 */
const FOLDER = path.join(REPOSITORY, 'docs/pictures');
const SIZE = { columns: 116, rows: 24 };
const BEFORE_EDIT_MS = 1500;
const AFTER_LIVE_MS = 2500;

/** Rows with when they were shown, from a terminal that goes on painting. */
class Recorder {
  readonly #terminal: TestTerminal;
  readonly #startedAt = performance.now();
  readonly #shown: ShownRow[] = [];
  #open: { key: string; cells: StyledRow; fromMs: number }[] = [];

  constructor(terminal: TestTerminal) {
    this.#terminal = terminal;
  }

  take(): void {
    const now = Math.round(performance.now() - this.#startedAt);
    for (const [row, cells] of this.#terminal.styledRows().entries()) {
      const key = JSON.stringify(cells);
      const open = this.#open[row];
      if (open?.key === key) continue;
      this.#close(row, now);
      this.#open[row] = { key, cells, fromMs: open === undefined ? 0 : now };
    }
  }

  end(): ShownRow[] {
    const now = Math.round(performance.now() - this.#startedAt);
    for (const row of this.#open.keys()) this.#close(row, now);
    return this.#shown;
  }

  #close(row: number, untilMs: number): void {
    const open = this.#open[row];
    if (open !== undefined && untilMs > open.fromMs)
      this.#shown.push({ row, cells: open.cells, fromMs: open.fromMs, untilMs });
  }
}

await using rig = await DevloopRig.open('two-services');
await rig.up();
await rig.events.stop();
await mkdir(FOLDER, { recursive: true });
await using terminal = openTerminal([process.execPath, DEVLOOP, '-C', rig.folder], {
  ...SIZE,
  env: { ...rig.env, NO_COLOR: undefined },
});
const still = async (name: string, title: string) => {
  await writeFile(path.join(FOLDER, `${name}.svg`), pictureOf(terminal.styledRows(), SIZE.columns, title));
  process.stderr.write(`${name}.svg\n`);
};
await terminal.shows(/live +web/);

const recorder = new Recorder(terminal);
{
  using _painting = terminal.onPaint(() => recorder.take());
  recorder.take();
  await delay(BEFORE_EDIT_MS);
  await rig.writeAtomic('api/price.txt', '42\n');
  await terminal.shows(/live +api +#[23]/);
  await delay(AFTER_LIVE_MS);
}
await writeFile(
  path.join(FOLDER, 'edit.svg'),
  recordingOf(recorder.end(), SIZE.columns, SIZE.rows, 'a saved file becomes live'),
);
process.stderr.write('edit.svg\n');

await still('overview', 'devloop');
terminal.press('j', 'enter');
await terminal.shows('passes');
await still('detail', 'devloop: one service');
terminal.press('escape', 'L');
await terminal.shows('all services');
terminal.press('t', '/'); // with time stamps, and a search
terminal.type('price');
await terminal.shows('/2');
terminal.press('enter');
await terminal.hides('enter');
await still('logs', 'devloop: the logs of all services');
terminal.press('escape', 'escape'); // first from the search, then from the logs
await terminal.shows('SERVICE');
await rig.writeAtomic('api/server.js', 'console.error("fatal: DATABASE_URL is not set"); process.exit(3);\n');
await terminal.shows(/failed +api/);
terminal.press('!');
await terminal.shows('→');
await still('failure', 'devloop: what went wrong and what mends it');
terminal.press('q');
await terminal.exited;
