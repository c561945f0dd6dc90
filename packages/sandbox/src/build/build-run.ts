import { createHash } from 'node:crypto';
import path from 'node:path';
import { formatReference, parseReference } from '../images/reference.ts';
import type { Layer, StoredImage } from '../images/stored-image.ts';
import type { ContainerRoot } from '../runtime/isolation.ts';
import type { BuildContext } from './build-context.ts';
import { type BuildFailure, runFailed, stepFailed } from './build-words.ts';
import type { BuilderSurroundings, BuildRequest } from './builder.ts';
import { applyToConfig, commandOf, workdirAfter } from './config-instructions.ts';
import { findSources } from './copy-files.ts';
import { copyFiles, copyKey, readCopy } from './copy-step.ts';
import type { Instruction } from './dockerfile.ts';
import type { CachedLayer, LayerCache } from './layer-cache.ts';
import type { BuildProgress, BuildStep } from './progress.ts';
import { runStep } from './run-step.ts';
import { StageBuild } from './stage-build.ts';
import { type Plan, type Stage, stageNamed } from './stages.ts';
import { expandText, expandWords } from './substitution.ts';

/** Instructions that BuildKit makes a vertex of. */
const VERTICES = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);
const NO_NETWORK =
  "devloop sandbox: a RUN step has no network, and the host's /usr is read-only in it: what it installs must be in the context or in the base image.\n";

export interface BuildRunOptions extends BuilderSurroundings {
  readonly cache: LayerCache;
  readonly context: BuildContext;
  readonly request: BuildRequest;
  readonly progress: BuildProgress;
  readonly plan: Plan;
  readonly escapeCharacter: string;
}

/** What a step did: its layer is new, was cached, or it has none. */
type Outcome = 'done' | 'cached';

/** One build of one Dockerfile. */
export class BuildRun {
  readonly #options: BuildRunOptions;
  readonly #stages = new Map<Stage, StageBuild>();
  /** Made or used here, though no image or cached step may have them yet. */
  readonly #layers = new Set<Layer>();
  readonly #total: number;
  #number = 0;
  #folders = 0;

  constructor(options: BuildRunOptions) {
    this.#options = options;
    this.#total = options.plan.stages.reduce((sum, stage) => sum + 1 + stage.instructions.length, 0);
  }

