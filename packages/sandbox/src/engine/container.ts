import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { portConfig, type StoredImage } from '../images/stored-image.ts';
import { type ContainerSpec, type ContainerState, EngineError } from '../ports/container-engine.ts';
import { nowNano, rfc3339Nano } from '../runtime/clock.ts';
import type { Disk } from '../runtime/disk.ts';
import { whyNotExecutable } from '../runtime/executables.ts';
import type { ContainerRoot, Isolation, RunningProgram } from '../runtime/isolation.ts';
import { JsonLog } from '../runtime/json-log.ts';
import { removeFolder } from '../runtime/remove-folder.ts';
import { signalNumber } from '../runtime/signals.ts';
import { lookUpUser, UnknownUser, type User } from '../runtime/users.ts';
import type { EventLog } from './events.ts';
import { type Health, HealthMonitor, type RunCheck, readHealthCheck } from './health-check.ts';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SIGKILL = 9;
/** Exit code of a command that is there and cannot be run. */
const NOT_EXECUTABLE = 126;

/** What containers are made with. */
export interface ContainerSurroundings {
  readonly isolation: Isolation;
  readonly events: EventLog;
  readonly disk: Disk;
  readonly changed: (container: ContainerState, what: 'started' | 'exited') => void;
  /** Runs a command in a container, by its id. */
  readonly check: (id: string, ...run: Parameters<RunCheck>) => Promise<number>;
}

/** One container, from its creation to its removal. */
export class Container {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly image: StoredImage;
  readonly created: string;
  readonly root: ContainerRoot;
  readonly log: JsonLog;
  readonly logFile: string;
  /** What start failed with, as `docker inspect` shows it. */
  error = '';
  readonly #folder: string;
  readonly #with: ContainerSurroundings;
  #status: ContainerState['status'] = 'created';
  #process: RunningProgram | undefined;
  #exitCode = 0;
  #startedAt = '';
  #finishedAt = '';
  #exit: Promise<void> = Promise.resolve();
  #starting: Promise<void> | undefined;
  #monitor: HealthMonitor | undefined;

  private constructor(
    id: string,
    spec: ContainerSpec,
    image: StoredImage,
    root: ContainerRoot,
    folder: string,
    surroundings: ContainerSurroundings,
  ) {
    this.id = id;
    this.spec = spec;
    this.image = image;
    this.root = root;
    this.created = rfc3339Nano(nowNano());
    this.logFile = path.join(folder, `${id}-json.log`);
    this.log = new JsonLog(this.logFile);
    this.#folder = folder;
    this.#with = surroundings;
  }

  /** @throws EngineError 400 for mounts that cannot be made */
  static async create(
    id: string,
    spec: ContainerSpec,
    image: StoredImage,
    folder: string,
    surroundings: ContainerSurroundings,
  ): Promise<Container> {
    const { isolation } = surroundings;
    await mkdir(folder, { recursive: true });
    const layers = image.layers.map((layer) => layer.folder);
    const root = await isolation.mountRoot(path.join(folder, 'mount'), layers, path.join(folder, 'upper'));
    try {
      await root.furnish(isolation.system.lent(image.base), spec.mounts);
      root.files.makeFolder(spec.workdir ?? (image.config.workdir || '/'));
    } catch (error) {
      await root[Symbol.asyncDispose]();
      await removeFolder(folder);
      throw new EngineError(400, `invalid mount config: ${error instanceof Error ? error.message : error}`);
    }
    const container = new Container(id, spec, image, root, folder, surroundings);
    container.#tell('create');
    return container;
  }

  get state(): ContainerState {
    return {
      id: this.id,
      spec: this.spec,
      imageId: this.image.id,
      status: this.#status,
      pid: this.#status === 'running' ? (this.#process?.pid ?? 0) : 0,
      exitCode: this.#exitCode,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
    };
  }

  /** Of the run that is, or was the last; undefined where nobody looks after it. */
  get health(): Health | undefined {
    return this.#monitor?.health;
  }

  /** Docker's HealthConfig that holds for it. */
  get healthcheck(): Readonly<Record<string, unknown>> | undefined {
    const { healthcheck } = this.spec;
    return healthcheck === 'of the image' ? this.image.config.healthcheck : healthcheck;
  }

  /** The program and its arguments as they are run. */
  get command(): readonly string[] {
    const { command, args } = this.spec;
    const { config } = this.image;
    if (command !== undefined) return [...command, ...(args ?? [])];
    return [...(config.entrypoint ?? []), ...(args ?? config.cmd ?? [])];
  }

  get workdir(): string {
    return this.spec.workdir ?? (this.image.config.workdir || '/');
  }

  get stopSignal(): string {
    return portConfig(this.image.config).stopSignal;
  }

  /** The container's environment for its user. */
  environment(user: User): Record<string, string> {
    const ofImage = this.image.config.env.map((entry): [string, string] => {
      const equals = entry.indexOf('=');
      return equals === -1 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
    });
    const given = { ...Object.fromEntries(ofImage), ...this.spec.env };
    return { PATH: DEFAULT_PATH, HOSTNAME: this.spec.hostname, HOME: user.home, ...given };
  }

  /** @throws EngineError 400 */
  user(): User {
    try {
      return lookUpUser(this.spec.user ?? this.image.config.user, this.root.files);
    } catch (error) {
      if (error instanceof UnknownUser) throw new EngineError(400, error.message);
      throw error;
    }
  }

