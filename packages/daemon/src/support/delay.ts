import { setTimeout as timer } from 'node:timers/promises';

/** Waits `ms` milliseconds. Rejects with the signal's reason when it is aborted first. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await timer(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Does `work` again and again, `everyMs` after it has ended the last time, until the signal is aborted. */
export async function repeat(work: () => Promise<void>, everyMs: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await delay(everyMs(), signal);
    } catch {
      return;
    }
    await work();
  }
}

/** Delays that double from `firstMs` to `mostMs`, and start over after {@link Backoff.reset}. */
export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  #nextMs: number;

  constructor(firstMs: number, mostMs: number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#nextMs = firstMs;
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(this.#mostMs, ms * 2);
    await delay(ms, signal);
  }
}
