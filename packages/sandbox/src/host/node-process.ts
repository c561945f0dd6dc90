import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import type net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inNamespaces, nodePath } from './isolation.ts';
import type { NodeConfig, NodeMessage, NodeRequest, NodeTask } from './node-messages.ts';

const NODE_MAIN = fileURLToPath(import.meta.resolve('../node/main.js'));
/** The node lets its pods and mounts go within this time, or is killed with all that runs on it. */
const END_MS = 5000;
const LAST_LINES = 20;

export interface NodeListener {
  nodePorts(node: NodeProcess, ports: readonly number[]): void;
  /** It ended without having been asked to. */
  ended(reason: Error): void;
}

/** The process that is the node, in namespaces of its own if it may. When it ends, whatever runs on it ends. */
export class NodeProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #asked = new Map<number, PromiseWithResolvers<void>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #listener: NodeListener;
  readonly #log: string;
  /** The group of the node and of its programs, where no namespace ends them together. */
  readonly #group: number | undefined;
  #lastId = 0;
  #isEnding = false;

  private constructor(child: ChildProcess, log: string, listener: NodeListener, group: number | undefined) {
    this.#group = group;
    this.#child = child;
    this.#log = log;
    this.#listener = listener;
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    this.#ready.promise.catch(() => undefined); // whoever waits for it hears of it
    child.once('exit', (code, killedBy) => this.#onExit(killedBy ?? `exit code ${code}`));
    child.once('error', (error) => this.#ready.reject(error));
    child.on('message', (message) => this.#told(message as NodeMessage));
  }

  /**
   * Starts it and resolves when ports can be opened for it.
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
      stdio: ['ignore', output.fd, output.fd, 'ipc'],
    });
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

  /**
   * Asks for something and resolves when it is done.
   *
   * @param server goes with it, and is no longer open here
   */
  async ask(task: NodeTask, server?: net.Server): Promise<void> {
    this.#lastId += 1;
    const request: NodeRequest = { id: this.#lastId, ...task };
    const answered = Promise.withResolvers<void>();
    this.#asked.set(request.id, answered);
    this.#child.send(request, server, {}, (error) => {
      server?.close();
      if (error) answered.reject(error);
    });
    try {
      await answered.promise;
    } finally {
      this.#asked.delete(request.id);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    if (this.#child.connected) this.#child.disconnect();
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
        this.#listener.nodePorts(this, message.ports);
        break;
      case 'answer': {
        const asked = this.#asked.get(message.id);
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
