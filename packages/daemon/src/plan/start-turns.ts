import { Slots } from '../support/slots.ts';

/** How long the start of one service's containers may hold up the others: what pulls an image for minutes keeps nothing busy. */
const TURN_MS = 5000;

/**
 * Brings up what does not run yet at the pace of the node, in the order of the services: a kubelet that is asked for
 * everything at once starts all of it late. A turn is over when the containers have been started; how long they then
 * take to be ready costs the others nothing.
 */
export class StartTurns {
  readonly #slots: Slots;

  readonly #turnMs: number;

  /** @param cpus of the node */
  constructor(cpus: number, turnMs = TURN_MS) {
    this.#turnMs = turnMs;
    this.#slots = new Slots(Math.max(2, cpus * 2));
  }

  /**
   * Waits for a turn, which is over when it is disposed of, or too long.
   *
   * @param rank the smallest is first
   * @param onPlace told how many wait before this one, while it waits
   * @throws the signal's reason when it is aborted while waiting
   */
  async take(rank: number, signal: AbortSignal, onPlace: (before: number) => void): Promise<Disposable> {
    const slot = await this.#slots.take(rank, signal, onPlace);
    const timer = setTimeout(() => slot[Symbol.dispose](), this.#turnMs);
    return {
      [Symbol.dispose]() {
        clearTimeout(timer);
        slot[Symbol.dispose]();
      },
    };
  }
}
