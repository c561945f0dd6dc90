import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Builder } from '../build/builder.ts';
import { BaseImages } from '../images/base-images.ts';
import { ImageStore } from '../images/image-store.ts';
import { LayerStore } from '../images/layer-store.ts';
import { portConfig, type StoredImage } from '../images/stored-image.ts';
import {
  type ContainerEngine,
  type ContainerSpec,
  type ContainerState,
  EngineError,
  type ExecSpec,
  type Image,
  type LogRecord,
  type LogsOptions,
} from '../ports/container-engine.ts';
import { Disk } from '../runtime/disk.ts';
import { whyNotExecutable } from '../runtime/executables.ts';
import type { Isolation } from '../runtime/isolation.ts';
import { removeFolder } from '../runtime/remove-folder.ts';
import { Container } from './container.ts';
import { EventLog } from './events.ts';

export interface EngineOptions {
  /** Absolute; made where it is missing. Everything that the engine keeps is below it. */
  readonly folder: string;
  readonly isolation: Isolation;
  /** Ends builds. Containers end with {@link Engine[Symbol.asyncDispose]}. */
  readonly signal: AbortSignal;
}

type Listener = (container: ContainerState, what: 'started' | 'exited') => void;

/** The node's engine: images, containers and builds. */
export class Engine implements ContainerEngine, AsyncDisposable {
  readonly id = randomUUID();
  readonly folder: string;
  readonly events = new EventLog();
  readonly images: ImageStore;
  readonly layers: LayerStore;
  readonly builder: Builder;
  readonly disk = new Disk();
  readonly #isolation: Isolation;
  readonly #bases: BaseImages;
  readonly #containers = new Map<string, Container>();
  /** Images of the containers that are being made, by the container's id. */
  readonly #making = new Map<string, StoredImage>();
  /** Names of containers that are being made too. */
  readonly #names = new Map<string, string>();
  readonly #listeners = new Set<Listener>();

  private constructor(options: EngineOptions) {
    this.folder = options.folder;
    this.#isolation = options.isolation;
    this.layers = new LayerStore(path.join(options.folder, 'l'));
    this.#bases = new BaseImages(this.layers, this.#isolation.system);
    this.images = new ImageStore((change, id, name) => this.events.emit('image', change, id, { name }));
    this.builder = new Builder({
      folder: path.join(options.folder, 'build'),
      isolation: this.#isolation,
      disk: this.disk,
      root: options.folder,
      layers: this.layers,
      images: this.images,
      scratch: this.#bases.scratch(),
      pull: (reference) => this.pullImage(reference),
      signal: options.signal,
    });
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    await Promise.all(
      ['l', 'build', 'containers'].map((name) => mkdir(path.join(options.folder, name), { recursive: true })),
    );
    return engine;
  }

  image(reference: string): Image | undefined {
    const image = this.images.find(reference);
    return image === undefined ? undefined : this.#told(image);
  }

  async pull(reference: string): Promise<Image> {
    return this.#told(await this.pullImage(reference));
  }

  /** {@link pull}, as it is stored. */
  async pullImage(reference: string): Promise<StoredImage> {
    const image = await this.#bases.pull(reference);
    this.images.add(image);
    this.images.tag(image, reference, 'pull');
    return image;
  }

