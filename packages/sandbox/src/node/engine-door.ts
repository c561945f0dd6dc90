import type { Engine } from '../engine/engine.ts';
import { serveEngine } from '../engine/serve-engine.ts';

/** The engine's API at its socket, which can go and come back while the containers go on. */
export class EngineDoor implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #socket: string;
  #served: AsyncDisposable | undefined;

  constructor(engine: Engine, socket: string) {
    this.#engine = engine;
    this.#socket = socket;
  }

  /** Serves until it is shut. @throws the system's error when there can be no socket */
  async open(): Promise<void> {
    this.#served ??= await serveEngine(this.#engine, this.#socket);
  }

  /** Cuts all connections; there is no socket from now on. */
  async shut(): Promise<void> {
    const served = this.#served;
    this.#served = undefined;
    await served?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shut();
  }
}
