import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import type { StyledRow, StyledRun } from '../pictures/styled-row.ts';
import { poll } from './poll.ts';
import { runCommand } from './run-command.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long to wait for what is to be shown, unless a call says otherwise. */
  readonly showWithinMs?: number;
}

/** How a program has left the terminal. */
export interface TerminalModes {
  readonly screen: 'normal' | 'alternate';
  readonly cursorShown: boolean;
  readonly mouse: boolean;
  readonly bracketedPaste: boolean;
}

/** How the terminal is before any program has changed it. */
export const UNTOUCHED: TerminalModes = { screen: 'normal', cursorShown: true, mouse: false, bracketedPaste: false };

const DEFAULT_SHOW_WITHIN_MS = 15_000;

/** Keys by the words that bindings use. */
const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  'shift-tab': '\u001b[Z',
  backspace: '\u007f',
  delete: '\u001b[3~',
  space: ' ',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  home: '\u001b[H',
  end: '\u001b[F',
  'page-up': '\u001b[5~',
  'page-down': '\u001b[6~',
};

/** Starts a program on a terminal of its own, and shows what a user would see there. */
export function openTerminal(command: readonly [string, ...string[]], options: TerminalOptions = {}): TestTerminal {
  return new TestTerminal(command, options);
}

/** A real pseudo terminal with a real terminal emulator behind it. */
export class TestTerminal implements AsyncDisposable {
  /** Resolves with the exit code; 128 + signal number where a signal ended it. */
  readonly exited: Promise<number>;
  /** All that the program has written. */
  output = '';
  readonly #pty: IPty;
  readonly #terminal: xterm.Terminal;
  readonly #showWithinMs: number;
  readonly #lookers = new Set<() => void>();
  #hasExited = false;