  layers(): Layer[] {
    return [...this.#layers];
  }

  /** @throws BuildFailure, the signal's reason */
  async build(): Promise<StoredImage> {
    const { plan, request } = this.#options;
    let last: StageBuild | undefined;
    for (const stage of plan.stages) last = await this.#buildStage(stage);
    if (last === undefined) throw new Error('a plan has a stage');
    last.label(request.labels);
    return last.image;
  }

  async #buildStage(stage: Stage): Promise<StageBuild> {
    const { request, progress, plan } = this.#options;
    const vertices = 1 + stage.instructions.filter((one) => VERTICES.has(one.keyword)).length;
    const label =
      plan.stages.length === 1 && stage.name === undefined ? '' : `${stage.name ?? `stage-${stage.index}`} `;
    const vertex = (number: number, text: string) =>
      `[${label}${String(number).padStart(String(vertices).length)}/${vertices}] ${text}`;
    let at = 1;
    const from = this.#step('', [], stage.from.shown, vertex(at, `FROM ${this.#fullName(stage)}`));
    const build = await this.#told(from, stage.from, async () => {
      const base = await this.#base(stage);
      const imageId = stage.base === 'scratch' ? '' : base.id; // it is no image
      return { outcome: 'done' as Outcome, imageId, made: new StageBuild(base, request.args) };
    });
    this.#stages.set(stage, build);
    let before = from;
    for (const instruction of stage.instructions) {
      const shown = this.#shown(instruction, build);
      const isVertex = VERTICES.has(instruction.keyword);
      if (isVertex) at += 1;
      const step = this.#step(build.image.id, [before.digest], shown, isVertex ? vertex(at, shown) : undefined);
      await this.#told(step, instruction, async () => {
        const outcome = await this.#carryOut(instruction, build, stage, (bytes, stream) =>
          progress.output(step, bytes, stream),
        );
        return { outcome, imageId: build.image.id, made: undefined };
      });
      before = step;
    }
    return build;
  }

  /** Tells of a step while it is carried out. */
  async #told<T>(
    step: BuildStep,
    instruction: Instruction,
    carryOut: () => Promise<{ outcome: Outcome; imageId: string; made: T }>,
  ): Promise<T> {
    const { progress, request, signal } = this.#options;
    signal.throwIfAborted();
    progress.started(step);
    try {
      const { outcome, imageId, made } = await carryOut();
      progress.ended(step, { is: outcome, imageId });
      return made;
    } catch (error) {
      signal.throwIfAborted();
      const failure: BuildFailure = stepFailed(request.kind, instruction.keyword, error);
      progress.ended(step, { is: 'failed', error: failure.message });
      throw failure;
    }
  }

  async #carryOut(
    instruction: Instruction,
    build: StageBuild,
    stage: Stage,
    output: (bytes: Buffer, stream: 'stdout' | 'stderr') => void,
  ): Promise<Outcome> {
    const { escapeCharacter } = this.#options;
    switch (instruction.keyword) {
      case 'RUN':
        return this.#run(instruction, build, output);
      case 'COPY':
      case 'ADD':
        return this.#copy(instruction, build, stage);
      case 'WORKDIR':
        return this.#workdir(instruction, build);
      case 'ARG':
        this.#declare(instruction, build);
        return 'done';
      default: {
        const config = applyToConfig(instruction, build.config, build.lookup, escapeCharacter);
        if (config === undefined) throw new Error(`${instruction.keyword} is not known`);
        build.setConfig(config, instruction.shown);
        return 'done';
      }
    }
  }

  async #run(
    instruction: Instruction,
    build: StageBuild,
    output: (bytes: Buffer, stream: 'stdout' | 'stderr') => void,
  ): Promise<Outcome> {
    const { request, isolation, signal } = this.#options;
    const command = commandOf(instruction, build.config);
    const env = build.environment();
    const { workdir, user } = build.config;
    return this.#layered(
      build,
      JSON.stringify(['RUN', command, env, workdir, user]),
      `RUN ${command.join(' ')} # buildkit`,
      async (upper) => {
        const exitCode = await runStep(
          { image: build.image, command, env, folder: this.#newFolder(), upper, output, signal },
          isolation,
        );
        if (exitCode === 0) return;
        output(Buffer.from(NO_NETWORK), 'stderr');
        throw runFailed(request.kind, command, exitCode);
      },
    );
  }

  async #copy(instruction: Instruction, build: StageBuild, stage: Stage): Promise<Outcome> {
    const { context, escapeCharacter } = this.#options;
    const step = readCopy(instruction, build.config, build.lookup, escapeCharacter);
    const createdBy = `${instruction.shown} # buildkit`;
    const from = instruction.flags['from'];
    if (from === undefined) {
      const contents = findSources(context.files, step.sources).map((source) =>
        [source, context.digest(source)].join(' '),
      );
      return this.#layered(build, copyKey(step, contents), createdBy, (upper) =>
        this.#change(build, upper, (root) => copyFiles(step, context.files, root.files)),
      );
    }
    const source = await this.#source(expandText(from, build.lookup, escapeCharacter), stage);
    const contents = source.layers.map((layer) => layer.id);
    return this.#layered(build, copyKey(step, contents), createdBy, async (upper) => {
      await using other = await this.#mount(source, path.join(this.#newFolder(), 'upper'));
      await this.#change(build, upper, (root) => copyFiles(step, other.files, root.files));
    });
  }

  async #workdir(instruction: Instruction, build: StageBuild): Promise<Outcome> {
    const workdir = workdirAfter(
      build.config,
      expandText(instruction.text, build.lookup, this.#options.escapeCharacter),
    );
    const config = { ...build.config, workdir };
    return this.#layered(
      build,
      JSON.stringify(['WORKDIR', workdir]),
      `WORKDIR ${workdir}`,
      (upper) => this.#change(build, upper, async (root) => void root.files.makeFolder(workdir)),
      config,
    );
  }

  /** The layer of a step: a cached one, or what `make` puts into a new folder. */
  async #layered(
    build: StageBuild,
    what: string,
    createdBy: string,
    make: (upper: string) => Promise<void>,
    config = build.config,
  ): Promise<Outcome> {
    const { cache, layers, request } = this.#options;
    const key = createHash('sha256').update(`${build.ground} ${what}`).digest('hex');
    const found = request.noCache ? undefined : cache.get(key);
    if (found !== undefined) {
      this.#add(build, found, createdBy, config);
      return 'cached';
    }
    const layer = await this.#make(make, what.startsWith('["RUN"') ? undefined : key);
    layers.add(layer);
    const made = { layer, created: new Date().toISOString() };
    cache.set(key, made);
    this.#add(build, made, createdBy, config);
    return 'done';
  }

  /** What `make` puts into a new folder, as a layer that is still to be added. */
  async #make(make: (upper: string) => Promise<void>, key: string | undefined): Promise<Layer> {
    const { layers, signal } = this.#options;
    const folder = await layers.draft();
    try {
      await make(folder);
      signal.throwIfAborted();
      return await layers.seal(folder, key);
    } catch (error) {
      await layers.discard(folder);
      throw error;
    }
  }

  #add(build: StageBuild, made: CachedLayer, createdBy: string, config: StoredImage['config']): void {
    this.#layers.add(made.layer);
    build.addLayer(made, createdBy, config);
  }

  async #change(build: StageBuild, upper: string, change: (root: ContainerRoot) => Promise<void>): Promise<void> {
    await using root = await this.#mount(build.image, upper);
    await change(root);
  }

  #mount(image: StoredImage, upper: string): Promise<ContainerRoot> {
    const layers = image.layers.map((layer) => layer.folder);
    return this.#options.isolation.mountRoot(this.#newFolder(), layers, upper);
  }

  #declare(instruction: Instruction, build: StageBuild): void {
    const { escapeCharacter, plan } = this.#options;
    for (const word of expandWords(instruction.text, build.lookup, escapeCharacter)) {
      const [name = ''] = word.split('=', 1);
      build.declare(name, word.includes('=') ? word.slice(name.length + 1) : plan.globals.get(name));
    }
  }

  async #base(stage: Stage): Promise<StoredImage> {
    const { scratch, plan } = this.#options;
    const before = plan.stages.filter((one) => one.index < stage.index);
    const other = stageNamed(before, stage.base);
    const built = other === undefined ? undefined : this.#stages.get(other);
    if (built !== undefined) return built.image;
    return stage.base === 'scratch' ? scratch : this.#image(stage.base);
  }

  async #source(name: string, stage: Stage): Promise<StoredImage> {
    const before = this.#options.plan.stages.filter((one) => one.index < stage.index);
    const other = stageNamed(before, name);
    const built = other === undefined ? undefined : this.#stages.get(other);
    return built?.image ?? this.#image(name);
  }

  async #image(name: string): Promise<StoredImage> {
    const image = this.#options.images.find(name) ?? (await this.#options.pull(name));
    for (const layer of image.layers) this.#layers.add(layer);
    return image;
  }

  #step(imageId: string, inputs: readonly string[], text: string, vertex: string | undefined): BuildStep {
    this.#number += 1;
    const digest = createHash('sha256').update(`${imageId} ${this.#number} ${text}`).digest('hex');
    return { digest: `sha256:${digest}`, inputs, text, number: this.#number, of: this.#total, vertex };
  }

  #shown(instruction: Instruction, build: StageBuild): string {
    if (this.#options.request.kind === 'classic' || !['COPY', 'ADD', 'WORKDIR'].includes(instruction.keyword)) {
      return instruction.shown;
    }
    try {
      return expandText(instruction.shown, build.lookup, this.#options.escapeCharacter);
    } catch {
      return instruction.shown; // the step itself says what is wrong
    }
  }

  #fullName(stage: Stage): string {
    const isStage = this.#options.plan.stages.some(
      (one) => one.index < stage.index && one.name === stage.base.toLowerCase(),
    );
    if (isStage || stage.base === 'scratch') return stage.base;
    try {
      const name = formatReference(parseReference(stage.base));
      const first = name.split('/')[0] ?? '';
      if (!name.includes('/')) return `docker.io/library/${name}`;
      return /[.:]|^localhost$/.test(first) ? name : `docker.io/${name}`;
    } catch {
      return stage.base;
    }
  }

  #newFolder(): string {
    this.#folders += 1;
    return path.join(this.#options.folder, `step-${this.#folders}`);
  }
}
