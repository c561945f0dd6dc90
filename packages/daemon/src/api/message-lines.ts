import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** An answer of JSON messages, one a line, for as long as there are any. */
export class MessageLines<T extends { readonly type: string }> {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
  }

  send(message: T): void {
    this.#response.write(`${JSON.stringify(message)}\n`);
  }

  /**
   * Resolves when the client has taken what was sent, at once where it keeps up: who waits for it before the next
   * message keeps nothing in memory for a client that reads slowly.
   */
  async drained(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#response.writableNeedDrain) return;
    try {
      await once(this.#response, 'drain', { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  end(last?: T): void {
    if (last !== undefined) this.send(last);
    this.#response.end();
  }
}
