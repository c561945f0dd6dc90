import type { StreamMessage } from '@devloop/shared/protocol/stream-message';
import type { Terminal } from '../terminal/terminal.ts';
import { formatLine, type PlainLine } from './plain-line.ts';
import type { PlainPrinter } from './plain-printer.ts';

const TICK_MS = 250;

/** Prints what a {@link PlainPrinter} says, and lets it speak while nothing comes. */
export class PlainWriter implements Disposable {
  readonly #printer: PlainPrinter;
  readonly #terminal: Terminal;
  readonly #ticks: NodeJS.Timeout;
  #written: Promise<void> = Promise.resolve();

  constructor(printer: PlainPrinter, terminal: Terminal) {
    this.#printer = printer;
    this.#terminal = terminal;
    this.#ticks = setInterval(() => {
      this.#written = this.#write(printer.tick(Date.now()));
    }, TICK_MS);
    this.#ticks.unref();
  }

  /** Prints the lines for a message. Resolves when there is room for more. */
  async message(message: StreamMessage): Promise<void> {
    await this.#written;
    await this.#write(this.#printer.message(message, Date.now()));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticks);
  }

  async #write(lines: readonly PlainLine[]): Promise<void> {
    if (lines.length === 0) return;
    const { palette } = this.#terminal;
    await this.#terminal.print(lines.map((line) => formatLine(line, this.#printer.labelWidth, palette)).join('\n'));
  }
}
