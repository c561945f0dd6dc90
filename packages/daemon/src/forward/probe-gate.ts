import { WaitingLine } from '../support/waiting-line.ts';

/** Between the tries of whether a program has begun to listen, as long as it is about to. */
const SOON_MS = 25;
/** How long that is: what takes longer to start is not found noticeably later by fewer tries. */
const SOON_FOR_MS = 1000;
const LATER_MS = 100;
/** After this long without an outcome the next may try as well: one that is stuck must not hold up all others. */
const STUCK_MS = 500;
/**
 * Of those that waited, how many go at once when the first has been taken, and for how long one counts. All together they
 * would slow each other, and the node and the program that just begins, until the last of them is answered. Where each takes
 * long because the machine is busy, the time is what lets more go than come anew.
 */
const MOST_FOLLOWING = 4;
const FOLLOWING_MS = 30;

/** Whether the caller is the one to try, or follows one that was taken. */
type Turn = 'probe' | 'follow';

/** One try to connect. To be disposed of when its outcome is known, or never will be. */
export interface Attempt extends Disposable {
  /** Whether others wait for its outcome, now. */
  readonly isWaitedFor: boolean;
  taken(): void;
  refused(): void;
}

/**
 * Stands before a port that may not take connections: once closed, one at a time tries it, the one that has waited longest,
 * and as soon as one is taken the others follow, a few at a time. A hundred waiting connections thus ask the node no more
 * often than one does.
 */
export class ProbeGate {
  readonly #line = new WaitingLine<Turn>();
  #isOpen = true;
  #isProbed = false;
  #following = 0;
  /** When the first of the tries in a row was refused. */
  #refusedAt: number | undefined;
  /** Ends the pause before the next try, for which whoever has waited longest by then is chosen. */
  #pause: NodeJS.Timeout | undefined;

  /** Whether the last try was taken, as far as is known. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Nothing is known any more about whether a connection would be taken. */
  close(): void {
    this.#isOpen = false;
    this.#refusedAt = undefined;
  }

  /**
   * Resolves when the caller may try: at once where the last try was taken and nobody waits, else when it is its turn.
   *
   * @param since when the caller began to wait, ms of `performance.now()`
   */
  async pass(since: number, signal: AbortSignal): Promise<Attempt> {
    signal.throwIfAborted();
    const isFree = this.#isOpen && this.#line.length === 0;
    const waiting = isFree ? undefined : this.#line.wait(since, signal);
    this.#advance();
    let turn = await waiting;
    let stuck: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(stuck);
      if (turn === 'probe') this.#isProbed = false;
      if (turn === 'follow') this.#following -= 1;
      turn = undefined;
      this.#advance();
    };
    if (turn !== undefined) stuck = setTimeout(end, turn === 'probe' ? STUCK_MS : FOLLOWING_MS);
    const isProbe = turn === 'probe';
    const line = this.#line;
    return {
      get isWaitedFor() {
        return isProbe && line.length > 0;
      },
      taken: () => {
        this.#isOpen = true;
        this.#refusedAt = undefined;
        this.#endPause();
        end();
      },
      refused: () => {
        this.#isOpen = false;
        this.#refusedAt ??= performance.now();
        this.#beginPause(performance.now() - this.#refusedAt < SOON_FOR_MS ? SOON_MS : LATER_MS);
        end();
      },
      [Symbol.dispose]: end,
    };
  }

  /** Lets go on who may. */
  #advance(): void {
    if (this.#isOpen) while (this.#following < MOST_FOLLOWING && this.#line.serve('follow')) this.#following += 1;
    else if (!this.#isProbed && this.#pause === undefined) this.#isProbed = this.#line.serve('probe');
  }

  #beginPause(ms: number): void {
    this.#pause ??= setTimeout(() => {
      this.#endPause();
      this.#advance();
    }, ms);
  }

  #endPause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }
}
