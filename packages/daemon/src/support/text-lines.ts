import { StringDecoder } from 'node:string_decoder';

/**
 * Splits chunks of bytes into lines, without the line feed. A character that two chunks share stays whole. A line
 * longer than `mostChars` is cut there and goes on as the next line, so that no stream can fill the memory.
 */
export class TextLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #mostChars: number;
  #rest = '';

  constructor(mostChars = 1_000_000) {
    this.#mostChars = mostChars;
  }

  push(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.write(Buffer.from(chunk))).split('\n');
    const rest = this.#cut(lines.pop() ?? '');
    this.#rest = rest.pop() ?? '';
    return [...lines.flatMap((line) => this.#cut(line.endsWith('\r') ? line.slice(0, -1) : line)), ...rest];
  }

  /** What is left when the stream has ended: the last line, if it had no line feed. */
  end(): string[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return last === '' ? [] : [last];
  }

  #cut(line: string): string[] {
    if (line.length <= this.#mostChars) return [line];
    const parts: string[] = [];
    for (let at = 0; at < line.length; at += this.#mostChars) parts.push(line.slice(at, at + this.#mostChars));
    return parts;
  }
}

/** The lines of a byte stream, cut as {@link TextLines} says. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, mostChars?: number): AsyncGenerator<string> {
  const lines = new TextLines(mostChars);
  for await (const chunk of stream) yield* lines.push(chunk);
  yield* lines.end();
}
