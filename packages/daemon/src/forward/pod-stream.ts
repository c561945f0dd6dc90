import { Duplex } from 'node:stream';
import type { TunnelFailure } from './tunnel-failure.ts';

const HIGH_WATER_BYTES = 256 * 1024;

/**
 * A connection to a port of a pod, as a stream that may be ended in each direction. It always ends, never errs: what came
 * before a failure is read first, and {@link failure} says at the end whether it was one.
 */
export abstract class PodStream extends Duplex {
  #isOver = false;
  #failure: TunnelFailure | undefined;

  constructor() {
    super({ allowHalfOpen: true, readableHighWaterMark: HIGH_WATER_BYTES, writableHighWaterMark: HIGH_WATER_BYTES });
  }

  /** Why it ended; undefined when the program in the pod ended it. To be asked once it has ended. */
  get failure(): TunnelFailure | undefined {
    return this.#failure;
  }

  /** Whether nothing more can come. */
  protected get isOver(): boolean {
    return this.#isOver;
  }

  /** Nothing more comes. Only the first of several reasons counts. */
  protected over(failure?: TunnelFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.push(null);
  }
}
