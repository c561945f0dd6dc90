import type { Backend, Frontend } from './service-table.ts';

/** kube-proxy's default for `sessionAffinityConfig.clientIP.timeoutSeconds`. */
const STICKY_MS = 10_800_000;

/** Chooses a backend for each client: in turn, or the same again where the Service is sticky. */
export class BackendChoice {
  #frontend: Frontend;
  #turn = 0;
  readonly #clients = new Map<string, { readonly backend: Backend; at: number }>();

  constructor(frontend: Frontend) {
    this.#frontend = frontend;
  }

  lead(frontend: Frontend): void {
    this.#frontend = frontend;
  }

  /** Undefined where no backend is left. */
  for(client: string): Backend | undefined {
    const { backends, isSticky } = this.#frontend;
    const now = Date.now();
    if (isSticky) {
      const known = this.#clients.get(client);
      const isThere = backends.some(
        ({ address, port }) => address === known?.backend.address && port === known.backend.port,
      );
      if (known !== undefined && isThere && now - known.at < STICKY_MS) {
        known.at = now;
        return known.backend;
      }
    }
    const backend = backends[this.#turn++ % backends.length];
    if (isSticky && backend !== undefined) this.#clients.set(client, { backend, at: now });
    return backend;
  }
}