  constructor([file, ...args]: readonly [string, ...string[]], options: TerminalOptions) {
    const { columns = 80, rows = 24, cwd, env = {} } = options;
    this.#showWithinMs = options.showWithinMs ?? DEFAULT_SHOW_WITHIN_MS;
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#terminal.onWriteParsed(() => this.#look());
    this.#pty = spawn(file, args, {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd: cwd ?? process.cwd(),
      env: defined({ ...process.env, LANG: 'C.UTF-8', LC_ALL: undefined, NO_COLOR: undefined, ...env }),
    });
    this.#pty.onData((data) => {
      this.output += data;
      this.#terminal.write(data);
    });
    this.#terminal.onData((answer) => this.#pty.write(answer)); // to what a program asks its terminal
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#hasExited = true;
        // what it wrote last is still to be shown
        this.#terminal.write('', () => {
          resolve(signal ? 128 + signal : exitCode);
          this.#look();
        });
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Presses keys, each by its name: `j`, `ctrl-p`, `page-down`. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#pty.write(bytesOf(key));
  }

  /** Types text as it is. */
  type(text: string): void {
    this.#pty.write(text);
  }

  /** Pastes text as terminals do that were asked to bracket it. */
  paste(text: string): void {
    this.#pty.write(`\u001b[200~${text}\u001b[201~`);
  }

  /** Clicks on a cell, counted from 0. */
  click(column: number, row: number): void {
    const at = `${column + 1};${row + 1}`;
    this.#pty.write(`\u001b[<0;${at}M\u001b[<0;${at}m`);
  }

  /** Turns the wheel by one notch over a cell, counted from 0. */
  wheel(direction: 'up' | 'down', column: number, row: number): void {
    this.#pty.write(`\u001b[<${direction === 'up' ? 64 : 65};${column + 1};${row + 1}M`);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.#pty.pid, signal);
  }

  /** What the screen shows now, without spaces at the ends of rows. */
  frame(): string {
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: this.#terminal.rows }, (_, row) => {
      return (
        active
          .getLine(active.baseY + row)
          ?.translateToString(true, 0, this.#terminal.cols) // a line keeps what is beyond the edge of a narrower screen
          .trimEnd() ?? ''
      );
    });
    return rows.join('\n');
  }

  /** What the screen shows now with how it looks, run by run. */
  styledRows(): StyledRow[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row);
      return line === undefined ? [] : runsOf(line, this.#terminal.cols);
    });
  }

  modes(): TerminalModes {
    const { buffer, modes } = this.#terminal;
    return {
      screen: buffer.active.type,
      cursorShown: this.output.lastIndexOf('\u001b[?25h') >= this.output.lastIndexOf('\u001b[?25l'),
      mouse: modes.mouseTrackingMode !== 'none',
      bracketedPaste: modes.bracketedPasteMode,
    };
  }

  /** Resolves when the program has been stopped, as by Ctrl-Z; only then does a SIGCONT let it go on. */
  async stopped(): Promise<void> {
    await poll(
      async () => (await runCommand('ps', ['-o', 'stat=', '-p', String(this.#pty.pid)])).stdout.trim(),
      (state) => state.startsWith('T'),
      { what: 'the program is stopped' },
    );
  }

  /** Calls back after every paint, until disposed of. */
  onPaint(look: () => void): Disposable {
    this.#lookers.add(look);
    return { [Symbol.dispose]: () => void this.#lookers.delete(look) };
  }

  /** Resolves with the first frame that holds what is wanted. */
  async shows(wanted: string | RegExp, withinMs?: number): Promise<string> {
    return this.until(
      (frame) => (typeof wanted === 'string' ? frame.includes(wanted) : wanted.test(frame)),
      String(wanted),
      withinMs,
    );
  }

  /** Resolves with the first frame that no longer holds something. */
  async hides(unwanted: string | RegExp, withinMs?: number): Promise<string> {
    return this.until(
      (frame) => !(typeof unwanted === 'string' ? frame.includes(unwanted) : unwanted.test(frame)),
      `no ${unwanted}`,
      withinMs,
    );
  }

  /** Resolves with the first frame for which something is true. */
  async until(isSo: (frame: string) => boolean, what: string, withinMs: number = this.#showWithinMs): Promise<string> {
    const origin = new Error(); // its stack names the line of the test
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#lookers.delete(look);
        act();
      };
      const fail = (why: string) =>
        settle(() => {
          origin.message = `${why} before the terminal showed ${what}; it shows:\n${this.frame()}`;
          reject(origin);
        });
      const look = () => {
        const frame = this.frame();
        if (isSo(frame)) settle(() => resolve(frame));
        else if (this.#hasExited) fail('The program ended');
      };
      const timer = setTimeout(() => fail(`${withinMs / 1000} s went by`), withinMs);
      this.#lookers.add(look);
      look();
    });
  }

  /** Ends the program, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasExited) this.#pty.kill('SIGKILL');
    await this.exited;
    this.#terminal.dispose();
  }

  #look(): void {
    for (const look of [...this.#lookers]) look();
  }
}

/** A line of the emulator as runs of cells that look the same; blank ends are left out. */
function runsOf(line: xterm.IBufferLine, columns: number): StyledRow {
  const runs: StyledRun[] = [];
  for (let column = 0; column < columns; column += 1) {
    const cell = line.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue; // the right half of a wide character
    const look = {
      foreground: cell.isFgPalette() ? cell.getFgColor() : undefined,
      background: cell.isBgPalette() ? cell.getBgColor() : undefined,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      underline: cell.isUnderline() !== 0,
      inverse: cell.isInverse() !== 0,
    };
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    const isSame =
      last !== undefined && Object.entries(look).every(([key, value]) => last[key as keyof StyledRun] === value);
    if (isSame) runs[runs.length - 1] = { ...last, text: last.text + text, cells: last.cells + cell.getWidth() };
    else runs.push({ ...look, text, column, cells: cell.getWidth() });
  }
  const isBlank = (run: StyledRun) => run.text.trim() === '' && run.background === undefined && !run.inverse;
  return runs.filter((run) => !isBlank(run));
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function bytesOf(key: string): string {
  const named = KEYS[key];
  if (named !== undefined) return named;
  const letter = /^ctrl-(.)$/.exec(key)?.[1];
  return letter === undefined ? key : String.fromCodePoint(letter.charCodeAt(0) - 96);
}
