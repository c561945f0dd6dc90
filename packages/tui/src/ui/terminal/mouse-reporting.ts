import type { WriteStream } from 'node:tty';
import type { TerminalPart } from './lent-terminal.ts';

const ON = '\u001b[?1000h\u001b[?1006h';
const OFF = '\u001b[?1006l\u001b[?1000l';

/** Tells the terminal to report clicks and the wheel, and no longer, whichever way the process ends. */
export class MouseReporting implements TerminalPart, Disposable {
  readonly #output: WriteStream;
  #isOn = false;
  readonly #onExit = () => this.off();

  constructor(output: WriteStream) {
    this.#output = output;
    process.on('exit', this.#onExit);
  }

  on(): void {
    this.#isOn = true;
    this.#output.write(ON);
  }

  off(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#output.write(OFF);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#onExit);
    this.off();
  }
}
