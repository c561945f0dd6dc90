interface Running<Listener, Outcome> {
  readonly controller: AbortController;
  readonly listeners: Set<Listener>;
  readonly outcome: Promise<Outcome>;
}

/**
 * Work that several may want at once, by a key: it runs once and tells all of them. It ends early when the last of them
 * has given it up.
 */
export class SharedWork<Listener, Outcome> {
  readonly #running = new Map<string, Running<Listener, Outcome>>();

  /** True when the work is done for somebody else, so that asking for it joins in. */
  isRunning(key: string): boolean {
    return this.#running.get(key)?.controller.signal.aborted === false;
  }

  /**
   * Begins the work, or joins in where it runs.
   *
   * @param work begins it; who listens may change while it goes on
   * @throws the signal's reason when it is aborted; what the work threw
   */
  async join(
    key: string,
    listener: Listener,
    work: (listeners: ReadonlySet<Listener>, signal: AbortSignal) => Promise<Outcome>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    signal.throwIfAborted();
    let running = this.#running.get(key);
    if (running === undefined || running.controller.signal.aborted) {
      running = this.#start(key, work);
      this.#running.set(key, running);
    }
    const { controller, listeners, outcome } = running;
    listeners.add(listener);
    const left = Promise.withResolvers<never>();
    const leave = () => {
      listeners.delete(listener);
      if (listeners.size === 0) controller.abort(signal.reason);
      // Others may still want it: who has given it up does not wait for it.
      else left.reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      const result = await Promise.race([outcome, left.promise]);
      signal.throwIfAborted();
      return result;
    } finally {
      signal.removeEventListener('abort', leave);
      listeners.delete(listener);
    }
  }

  #start(
    key: string,
    work: (listeners: ReadonlySet<Listener>, signal: AbortSignal) => Promise<Outcome>,
  ): Running<Listener, Outcome> {
    const controller = new AbortController();
    const listeners = new Set<Listener>();
    const outcome = work(listeners, controller.signal).finally(() => {
      if (this.#running.get(key)?.controller === controller) this.#running.delete(key);
    });
    outcome.catch(() => undefined); // who has left does not hear of it
    return { controller, listeners, outcome };
  }
}
