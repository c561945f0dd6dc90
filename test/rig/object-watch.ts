import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** What one field of an object was over time, as the API server tells it: a witness that is not devloop. */
export class ObjectWatch implements AsyncDisposable {
  readonly #values: string[] = [];
  readonly #child: ChildProcessByStdio<null, Readable, null>;

  private constructor(child: ChildProcessByStdio<null, Readable, null>) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#values.push(line));
  }

  /** Resolves when the first value is there. */
  static async open(namespace: string, object: string, jsonPath: string): Promise<ObjectWatch> {
    const args = ['-n', namespace, 'get', object, '--watch', '-o', `jsonpath=${jsonPath}{"\\n"}`];
    const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const watch = new ObjectWatch(child);
    while (watch.#values.length === 0) {
      if (child.exitCode !== null) throw new Error(`kubectl ${args.join(' ')} ended with ${child.exitCode}`);
      await delay(20);
    }
    return watch;
  }

  /** The values in their order, each as often as it newly came. The first is what was there at the beginning. */
  get values(): readonly string[] {
    return this.#values.filter((value, index) => index === 0 || value !== this.#values[index - 1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'close');
  }
}
