import type { WriteStream } from 'node:tty';
import type { Theme } from '../ink/theme.ts';
import type { Row } from '../paint/row.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const ERASE_TO_END_OF_LINE = '\u001b[K';

/**
 * The first frame, written before the terminal library is loaded, which takes longer than all the rest of the way to
 * it. The library then enters the alternate screen that is entered already, and paints the same frame on itself.
 */
export class OpeningFrame implements Disposable {
  readonly #output: WriteStream;
  readonly #theme: Theme;
  #isOurs = false;
  readonly #onExit = () => this[Symbol.dispose]();

  constructor(output: WriteStream, theme: Theme) {
    this.#output = output;
    this.#theme = theme;
    process.on('exit', this.#onExit);
  }

  paint(rows: readonly Row[]): void {
    const lines = rows.map((row) => `${this.#theme.line(row)}${ERASE_TO_END_OF_LINE}`);
    this.#output.write(`${this.#isOurs ? '' : ENTER}${HOME}${lines.join('\n')}${HOME}`);
    this.#isOurs = true;
  }

  /** From here on the terminal library leaves the alternate screen. */
  handOver(): void {
    this.#isOurs = false;
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#onExit);
    if (this.#isOurs) this.#output.write(LEAVE);
    this.#isOurs = false;
  }
}
