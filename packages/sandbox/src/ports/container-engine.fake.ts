import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:os';
import {
  type ContainerEngine,
  type ContainerSpec,
  type ContainerState,
  EngineError,
  type ExecSpec,
  type Image,
  type LogRecord,
  type LogsOptions,
} from './container-engine.ts';

interface Running {
  state: ContainerState;
  process: ChildProcess | undefined;
  readonly logs: LogRecord[];
  readonly changed: Set<() => void>;
}

/**
 * {@link ContainerEngine} whose containers are child processes without any isolation: no root folder, no mounts; only
 * the network namespace is joined where one is named. Images are names with a command.
 */
export class FakeContainerEngine implements ContainerEngine, AsyncDisposable {
  readonly #images = new Map<string, Image>();
  readonly #containers = new Map<string, Running>();
  readonly #listeners = new Set<(container: ContainerState, what: 'started' | 'exited') => void>();

  /** Adds an image, as a build would. */
  addImage(reference: string, cmd: readonly string[] = ['sleep', '1000'], more: Partial<Image['config']> = {}): Image {
    const image: Image = {
      id: `sha256:${randomBytes(32).toString('hex')}`,
      references: [reference],
      config: {
        env: [`PATH=${process.env['PATH']}`],
        entrypoint: [],
        cmd,
        workdir: '',
        user: '',
        labels: {},
        exposedPorts: [],
        stopSignal: 'SIGTERM',
        ...more,
      },
    };
    this.#images.set(reference, image);
    return image;
  }

  image(reference: string): Image | undefined {
    return this.#images.get(reference) ?? [...this.#images.values()].find(({ id }) => id === reference);
  }

  async pull(reference: string): Promise<Image> {
    throw new EngineError(404, `pull access denied for ${reference}, repository does not exist`);
  }

  async create(spec: ContainerSpec): Promise<ContainerState> {
    const image = this.image(spec.image);
    if (image === undefined) throw new EngineError(404, `No such image: ${spec.image}`);
    const id = randomBytes(32).toString('hex');
    const state = { id, spec, imageId: image.id, status: 'created', pid: 0, exitCode: 0 } as const;
    const container = { state: { ...state, startedAt: '', finishedAt: '' }, process: undefined };
    this.#containers.set(id, { ...container, logs: [], changed: new Set() });
    return container.state;
  }

  async start(id: string): Promise<void> {
    const container = this.#find(id);
    const { spec, imageId } = container.state;
    const config = this.image(imageId)?.config;
    const entrypoint = spec.command ?? config?.entrypoint ?? [];
    const args = spec.args ?? (spec.command === undefined ? (config?.cmd ?? []) : []);
    const child = spawnIn(spec.networkOf, [...entrypoint, ...args], { ...variables(config?.env ?? []), ...spec.env });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.on('data', (bytes: Buffer) => {
        const lines = bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
        for (const line of lines) container.logs.push({ time: now(), stream, bytes: Buffer.from(line, 'latin1') });
        this.#changed(container);
      });
    }
    child.once('close', (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      container.state = { ...container.state, status: 'exited', pid: 0, exitCode, finishedAt: now() };
      this.#changed(container);
      this.#tell(container.state, 'exited');
    });
    try {
      await once(child, 'spawn');
    } catch {
      child.removeAllListeners('close');
      container.state = { ...container.state, exitCode: 127 };
      throw new EngineError(400, `exec: "${entrypoint[0] ?? args[0]}": executable file not found in $PATH: unknown`);
    }
    container.process = child;
    if (container.state.status === 'exited') return;
    container.state = { ...container.state, status: 'running', pid: child.pid ?? 0, startedAt: now() };
    this.#tell(container.state, 'started');
  }

  async stop(id: string, graceSeconds: number): Promise<void> {
    const container = this.#find(id);
    if (container.state.status !== 'running') return;
    container.process?.kill('SIGTERM');
    const timer = setTimeout(() => container.process?.kill('SIGKILL'), graceSeconds * 1000);
    await this.#exited(container);
    clearTimeout(timer);
  }

  async kill(id: string, signal: string): Promise<void> {
    const container = this.#find(id);
    if (container.state.status !== 'running') throw new EngineError(409, `container ${id} is not running`);
    container.process?.kill(signal as NodeJS.Signals);
  }

  async remove(id: string): Promise<void> {
    this.#find(id);
    this.#containers.delete(id);
  }

  container(id: string): ContainerState | undefined {
    return this.#containers.get(id)?.state;
  }

  containers(): readonly ContainerState[] {
    return [...this.#containers.values()].map(({ state }) => state);
  }

  listen(listener: (container: ContainerState, what: 'started' | 'exited') => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async *logs(
    id: string,
    { follow, last = Number.POSITIVE_INFINITY, signal }: LogsOptions,
  ): AsyncIterable<LogRecord[]> {
    const container = this.#find(id);
    for (let next = Math.max(0, container.logs.length - last); ; ) {
      const record = container.logs[next];
      if (record !== undefined) {
        next++;
        yield [record];
      } else if (!follow || container.state.status === 'exited' || signal.aborted) {
        return;
      } else {
        const { promise, resolve } = Promise.withResolvers<void>();
        container.changed.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
        await promise;
      }
    }
  }

  async exec(id: string, { command, stdin, stdout, stderr, signal }: ExecSpec): Promise<number> {
    const child = spawnIn(this.#find(id).state.spec.networkOf, command, process.env);
    stdin?.pipe(child.stdin as NodeJS.WritableStream);
    if (stdin === undefined) child.stdin?.end();
    child.stdout?.pipe(stdout, { end: false });
    child.stderr?.pipe(stderr, { end: false });
    const abort = () => child.kill('SIGKILL');
    signal.addEventListener('abort', abort, { once: true });
    try {
      const [code] = await once(child, 'close');
      return code ?? 137;
    } catch {
      return 126;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = [...this.#containers.values()].filter(({ state }) => state.status === 'running');
    for (const { process } of running) process?.kill('SIGKILL');
    await Promise.all(running.map((container) => this.#exited(container)));
  }

  async #exited(container: Running): Promise<void> {
    while (container.state.status === 'running') {
      await new Promise<void>((resolve) => container.changed.add(resolve));
    }
  }

  #find(id: string): Running {
    const container = this.#containers.get(id);
    if (container === undefined) throw new EngineError(404, `No such container: ${id}`);
    return container;
  }

  #changed({ changed }: Running): void {
    for (const resolve of changed) resolve();
    changed.clear();
  }

  #tell(state: ContainerState, what: 'started' | 'exited'): void {
    for (const listener of [...this.#listeners]) listener(state, what);
  }
}

function spawnIn(networkOf: number | undefined, command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const enter = networkOf === undefined ? [] : ['nsenter', `--net=/proc/${networkOf}/ns/net`];
  const [program = '', ...args] = [...enter, ...command];
  return spawn(program, args, { env, stdio: 'pipe' });
}

function variables(env: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

function now(): string {
  return new Date().toISOString().replace('Z', '000000Z');
}