  async create(spec: ContainerSpec): Promise<ContainerState> {
    const image = this.images.get(spec.image);
    const holder = this.#names.get(spec.name);
    if (holder !== undefined) {
      throw new EngineError(
        409,
        `Conflict. The container name "/${spec.name}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    const id = randomBytes(32).toString('hex');
    this.disk.mustHaveRoom('mkdir', path.join(this.folder, 'overlay2', `${randomBytes(32).toString('hex')}-init`));
    this.#names.set(spec.name, id);
    this.#making.set(id, image);
    try {
      const container = await Container.create(id, spec, image, path.join(this.folder, 'containers', id.slice(0, 12)), {
        isolation: this.#isolation,
        events: this.events,
        disk: this.disk,
        check: (container, command, output, signal) =>
          this.exec(container, {
            command,
            terminal: undefined,
            stdin: undefined,
            stdout: output,
            stderr: output,
            signal,
          }),
        changed: (state, what) => this.#changed(state, what),
      });
      this.#containers.set(id, container);
      return container.state;
    } catch (error) {
      this.#names.delete(spec.name);
      throw error;
    } finally {
      this.#making.delete(id);
    }
  }

  async start(id: string): Promise<void> {
    await this.find(id).start();
  }

  async stop(id: string, graceSeconds: number): Promise<void> {
    await this.find(id).stop(graceSeconds);
  }

  async kill(id: string, signal: string): Promise<void> {
    this.find(id).kill(signal);
  }

  /** @throws EngineError 404, 409 while it runs */
  async remove(id: string, force = false): Promise<void> {
    const container = this.find(id);
    if (container.state.status === 'running' && !force) {
      throw new EngineError(
        409,
        `cannot remove container "/${container.spec.name}": container is running: stop the container before removing or force remove`,
      );
    }
    this.#containers.delete(container.id);
    await container.remove();
    this.#names.delete(container.spec.name);
  }

  container(id: string): ContainerState | undefined {
    return this.#lookUp(id)?.state;
  }

  containers(): readonly ContainerState[] {
    return this.allContainers().map((container) => container.state);
  }

  /** The containers themselves, newest first. */
  allContainers(): readonly Container[] {
    return [...this.#containers.values()].reverse();
  }

  /** By id, the beginning of one, or name. @throws EngineError 404 */
  find(id: string): Container {
    const container = this.#lookUp(id);
    if (container === undefined) throw new EngineError(404, `No such container: ${id}`);
    return container;
  }

  listen(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /**
   * Rotates the log of a container as Docker does whose `max-size` is reached.
   *
   * @param maxFiles Docker's `max-file`
   * @throws EngineError 404
   */
  rotateLog(id: string, maxFiles: number): void {
    this.find(id).log.rotate(maxFiles);
  }

  logs(id: string, options: LogsOptions): AsyncIterable<readonly LogRecord[]> {
    return this.find(id).log.read({ ...options, files: 'newest' });
  }

  /** @throws EngineError 404, 409 when it does not run, 400 when the command is not found */
  async exec(
    id: string,
    spec: ExecSpec & { readonly env?: readonly string[]; readonly workdir?: string },
  ): Promise<number> {
    const container = this.find(id);
    const { pid, status } = container.state;
    if (status !== 'running') throw new EngineError(409, `container ${container.id} is not running`);
    const more = (spec.env ?? []).map((entry): [string, string] => {
      const [name = ''] = entry.split('=');
      return [name, entry.slice(name.length + 1)];
    });
    const ofTerminal: Record<string, string> = spec.terminal === undefined ? {} : { TERM: 'xterm' };
    const env: Record<string, string> = {
      ...ofTerminal,
      ...container.environment(container.user()),
      ...Object.fromEntries(more),
    };
    const workdir = spec.workdir || container.workdir;
    const why = whyNotExecutable(spec.command[0] ?? '', workdir, env['PATH'] ?? '', container.root.files);
    if (why !== undefined) {
      throw new EngineError(
        400,
        `OCI runtime exec failed: exec failed: unable to start container process: ${why.reason}: unknown`,
      );
    }
    const { command, terminal, stdin, stdout, stderr, signal } = spec;
    return this.#isolation.exec(pid, { command, terminal, stdin, stdout, stderr, signal, env, workdir });
  }

  /** The containers made of an image. */
  usersOf(imageId: string): { id: string; runs: boolean }[] {
    return this.containers()
      .filter((container) => container.imageId === imageId)
      .map((container) => ({ id: container.id, runs: container.status === 'running' }));
  }

  /** Deletes the layers that no image, no cached step, no container and no base image has. */
  async sweepLayers(): Promise<void> {
    const ofContainers = [...this.allContainers().map((container) => container.image), ...this.#making.values()];
    const used = [...this.images.all(), ...ofContainers].flatMap((image) => image.layers);
    await this.layers.keepOnly(new Set([...used, ...this.builder.usedLayers(), ...this.#bases.layers()]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.builder[Symbol.asyncDispose]();
    await Promise.all([...this.#containers.keys()].map((id) => this.remove(id, true)));
    await Promise.all(['l', 'build', 'containers'].map((name) => removeFolder(path.join(this.folder, name))));
  }

  #lookUp(id: string): Container | undefined {
    const named = this.#names.get(id.replace(/^\//, ''));
    const exact = this.#containers.get(named ?? id);
    if (exact !== undefined || !/^[0-9a-f]+$/.test(id)) return exact;
    const begun = [...this.#containers.values()].filter((container) => container.id.startsWith(id));
    return begun.length === 1 ? begun[0] : undefined;
  }

  #changed(state: ContainerState, what: 'started' | 'exited'): void {
    for (const listener of this.#listeners) listener(state, what);
  }

  #told(image: StoredImage): Image {
    return { id: image.id, references: this.images.referencesOf(image.id), config: portConfig(image.config) };
  }
}