  /** Resolves when the program runs; a container that runs is left alone. */
  async start(): Promise<void> {
    if (this.#status === 'running') return;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  /** @throws EngineError 400, 409 */
  kill(signal: string): void {
    const number = signalNumber(signal);
    if (number === undefined) throw new EngineError(400, `Invalid signal: ${signal}`);
    if (this.#status !== 'running') {
      throw new EngineError(409, `container ${this.id} is not running`);
    }
    this.#signal(number);
  }

  /** Resolves when the container has exited. */
  async stop(graceSeconds: number): Promise<void> {
    await this.#starting?.catch(() => undefined);
    if (this.#status !== 'running') return;
    this.#signal(signalNumber(this.stopSignal) ?? 15);
    const grace = setTimeout(() => this.#status === 'running' && this.#signal(SIGKILL), graceSeconds * 1000);
    await this.#exit;
    clearTimeout(grace);
    this.#tell('stop');
  }

  /** Resolves at once where it does not run. */
  async exited(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#exit;
  }

  /** Ends it and deletes all there is of it. */
  async remove(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    if (this.#status === 'running') this.#signal(SIGKILL);
    await this.#exit;
    this.log[Symbol.dispose]();
    await this.root[Symbol.asyncDispose]();
    await removeFolder(this.#folder);
    this.#tell('destroy');
  }

  async #start(): Promise<void> {
    const user = this.user();
    const env = this.environment(user);
    const refused = this.#with.isolation.whyRefused(this.command, env);
    if (refused !== undefined) throw this.#failed(NOT_EXECUTABLE, refused, 400);
    this.#mustBeExecutable(env);
    // one that has run before has its log file, which is opened whether there is room or not
    if (this.#startedAt === '') {
      this.#with.disk.mustHaveRoom('open', this.logFile, 'failed to initialize logging driver: ');
    }
    const pipes = await this.#with.isolation.openPipes([
      path.join(this.#folder, 'stdout'),
      path.join(this.#folder, 'stderr'),
    ]);
    const [stdout, stderr] = pipes;
    if (stdout === undefined || stderr === undefined) throw new Error('two pipes were asked for');
    this.log.begin();
    const captured = Promise.all([
      this.log.capture(stdout.reader, 'stdout'),
      this.log.capture(stderr.reader, 'stderr'),
    ]);
    try {
      this.#process = await this.#with.isolation.start({
        command: this.command,
        env,
        workdir: this.workdir,
        root: this.root.path,
        folder: this.#folder,
        uid: user.uid,
        gid: user.gid,
        hostname: this.spec.hostname,
        readOnlyRoot: this.spec.readOnlyRoot,
        network: this.spec.networkOf === undefined ? 'node' : { of: this.spec.networkOf },
        stdout: stdout.writer,
        stderr: stderr.writer,
        address: this.spec.address,
        namespace: this.spec.labels['io.kubernetes.pod.namespace'],
      });
    } catch (error) {
      for (const pipe of pipes) pipe[Symbol.dispose]();
      await captured.catch(() => undefined); // its pipes were closed
      this.log.end();
      throw this.#failed(128, error instanceof Error ? error.message : String(error), 500);
    }
    for (const pipe of pipes) pipe.closeWriter();
    this.error = '';
    this.#exitCode = 0;
    this.#finishedAt = '';
    this.#startedAt = rfc3339Nano(nowNano());
    this.#status = 'running';
    this.#exit = this.#ended(this.#process, captured);
    this.#tell('start');
    this.#lookAfter();
    this.#with.changed(this.state, 'started');
  }

  async #ended(process: RunningProgram, captured: Promise<unknown>): Promise<void> {
    this.#exitCode = await process.exited;
    this.#monitor?.[Symbol.dispose]();
    await captured;
    this.#finishedAt = rfc3339Nano(nowNano());
    this.#status = 'exited';
    this.log.end();
    this.#tell('die', { exitCode: String(this.#exitCode) });
    this.#with.changed(this.state, 'exited');
  }

  #lookAfter(): void {
    const check = readHealthCheck(this.healthcheck, this.image.config);
    if (check === undefined) return;
    const run: RunCheck = (...asked) => this.#with.check(this.id, ...asked);
    this.#monitor = new HealthMonitor(check, run, (status) => this.#tell(`health_status: ${status}`));
  }

  #mustBeExecutable(env: Readonly<Record<string, string>>): void {
    const program = this.#with.isolation.programOf(this.command);
    if (program === undefined) throw new EngineError(400, 'no command specified');
    const why = whyNotExecutable(program, this.workdir, env['PATH'] ?? '', this.root.files);
    if (why !== undefined) throw this.#failed(why.exitCode, `error during container init: ${why.reason}`, 400);
  }

  #failed(exitCode: number, reason: string, status: number): EngineError {
    this.#exitCode = exitCode;
    this.error = `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${reason}: unknown`;
    return new EngineError(status, this.error);
  }

  #signal(number: number): void {
    this.#tell('kill', { signal: String(number) });
    this.#process?.kill(number);
  }

  #tell(action: string, more: Readonly<Record<string, string>> = {}): void {
    const labels = { ...this.image.config.labels, ...this.spec.labels };
    const attributes = { ...labels, image: this.spec.image, name: this.spec.name, ...more };
    this.#with.events.emit('container', action, this.id, attributes);
  }
}
