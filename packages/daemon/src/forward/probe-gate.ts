import { Bell } from '../support/bell.ts';
import { Backoff } from '../support/delay.ts';

/** Between the tries of whether a program has begun to listen. */
const FIRST_MS = 20;
const MOST_MS = 100;
/** After this long without an outcome the next may try as well: one that is stuck must not hold up all others. */
const STUCK_MS = 500;

/** One try to connect. To be disposed of when its outcome is known, or never will be. */
export interface Attempt extends Disposable {
  taken(): void;
  refused(): void;
}

/**
 * Stands before a port that may not take connections: once closed, one at a time tries it, and as soon as one is taken all
 * that wait go. A hundred waiting connections thus ask the node no more often than one does.
 */
export class ProbeGate {
  readonly #bell = new Bell();
  readonly #backoff = new Backoff(FIRST_MS, MOST_MS);
  #isOpen = true;
  #isProbed = false;
  #wasRefused = false;

  /** Whether the last try was taken, as far as is known. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Nothing is known any more about whether a connection would be taken. */
  close(): void {
    this.#isOpen = false;
  }

  /** Resolves when the caller may try: at once where the last try was taken, else when it is the one to try. */
  async pass(signal: AbortSignal): Promise<Attempt> {
    let isProbing = await this.#bell.until(() => {
      if (this.#isOpen) return false;
      if (this.#isProbed) return undefined;
      this.#isProbed = true;
      return true;
    }, signal);
    let stuck: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(stuck);
      if (!isProbing) return;
      isProbing = false;
      this.#isProbed = false;
      this.#bell.ring();
    };
    if (isProbing && this.#wasRefused) {
      await this.#backoff.wait(signal).catch((error: unknown) => {
        end();
        throw error;
      });
    }
    if (isProbing) stuck = setTimeout(end, STUCK_MS);
    return {
      taken: () => {
        if (!this.#isOpen) {
          this.#isOpen = true;
          this.#wasRefused = false;
          this.#backoff.reset();
          this.#bell.ring();
        }
        end();
      },
      refused: () => {
        this.#isOpen = false;
        this.#wasRefused = true;
        end();
      },
      [Symbol.dispose]: end,
    };
  }
}
