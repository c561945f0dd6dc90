import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SandboxMessage } from '../../packages/sandbox/src/host/main.ts';

const MAIN = fileURLToPath(new URL('../../packages/sandbox/bundle/host/main.js', import.meta.url));

/** A sandbox for tests, as the daemon holds one. */
export class RunningSandbox implements AsyncDisposable {
  /** The environment in which devloop, kubectl and docker find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where all of it is: `control.sock`, `kubeconfig`, `node/docker.sock`. */
  readonly folder: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, child: ChildProcess, environment: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#child = child;
    this.environment = environment;
  }

  /** @throws Error with the sandbox's own words */
  static async open(): Promise<RunningSandbox> {
    const folder = await mkdtemp(path.join(tmpdir(), 'devloop-sandbox-'));
    const child = spawn(process.execPath, [MAIN, '--folder', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const said = JSON.parse(line as string) as SandboxMessage;
    if (said.type === 'ready') return new RunningSandbox(folder, child, said.environment);
    child.stdin.end();
    await rm(folder, { recursive: true, force: true });
    throw new Error(said.message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }
}
