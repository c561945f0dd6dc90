import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';
import { type MouseEvent, splitMouse } from '../keys/mouse.ts';

const ESC = '\u001b';
const ESCAPES = new RegExp(`${ESC}+$`);
/** Terminals write the sequence of a key at once: an ESC that nothing follows within this time is the key itself. */
const ESCAPE_MS = 10;
/** The key escape without doubt, in the keyboard protocol of kitty; the terminal library would wait twice as long. */
const ESCAPE_KEY = `${ESC}[27u`;

/**
 * The keyboard without the mouse: the terminal sends both on one stream, and the terminal library throws away what is
 * no key. Reads only while raw mode is on, so that a program the terminal is lent to gets all of its input.
 */
export class TerminalInput extends Readable {
  readonly isTTY = true;
  readonly #source: ReadStream;
  readonly #onMouse: (event: MouseEvent) => void;
  readonly #decoder = new StringDecoder('utf8');
  readonly #escapeMs: number;
  #pending = '';
  #escape: NodeJS.Timeout | undefined;
  #isRaw = false;
  readonly #onData = (chunk: Buffer) => this.#take(this.#decoder.write(chunk));

  /** @param escapeMs for how long more may follow an ESC, ms */
  constructor(source: ReadStream, onMouse: (event: MouseEvent) => void, escapeMs = ESCAPE_MS) {
    super({ encoding: 'utf8' });
    this.#source = source;
    this.#onMouse = onMouse;
    this.#escapeMs = escapeMs;
  }

  override _read(): void {
    // what comes is pushed as it comes
  }

  setRawMode(on: boolean): this {
    if (this.#isRaw === on) return this;
    this.#isRaw = on;
    this.#source.setRawMode(on);
    if (on) {
      this.#source.on('data', this.#onData);
      this.#source.resume();
    } else {
      clearTimeout(this.#escape);
      this.#source.off('data', this.#onData);
      this.#source.pause();
    }
    return this;
  }

  ref(): this {
    this.#source.ref();
    return this;
  }

  unref(): this {
    this.#source.unref();
    return this;
  }

  #take(text: string): void {
    clearTimeout(this.#escape);
    const { text: typed, mouse, pending } = splitMouse(this.#pending + text);
    const escapes = pending === '' ? (ESCAPES.exec(typed)?.[0] ?? '') : '';
    this.#pending = pending + escapes;
    const known = typed.slice(0, typed.length - escapes.length);
    if (known !== '') this.push(known);
    for (const event of mouse) this.#onMouse(event);
    if (escapes !== '') this.#escape = setTimeout(() => this.#endEscapes(), this.#escapeMs);
  }

  #endEscapes(): void {
    const keys = this.#pending.replaceAll(ESC, ESCAPE_KEY);
    this.#pending = '';
    this.push(keys);
  }
}
