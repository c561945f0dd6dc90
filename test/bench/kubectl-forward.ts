import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const AGAIN_MS = 200;

/** `kubectl port-forward` of a Service, begun again whenever it ends, as people run it in a shell's loop. */
export class KubectlForward implements AsyncDisposable {
  /** How often it had to be begun again. */
  restarts = 0;
  readonly #args: readonly string[];
  readonly #ended = new AbortController();
  #child: ChildProcess | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(namespace: string, service: string, ports: string) {
    this.#args = ['--namespace', namespace, 'port-forward', `service/${service}`, ports];
  }

  /** Resolves when it listens. */
  static async open(namespace: string, service: string, ports: string): Promise<KubectlForward> {
    const forward = new KubectlForward(namespace, service, ports);
    await new Promise<void>((resolve) => {
      forward.#running = forward.#run(resolve);
    });
    return forward;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    this.#child?.kill();
    await this.#running;
  }

  async #run(listening: () => void): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const child = spawn('kubectl', this.#args, { stdio: ['ignore', 'pipe', 'ignore'] });
      this.#child = child;
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('Forwarding from')) listening();
      });
      await once(child, 'exit');
      if (this.#ended.signal.aborted) return;
      this.restarts += 1;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
