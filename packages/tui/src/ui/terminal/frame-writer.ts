import type { WriteStream } from 'node:tty';
import type { Row } from '../paint/row.ts';
import type { Theme } from '../paint/theme.ts';
import type { TerminalPart } from './lent-terminal.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
/** Synchronized output (DEC private mode 2026): terminals that know it show all of a frame at once. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const ERASE_LINE = '\u001b[K';

/**
 * Writes frames: of each only the lines that differ from the frame before. Painting them is what a key waits for, and
 * what a flood of log lines costs; a library that lays out every cell of the screen anew takes ten times as long.
 *
 * The first frame may come before the terminal library, which takes longer to load than all the rest of the way to it.
 */
export class FrameWriter implements TerminalPart, Disposable {
  readonly #output: WriteStream;
  readonly #theme: Theme;
  #lines: readonly string[] = [];
  /** Whether the terminal is ours to write to. */
  #isOn = false;
  /** Whether the alternate screen was entered here and not by the terminal library. */
  #hasEntered = false;
  readonly #onExit = () => this.#leave();

  constructor(output: WriteStream, theme: Theme) {
    this.#output = output;
    this.#theme = theme;
    process.on('exit', this.#onExit);
  }

  /** Enters the alternate screen, where the terminal library has not yet. */
  enter(): void {
    this.#hasEntered = true;
    this.#output.write(ENTER);
    this.on();
  }

  /** The terminal library has entered the alternate screen, and is to leave it. */
  entered(): void {
    this.#hasEntered = false;
    this.on();
  }

  paint(rows: readonly Row[]): void {
    if (!this.#isOn) return;
    const lines = rows.map((row) => this.#theme.line(row));
    const changes = lines.flatMap((line, index) =>
      line === this.#lines[index] ? [] : [`\u001b[${index + 1};1H${ERASE_LINE}${line}`],
    );
    this.#lines = lines;
    // at home the cursor does no harm, whatever else is written
    if (changes.length > 0) this.#output.write(`${BEGIN}${changes.join('')}${HOME}${END}`);
  }

  off(): void {
    this.#isOn = false;
  }

  on(): void {
    this.#isOn = true;
    this.forget();
  }

  /** The next frame is written whole: what is on the screen is not known any more. */
  forget(): void {
    this.#lines = [];
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#onExit);
    this.#isOn = false;
    this.#leave();
  }

  #leave(): void {
    if (this.#hasEntered) this.#output.write(LEAVE);
    this.#hasEntered = false;
  }
}
