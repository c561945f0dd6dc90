import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type ErrorReport, toReport } from '@devloop/shared/errors/devloop-error';
import { sandboxFailed, sandboxLimited, sandboxRefused } from './sandbox-errors.ts';
import { sandboxMain } from './sandbox-main.ts';

/** It tidies up in this time, or is killed; what runs in it ends either way. */
const END_MS = 10_000;
const LAST_CHARACTERS = 4000;

/** What the sandbox says, as `SandboxMessage` of its package. */
type Said =
  | {
      readonly type: 'ready';
      readonly environment: Readonly<Record<string, string>>;
      readonly limitedBecause?: string;
    }
  | { readonly type: 'failed'; readonly message: string; readonly isRefused: boolean };

type Ready = Extract<Said, { type: 'ready' }>;

/** The sandbox of this daemon: it ends when the pipe to it does, thus with this process, whatever ends that. */
export class SandboxProcess implements AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** What it cannot do on this machine. */
  readonly limits: ErrorReport | undefined;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #isEnding = false;

  private constructor(child: ChildProcess, exited: Promise<unknown>, { environment, limitedBecause }: Ready) {
    this.#child = child;
    this.#exited = exited;
    this.environment = environment;
    this.limits = limitedBecause === undefined ? undefined : toReport(sandboxLimited(limitedBecause));
  }

  /**
   * Starts one.
   *
   * @param onEnd told why, when it ends by itself
   * @throws DevloopError of the room sandbox
   */
  static async start(onEnd: (reason: string) => void): Promise<SandboxProcess> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'devloop-sandbox-'));
    const child = spawn(process.execPath, [sandboxMain(), '--folder', folder], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => undefined); // its end is told by `exit`
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-LAST_CHARACTERS);
    });
    const exited = once(child, 'exit');
    exited.catch(() => undefined); // told below
    const said = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line').then(([line]) => JSON.parse(line) as Said),
      exited.then((): Said => ({ type: 'failed', message: complaint, isRefused: false })),
    ]);
    if (said.type === 'failed') {
      child.stdin.end();
      await exited;
      await rm(folder, { recursive: true, force: true });
      throw said.isRefused ? sandboxRefused(said.message) : sandboxFailed(said.message);
    }
    const sandbox = new SandboxProcess(child, exited, said);
    child.once('exit', () => {
      if (!sandbox.#isEnding) onEnd(`its sandbox ended: ${complaint.trim().split('\n').at(-1) ?? ''}`);
    });
    return sandbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin?.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await this.#exited;
    clearTimeout(late);
  }
}
