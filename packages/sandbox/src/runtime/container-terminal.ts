import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { ClientTerminal, TerminalSize } from '../ports/client-terminal.ts';
import { familyOf } from './cpu-time.ts';
import { findOptionalTool, TOOL_ENVIRONMENT } from './host-tools.ts';
import { shellQuote } from './shell-quote.ts';

/** Descriptor by which a command says that its terminal is there. */
const TERMINAL_IS_THERE = 3;

/**
 * The command that runs another one on a terminal of the container's own, which the machine's `script` makes: it stays
 * between the two, so that what is typed reaches the command alone. Says `there` on its descriptor before the command.
 *
 * @param pid a process of the container
 * @param shell the machine's; `script` is to run it by the variable SHELL
 * @param variable what SHELL is for the command; undefined: it has none
 * @returns undefined where the container has no `script` or no shell
 */
export function onTerminal(
  command: readonly string[],
  pid: number,
  shell: string,
  variable: string | undefined,
): string[] | undefined {
  const script = findOptionalTool('script');
  const isThere = (file: string) => existsSync(path.join(`/proc/${pid}/root`, file));
  if (script === undefined || !isThere(script) || !isThere(shell)) return undefined;
  const words = command.map(shellQuote).join(' ');
  const restore = variable === undefined ? 'unset SHELL' : `export SHELL=${shellQuote(variable)}`;
  const begin = `echo there >&${TERMINAL_IS_THERE}; exec ${TERMINAL_IS_THERE}>&-; ${restore}; exec ${words}`;
  return [script, '--quiet', '--return', '--flush', '--command', begin, '/dev/null'];
}

/**
 * What a client types at the terminal of a command, which has the size of the client's own. What is typed after a change
 * of that comes after it there too.
 */
export class TerminalInput implements Disposable {
  readonly #child: ChildProcess;
  readonly #terminal: ClientTerminal;
  readonly #typed: Readable | undefined;
  readonly #listening: Disposable;
  #applied: TerminalSize | undefined;
  #isThere = false;
  #isBusy = false;

  /**
   * @param child runs a command of {@link onTerminal}, with a pipe for each descriptor up to that by which it speaks
   * @param typed undefined: nobody types there
   */
  constructor(child: ChildProcess, terminal: ClientTerminal, typed: Readable | undefined) {
    this.#child = child;
    this.#terminal = terminal;
    this.#typed = typed;
    this.#listening = terminal.listen(() => void this.#update());
    const tells = child.stdio[TERMINAL_IS_THERE] as Readable;
    tells.on('error', () => undefined); // its end is told by the child's
    tells.once('data', () => {
      this.#isThere = true;
      void this.#update();
    });
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    this.#isThere = false;
    this.#hold();
  }

  /** Never rejects. */
  async #update(): Promise<void> {
    if (!this.#isThere || this.#isBusy) return;
    this.#isBusy = true;
    this.#hold();
    for (let { size } = this.#terminal; size !== undefined && size !== this.#applied; { size } = this.#terminal) {
      this.#applied = size;
      await resizeTerminal(this.#child.pid, size);
    }
    this.#isBusy = false;
    if (this.#isThere && this.#child.stdin !== null) this.#typed?.pipe(this.#child.stdin);
  }

  #hold(): void {
    if (this.#child.stdin !== null) this.#typed?.unpipe(this.#child.stdin);
  }
}

/** Sets the size of the terminal that a process below has. One that is gone has none. Never rejects. */
async function resizeTerminal(pid: number | undefined, { columns, rows }: TerminalSize): Promise<void> {
  const stty = findOptionalTool('stty');
  const fd = pid === undefined ? undefined : openTerminal(pid);
  if (fd === undefined) return;
  try {
    if (stty === undefined) return;
    const args = ['rows', String(rows), 'columns', String(columns)];
    const child = spawn(stty, args, { env: TOOL_ENVIRONMENT, cwd: '/', stdio: [fd, 'ignore', 'ignore'] });
    child.on('error', () => undefined); // 'close' follows
    await once(child, 'close');
  } finally {
    closeSync(fd);
  }
}

/** Opens the terminal that a process below has open. */
function openTerminal(pid: number): number | undefined {
  for (const member of familyOf(pid)) {
    const folder = `/proc/${member}/fd`;
    try {
      const found = readdirSync(folder).find((fd) => /^\/dev\/pts\/\d+$/.test(readlinkSync(`${folder}/${fd}`)));
      if (found === undefined) continue;
      return openSync(`${folder}/${found}`, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    } catch {
      // it has ended, or closed it, in this very moment
    }
  }
  return undefined;
}
