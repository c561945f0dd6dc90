import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { ImageStore } from '../images/image-store.ts';
import type { LayerStore } from '../images/layer-store.ts';
import type { Layer, StoredImage } from '../images/stored-image.ts';
import { EngineError } from '../ports/container-engine.ts';
import type { Disk } from '../runtime/disk.ts';
import type { Isolation } from '../runtime/isolation.ts';
import { removeFolder } from '../runtime/remove-folder.ts';
import { BuildContext } from './build-context.ts';
import { BuildRun } from './build-run.ts';
import { type BuilderKind, BuildFailure, buildFailed } from './build-words.ts';
import { BuildkitProgress } from './buildkit-progress.ts';
import { ClassicProgress } from './classic-progress.ts';
import { DockerfileError, parseDockerfile } from './dockerfile.ts';
import { LayerCache } from './layer-cache.ts';
import type { SendMessage } from './progress.ts';
import { type Plan, planStages } from './stages.ts';

export interface BuildRequest {
  readonly kind: BuilderKind;
  readonly references: readonly string[];
  /** In the context. */
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly target: string | undefined;
  readonly noCache: boolean;
  readonly quiet: boolean;
}

export interface BuilderSurroundings {
  readonly folder: string;
  readonly disk: Disk;
  /** Of all that the engine keeps: DockerRootDir. */
  readonly root: string;
  readonly isolation: Isolation;
  readonly layers: LayerStore;
  readonly images: ImageStore;
  readonly scratch: StoredImage;
  readonly pull: (reference: string) => Promise<StoredImage>;
  readonly signal: AbortSignal;
}

/** Builds images of Dockerfiles, several at a time. */
export class Builder implements AsyncDisposable {
  readonly cache = new LayerCache();
  readonly #with: BuilderSurroundings;
  readonly #running = new Set<Promise<void>>();
  readonly #runs = new Set<BuildRun>();
  readonly #closing = new AbortController();
  #next = 0;

  constructor(surroundings: BuilderSurroundings) {
    this.#with = surroundings;
  }

  /**
   * Receives the context and builds. What goes wrong after the first message is told by a message.
   *
   * @param send writes a message of the answer
   * @throws EngineError 400 for what moby refuses before it answers; the signal's reason
   */
  async build(request: BuildRequest, archive: Readable, send: SendMessage, signal: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, this.#with.signal, this.#closing.signal]);
    const built = this.#build(request, archive, send, ending);
    const settled = built.catch(() => undefined);
    this.#running.add(settled);
    try {
      await built;
    } finally {
      this.#running.delete(settled);
    }
  }

  /** Layers of cached steps and of builds that are on their way. */
  usedLayers(): Layer[] {
    return [...this.cache.layers(), ...[...this.#runs].flatMap((run) => run.layers())];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #build(request: BuildRequest, archive: Readable, send: SendMessage, signal: AbortSignal): Promise<void> {
    this.#next += 1;
    const folder = path.join(this.#with.folder, String(this.#next));
    await mkdir(folder);
    await using left = new AsyncDisposableStack();
    left.defer(() => removeFolder(folder));
    if (request.kind === 'classic') this.#mustHaveRoom('docker-builder');
    const context = left.use(await this.#receive(archive, path.join(folder, 'context'), signal));
    const progress =
      request.kind === 'buildkit' ? new BuildkitProgress(send) : new ClassicProgress(send, request.quiet);
    let planned: { plan: Plan; escapeCharacter: string };
    try {
      if (request.kind === 'buildkit') {
        this.#mustHaveRoom('buildkit-mount', 'failed to read dockerfile: failed to create temp dir: ');
      }
      planned = this.#plan(request, context);
    } catch (error) {
      // BuildKit reads the Dockerfile itself, so the answer has begun by then.
      if (request.kind === 'classic')
        throw error instanceof EngineError
          ? error
          : new EngineError(400, error instanceof Error ? error.message : String(error));
      progress.failed(buildFailed(request.kind, error), undefined);
      return;
    }
    progress.internal(`[internal] load build definition from ${path.posix.basename(request.dockerfile)}`);
    progress.internal('[internal] load build context');
    const { plan, escapeCharacter } = planned;
    const run = new BuildRun({
      ...this.#with,
      folder,
      cache: this.cache,
      context,
      request,
      progress,
      plan,
      escapeCharacter,
      signal,
    });
    this.#runs.add(run);
    left.defer(() => void this.#runs.delete(run));
    try {
      const image = await run.build();
      signal.throwIfAborted();
      this.#with.images.add(image);
      for (const reference of request.references) this.#with.images.tag(image, reference);
      progress.built(image.id, request.references);
    } catch (error) {
      signal.throwIfAborted();
      const exitCode = error instanceof BuildFailure ? error.exitCode : undefined;
      progress.failed(buildFailed(request.kind, error), exitCode);
    }
  }

  /** Both builders begin with a folder for what they read. */
  #mustHaveRoom(folder: string, doing = ''): void {
    const { disk, root } = this.#with;
    disk.mustHaveRoom('mkdir', path.join(root, 'tmp', `${folder}${randomInt(1e9, 4e9)}`), doing);
  }

  async #receive(archive: Readable, folder: string, signal: AbortSignal): Promise<BuildContext> {
    try {
      return await BuildContext.receive(archive, this.#with.isolation.filesBelow(folder), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw new EngineError(500, `Error processing tar file: ${error instanceof Error ? error.message : error}`);
    }
  }

  #plan(request: BuildRequest, context: BuildContext): { plan: Plan; escapeCharacter: string } {
    const file = path.posix.join('/', request.dockerfile);
    const bytes = context.files.read(file);
    if (bytes === undefined) {
      throw request.kind === 'classic'
        ? new EngineError(500, `Cannot locate specified Dockerfile: ${request.dockerfile}`)
        : new DockerfileError(`failed to read dockerfile: open ${request.dockerfile}: no such file or directory`);
    }
    if (bytes.length === 0) throw new DockerfileError(`the Dockerfile (${request.dockerfile}) cannot be empty`);
    const dockerfile = parseDockerfile(bytes.toString('utf8'));
    return { plan: planStages(dockerfile, request.args, request.target), escapeCharacter: dockerfile.escapeCharacter };
  }
}
