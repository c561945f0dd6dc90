import type { Readable, Writable } from 'node:stream';
import { type Palette, paletteFor } from './palette.ts';

type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };
type Input = Readable & { readonly isTTY?: boolean };

/** What a command says and asks. Lines go to stdout; complaints, and progress of commands with data, to stderr. */
export class Terminal {
  readonly palette: Palette;
  readonly errorPalette: Palette;
  /** True when somebody is there to answer a question. */
  readonly isInteractive: boolean;
  /** True when the whole screen can be painted on. */
  readonly isFullScreen: boolean;
  readonly #input: Input;
  readonly #output: Output;
  readonly #errors: Output;

  constructor(input: Input, output: Output, errors: Output, env: Readonly<Record<string, string | undefined>>) {
    this.#input = input;
    this.#output = output;
    this.#errors = errors;
    this.palette = paletteFor(output, env);
    this.errorPalette = paletteFor(errors, env);
    this.isInteractive = input.isTTY === true && output.isTTY === true;
    this.isFullScreen = this.isInteractive && env['TERM'] !== 'dumb';
  }

  /** Width in columns, where stdout is a terminal. */
  get columns(): number | undefined {
    return this.#output.isTTY ? this.#output.columns : undefined;
  }

  /** Writes a line, or several, to stdout. Resolves when there is room for more. */
  print(text: string): Promise<void> {
    return write(this.#output, `${text}\n`);
  }

  /** Writes a line, or several, to stderr. */
  complain(text: string): Promise<void> {
    return write(this.#errors, `${text}\n`);
  }

  /** Asks a question that is answered with y or, as whatever else is taken, n. */
  async confirm(question: string, signal: AbortSignal): Promise<boolean> {
    return /^y(es)?$/i.test(await this.#ask(`${question} [y/N] `, signal));
  }

  /** Asks which of several it is, by its number; Enter is the first. Answers with the index. Other answers are asked again. */
  async choose(question: string, choices: readonly string[], signal: AbortSignal): Promise<number> {
    await this.print([question, ...choices.map((choice, index) => `  ${index + 1}  ${choice}`)].join('\n'));
    for (;;) {
      const answer = await this.#ask(`1 to ${choices.length} [1] `, signal);
      const number = answer === '' ? 1 : Number(answer);
      if (Number.isInteger(number) && number >= 1 && number <= choices.length) return number - 1;
    }
  }

  /** What is answered; nothing where Ctrl-D, or the end of the input, is the answer. */
  async #ask(prompt: string, signal: AbortSignal): Promise<string> {
    const { createInterface } = await import('node:readline/promises'); // few commands ask
    const lines = createInterface({ input: this.#input, output: this.#output });
    const interrupt = () => process.kill(process.pid, 'SIGINT'); // readline takes Ctrl-C for itself
    lines.on('SIGINT', interrupt);
    try {
      const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      return (await Promise.race([lines.question(prompt, { signal }), ended])).trim();
    } finally {
      lines.close();
    }
  }
}

function write(stream: Output, text: string): Promise<void> {
  if (stream.destroyed || stream.write(text)) return Promise.resolve();
  // waiting for `drain` alone would hang for ever on a stream that closes first
  return new Promise((resolve) => {
    const settle = () => {
      stream.off('drain', settle).off('close', settle).off('error', settle);
      resolve();
    };
    stream.on('drain', settle).on('close', settle).on('error', settle);
  });
}
