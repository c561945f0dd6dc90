/** In characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal that a client has in front of it, as far as it tells. */
export class ClientTerminal {
  readonly #listeners = new Set<() => void>();
  #size: TerminalSize | undefined;

  /** Undefined: it has not told yet. */
  get size(): TerminalSize | undefined {
    return this.#size;
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Told when it has another size. */
  listen(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
