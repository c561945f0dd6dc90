import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Fault } from './fault.ts';
import { inNamespaces, nodePath } from './isolation.ts';
import type { NodeConfig, NodeMessage, NodeRequest } from './node-messages.ts';

const NODE_MAIN = fileURLToPath(import.meta.resolve('../node/main.js'));
/** The node lets its pods and mounts go within this time, or is killed with all that runs on it. */
const END_MS = 5000;
const LAST_LINES = 20;

type Asked = Fault | { readonly certificates: NodeConfig['certificates'] };

export interface NodeListener {
  nodePorts(ports: readonly number[]): void;
  /** It ended without having been asked to. */
  ended(reason: Error): void;
}

/** The process that is the node, in namespaces of its own if it may. When it ends, whatever runs on it ends. */
export class NodeProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<void>;
  readonly #asked = new Map<number, PromiseWithResolvers<void>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #listener: NodeListener;
  readonly #log: string;
  /** The group of the node and of its programs, where no namespace ends them together. */
  readonly #group: number | undefined;
  #lastId = 0;
  #isEnding = false;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    log: string,
    listener: NodeListener,
    group: number | undefined,
  ) {
    this.#group = group;
    this.#child = child;
    this.#log = log;
    this.#listener = listener;
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    this.#ready.promise.catch(() => undefined); // whoever waits for it hears of it
    child.once('exit', (code, killedBy) => this.#onExit(killedBy ?? `exit code ${code}`));
    child.once('error', (error) => this.#ready.reject(error));
    child.stdin.on('error', () => undefined); // its end is told by `exit`
    createInterface({ input: child.stdout }).on('line', (line) => this.#told(JSON.parse(line) as NodeMessage));
  }

  /**
   * Starts it and resolves when its API answers.
   *
   * @throws Error with the end of its log when it cannot start
   */
  static async start(config: NodeConfig, listener: NodeListener, signal: AbortSignal): Promise<NodeProcess> {
    const file = path.join(config.folder, 'node.json');
    const log = path.join(config.folder, 'node.log');
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    await using output: FileHandle = await open(log, 'a', 0o600);
    const isIsolated = config.isolation === 'namespaces';
    const command = [process.execPath, NODE_MAIN, file];
    const [program = '', ...args] = isIsolated ? inNamespaces(command) : command;
    const child = spawn(program, args, {
      detached: !isIsolated,
      env: { PATH: nodePath(process.env), LANG: 'C.UTF-8' },
      stdio: ['pipe', 'pipe', output.fd],
    }) as ChildProcessByStdio<Writable, Readable, null>;
    const node = new NodeProcess(child, log, listener, isIsolated ? undefined : child.pid);
    const onAbort = () => node.#ready.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      await node.#ready.promise;
      return node;
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Asks for something and resolves when it is done. */
  async ask(asked: Asked): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    const request: NodeRequest =
      'is' in asked ? { id, type: 'fault', fault: asked } : { id, type: 'certificates', ...asked };
    const answered = Promise.withResolvers<void>();
    this.#asked.set(id, answered);
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    await answered.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), END_MS); // and with it, by --kill-child, the node
    await this.#exited;
    clearTimeout(late);
  }

  #told(message: NodeMessage): void {
    switch (message.type) {
      case 'ready':
        this.#ready.resolve();
        break;
      case 'failed':
        this.#ready.reject(new Error(message.message));
        break;
      case 'node-ports':
        this.#listener.nodePorts(message.ports);
        break;
      case 'answer': {
        const asked = this.#asked.get(message.id);
        this.#asked.delete(message.id);
        if (message.error === undefined) asked?.resolve();
        else asked?.reject(new Error(message.error));
      }
    }
  }

  async #onExit(how: string): Promise<void> {
    if (this.#group !== undefined) killGroup(this.#group);
    const said = await readFile(this.#log, 'utf8').catch(() => '');
    const reason = new Error(`the sandbox's node ended (${how})\n${said.split('\n').slice(-LAST_LINES).join('\n')}`);
    this.#ready.reject(reason);
    for (const asked of this.#asked.values()) asked.reject(reason);
    this.#asked.clear();
    if (!this.#isEnding) this.#listener.ended(reason);
  }
}

/** Programs end with the node by themselves, but for those that never come to look: they are in a loop. */
function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // nobody is left of it
  }
}
