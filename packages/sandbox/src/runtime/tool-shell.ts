import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { shellQuote } from './shell-quote.ts';

/** A program of the host and its arguments. */
export type ToolCommand = readonly [file: string, ...args: string[]];

interface Asked {
  readonly commands: readonly ToolCommand[];
  readonly done: PromiseWithResolvers<void>;
}

/**
 * A shell that runs the host's tools one after the other, for as long as it is open. Started by the node itself, each
 * tool would cost a copy of the node's page tables, and hold up everything that the node serves meanwhile.
 */
export class ToolShell implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<unknown>;
  /** Said after each command; no complaint of a tool can hold it. */
  readonly #mark = randomUUID();
  readonly #asked: Asked[] = [];
  #said = '';
  #failure: Error | undefined;

  constructor(sh: string, env: Readonly<Record<string, string>>) {
    this.#process = spawn(sh, [], { env, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
    this.#exited = once(this.#process, 'close').catch(() => undefined); // told to those who asked
    this.#process.stdin.on('error', () => undefined); // it has ended, which is told below
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#process.once('error', (error) => this.#fail(error));
    this.#process.once('close', () => this.#fail(new Error('the shell of the node has ended')));
  }

  /**
   * Runs commands until one of them fails.
   *
   * @param input what the first one reads; default: nothing
   * @throws Error with what the failing one wrote to stderr
   */
  async run(commands: readonly ToolCommand[], input?: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const done = Promise.withResolvers<void>();
    this.#asked.push({ commands, done });
    const steps = commands.map((command) => command.map(shellQuote).join(' ')).join(' && ');
    const given = input === undefined ? '' : `printf %s ${shellQuote(input)} | `;
    this.#process.stdin.write(`{ ${given}${steps}; } 2>&1 >/dev/null </dev/null\nprintf '${this.#mark} %d\\n' $?\n`);
    await done.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await this.#exited;
  }

  #take(text: string): void {
    this.#said += text;
    for (;;) {
      const at = this.#said.indexOf(this.#mark);
      const end = this.#said.indexOf('\n', at);
      if (at === -1 || end === -1) return;
      const complaint = this.#said.slice(0, at).trim();
      const code = Number(this.#said.slice(at + this.#mark.length, end));
      this.#said = this.#said.slice(end + 1);
      const asked = this.#asked.shift();
      if (code === 0) asked?.done.resolve();
      else asked?.done.reject(new Error(`${namesOf(asked.commands)} failed (${code}): ${complaint}`));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { done } of this.#asked.splice(0)) done.reject(this.#failure);
  }
}

function namesOf(commands: readonly ToolCommand[]): string {
  return commands.map(([file]) => file.slice(file.lastIndexOf('/') + 1)).join(' && ');
}
