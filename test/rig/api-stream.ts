import type { ClientRequest, IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';

interface Waiting {
  readonly fits: (line: string) => boolean;
  readonly found: PromiseWithResolvers<string>;
}

/** The lines of an answer that goes on, such as a watch: kept from the first on, and waited for. */
export class ApiStream implements Disposable {
  /** How it ended: by the server's word, or cut off in the middle. */
  readonly ended: Promise<'closed' | 'cut'>;
  readonly #response: IncomingMessage;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<Waiting>();
  #end: 'closed' | 'cut' | undefined;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.ended = new Promise((resolve) => {
      response.once('error', () => resolve('cut'));
      response.once('end', () => resolve('closed'));
    });
    this.ended.then((how) => {
      this.#end = how;
      for (const { found } of this.#waiting) found.reject(this.#overdue());
    });
    createInterface({ input: response })
      .on('line', (line) => this.#take(line))
      .on('error', () => undefined);
  }

  /** @throws Error when there is no answer, or another status than 200 */
  static async open(request: ClientRequest): Promise<ApiStream> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
    });
    if (response.statusCode === 200) return new ApiStream(response);
    response.resume();
    throw new Error(`the stream was refused with ${response.statusCode}`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  /** The first line that fits, of those that came already or will come. @throws Error when the stream ends before it */
  async line(fits: (line: string) => boolean): Promise<string> {
    const there = this.#lines.find(fits);
    if (there !== undefined) return there;
    if (this.#end !== undefined) throw this.#overdue();
    const waiting = { fits, found: Promise.withResolvers<string>() };
    this.#waiting.add(waiting);
    return await waiting.found.promise;
  }

  [Symbol.dispose](): void {
    this.#response.destroy();
  }

  #overdue(): Error {
    return new Error(`the stream was ${this.#end}; it said:\n${this.text}`);
  }

  #take(line: string): void {
    this.#lines.push(line);
    for (const waiting of this.#waiting) {
      if (!waiting.fits(line)) continue;
      this.#waiting.delete(waiting);
      waiting.found.resolve(line);
    }
  }
}
