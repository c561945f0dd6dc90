import type http from 'node:http';
import type { Readable } from 'node:stream';
import { DevloopError, type ErrorReport } from '@devloop/shared/errors/devloop-error';
import type Docker from 'dockerode';
import type {
  BuildListener,
  BuildOutcome,
  BuildRequest,
  BuiltImage,
  ContainerRun,
  EngineDescription,
  ImageEngine,
  PushListener,
  PushOutcome,
  RegistryCredentials,
  RunListener,
  SwapListener,
  SwappedContainer,
} from '../build/image-engine.ts';
import { fileInArchive } from '../build/read-archive.ts';
import { readBuildStream } from './build-stream.ts';
import { dockerStatus, noAnswer, translateDockerError } from './docker-errors.ts';
import type { EngineAddress } from './engine-address.ts';
import { containerEvents } from './engine-events.ts';
import { openDocker } from './open-docker.ts';
import { readPushStream } from './push-stream.ts';
import { registryFailure } from './registry-failure.ts';
import { superviseSwap } from './supervise-swap.ts';

/** First API version whose engine builds with BuildKit when asked `version=2`: Docker 18.09, stable since 19.03. */
const BUILDKIT_API = [1, 40] as const;
const LAST_BUILD_LINES = 20;
const LAST_PUSH_LINES = 10;

/** An engine that takes longer to say what it is hangs, or is on a machine that does. */
const ANSWER_MS = 30_000;
/** What the engine asks its machine's ps for: a line a thread. The engine itself wants the process ids. */
const THREADS = '-eLo pid,stat';
/** What ps calls a thread that runs or could, or waits for a disk. */
const WANTING = /^[RD]/;

/** {@link ImageEngine} on dockerode. */
export class DockerodeImageEngine implements ImageEngine {
  readonly description: EngineDescription;
  readonly #docker: Docker;
  readonly #agent: http.Agent;

  private constructor(docker: Docker, agent: http.Agent, description: EngineDescription) {
    this.#docker = docker;
    this.#agent = agent;
    this.description = description;
  }

  /**
   * Connects and asks the engine what it is.
   *
   * @param answerMs how long that may take, ms
   * @throws DevloopError `engine/unreachable` or `engine/refused`; the signal's reason
   */
  static async connect(
    address: EngineAddress,
    signal: AbortSignal,
    answerMs = ANSWER_MS,
  ): Promise<DockerodeImageEngine> {
    let agent: http.Agent | undefined;
    const timeout = AbortSignal.timeout(answerMs);
    const abortSignal = AbortSignal.any([signal, timeout]);
    try {
      const opened = openDocker(address);
      agent = opened.agent;
      const { docker } = opened;
      const [version, info] = await Promise.all([
        questions(docker).version({ abortSignal }),
        questions(docker).info({ abortSignal }),
      ]);
      signal.throwIfAborted();
      return new DockerodeImageEngine(docker, agent, {
        address: address.host,
        version: version.Version,
        builder: speaksBuildKit(version.ApiVersion) ? 'buildkit' : 'classic',
        because: address.because,
        cpus: info.NCPU,
      });
    } catch (error) {
      agent?.destroy();
      signal.throwIfAborted();
      if (timeout.aborted) throw noAnswer(address.host, answerMs);
      throw translateDockerError(error, 'its version', address.host);
    }
  }

  /** What the engine keeps, and where: bytes of all images' layers, each once. */
  async storage(signal: AbortSignal): Promise<{ images: number; imageBytes: number; root: string }> {
    try {
      const [images, info] = await Promise.all([
        this.#docker.listImages({ abortSignal: signal }),
        questions(this.#docker).info({ abortSignal: signal }),
      ]);
      const usage = await questions(this.#docker).df({ abortSignal: signal });
      signal.throwIfAborted();
      return { images: images.length, imageBytes: usage.LayersSize ?? 0, root: info.DockerRootDir ?? '' };
    } catch (error) {
      throw this.#translate(error, 'what it keeps');
    }
  }

  /**
   * Has the engine ask a registry for an image that nobody has, as it would before a push.
   *
   * @param registry `host[:port][/path]`
   * @returns why it cannot push there; undefined where it can
   */
  async tryRegistry(registry: string, credentials: RegistryCredentials | undefined): Promise<ErrorReport | undefined> {
    const reference = `${registry}/devloop-doctor:none`;
    try {
      await this.#docker.getImage(reference).distribution({ authconfig: toAuthConfig(credentials) });
      return undefined;
    } catch (error) {
      const status = dockerStatus(error);
      if (status === 404) return undefined; // it has answered for itself
      if (status === undefined) throw this.#translate(error, `a look at the registry ${registry}`);
      return registryFailure({ reference, what: 'Nothing can be pushed' }, reasonOf(error));
    }
  }

  async imageId(reference: string, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#inspectImage(reference, signal))?.Id;
  }

  async imageLabels(image: string, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined> {
    const found = await this.#inspectImage(image, signal);
    return found && (found.Config.Labels ?? {});
  }

  async imageFile(imageId: string, path: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      // only a container's files can be read; it is never started, and the command is one that need not be there
      const container = await this.#docker.createContainer({ Image: imageId, Cmd: ['none'], abortSignal: signal });
      try {
        const archive = await container.getArchive({ path, abortSignal: signal } as { path: string });
        return await fileInArchive(archive as unknown as Readable);
      } finally {
        await container.remove({ force: true, v: true });
      }
    } catch (error) {
      if (dockerStatus(error) === 404) return undefined;
      throw this.#translate(error, `a look at ${path} of ${imageId}`);
    }
  }

  async build(request: BuildRequest, listener: BuildListener, signal: AbortSignal): Promise<BuildOutcome> {
    const { archive } = request;
    archive.stream.once('end', () => listener.contextSent());
    const packed = new Promise<never>((_resolve, reject) => archive.stream.once('error', reject));
    packed.catch(() => undefined); // read through the race below; must not be unhandled once the build has ended
    const lines: string[] = [];
    const keeping: BuildListener = {
      ...listener,
      line: (text, stream) => {
        lines.push(text);
        if (lines.length > LAST_BUILD_LINES) lines.shift();
        listener.line(text, stream);
      },
    };
    try {
      const answer = this.#docker.buildImage(archive.stream as unknown as NodeJS.ReadableStream, {
        abortSignal: signal,
        t: request.reference,
        dockerfile: archive.dockerfile,
        buildargs: request.args,
        labels: request.labels,
        nocache: request.noCache,
        rm: true,
        forcerm: true,
        ...(request.target === undefined ? {} : { target: request.target }),
        // A number: with the string '2' dockerode opens a session for credentials first, which costs a round trip and
        // is not needed where nothing is pulled with credentials.
        version: (this.description.builder === 'buildkit' ? 2 : 1) as unknown as '1',
      });
      const stream = await Promise.race([answer, packed]);
      stream.on('error', () => undefined); // told by the reading below; an abort before it must not be unhandled
      const end = await Promise.race([
        readBuildStream(stream as unknown as AsyncIterable<Uint8Array>, keeping),
        packed,
      ]);
      signal.throwIfAborted();
      if (end.error !== undefined) {
        return buildFailed(end.failedStep === undefined ? end.error : `${end.failedStep}: ${end.error}`, lines);
      }
      // The classic builder names the image by a short id in words only; the tag is sure in both.
      const imageId = await this.imageId(request.reference, signal);
      if (imageId === undefined) return buildFailed('the engine ended the build without an image', lines);
      return { ok: true, imageId };
    } catch (error) {
      signal.throwIfAborted();
      const status = dockerStatus(error);
      if (status !== undefined && status < 500) return buildFailed(reasonOf(error), lines);
      // Before any step runs, both builders answer 500 for a Dockerfile that they cannot read.
      if (status !== undefined && lines.length === 0) return buildFailed(reasonOf(error), lines);
      throw this.#translate(error, `the build of ${request.reference}`);
    } finally {
      archive.stream.destroy();
    }
  }

  async tag(reference: string, newReference: string, signal: AbortSignal): Promise<void> {
    const [repo, tag] = splitTag(newReference);
    const options = { repo, tag, abortSignal: signal };
    await this.#docker
      .getImage(reference)
      .tag(options)
      .catch((error: unknown) => {
        throw this.#translate(error, `the tag ${newReference}`);
      });
  }

  async push(
    reference: string,
    credentials: RegistryCredentials | undefined,
    listener: PushListener,
    signal: AbortSignal,
  ): Promise<PushOutcome> {
    const lines: string[] = [];
    const asked = { reference, what: `${reference} could not be pushed` };
    const keeping: PushListener = {
      ...listener,
      line: (text) => {
        lines.push(text);
        if (lines.length > LAST_PUSH_LINES) lines.shift();
        listener.line(text);
      },
    };
    const [name, tag] = splitTag(reference);
    try {
      // An engine of these versions wants the header also where there is nobody to be named.
      const stream = await this.#docker
        .getImage(name)
        .push({ tag, authconfig: toAuthConfig(credentials), abortSignal: signal });
      stream.on('error', () => undefined); // told by the reading below; an abort before it must not be unhandled
      const { digest, error } = await readPushStream(stream as unknown as AsyncIterable<Uint8Array>, keeping);
      signal.throwIfAborted();
      return error === undefined ? { ok: true, digest } : { ok: false, failure: registryFailure(asked, error, lines) };
    } catch (error) {
      signal.throwIfAborted();
      if (dockerStatus(error) !== undefined) {
        return { ok: false, failure: registryFailure(asked, reasonOf(error), lines) };
      }
      throw this.#translate(error, `the push of ${reference}`);
    }
  }

  async imagesLabelled(label: string, value: string, signal: AbortSignal): Promise<BuiltImage[]> {
    try {
      const images = await this.#docker.listImages({ filters: { label: [`${label}=${value}`] }, abortSignal: signal });
      return images.map((image) => ({
        id: image.Id,
        references: image.RepoTags ?? [],
        created: image.Created,
        labels: image.Labels ?? {},
      }));
    } catch (error) {
      throw this.#translate(error, 'the list of images');
    }
  }

  async removeReference(reference: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#docker.getImage(reference).remove({ abortSignal: signal });
      return true;
    } catch (error) {
      const status = dockerStatus(error);
      if (status === 404 || status === 409) return false; // gone already, or in use
      throw this.#translate(error, `the removal of ${reference}`);
    }
  }

  async container(id: string, signal: AbortSignal): Promise<ContainerRun | undefined> {
    const container = this.#docker.getContainer(id);
    try {
      const [{ State }, stats] = await Promise.all([
        container.inspect({ abortSignal: signal }),
        container.stats({ stream: false, 'one-shot': true, abortSignal: signal } as {
          stream: false;
          'one-shot': true;
        }),
      ]);
      if (!State.Running) return { runs: false };
      // Both by the engine's clock, which in a virtual machine is not this one's. Of one that has ended meanwhile the engine
      // has no figures, read in the year 1.
      const forMs = Math.max(0, Date.parse(stats.read) - Date.parse(State.StartedAt));
      return { runs: true, forMs, cpuMs: stats.cpu_stats.cpu_usage.total_usage / 1e6 };
    } catch (error) {
      if (dockerStatus(error) === 404) return undefined;
      throw this.#translate(error, `container ${id}`);
    }
  }

  async isBusy(id: string, signal: AbortSignal): Promise<boolean | undefined> {
    try {
      const options = { ps_args: THREADS, abortSignal: signal };
      const { Processes } = (await this.#docker.getContainer(id).top(options)) as { Processes: string[][] };
      return Processes.some(([, state = '']) => WANTING.test(state));
    } catch (error) {
      if (dockerStatus(error) === 409) return true; // it has ended, which is not to be at rest
      if (dockerStatus(error) !== undefined) return undefined; // the engine's ps knows no threads, or it is gone
      throw this.#translate(error, `container ${id}`);
    }
  }

  async superviseSwap(container: SwappedContainer, listener: SwapListener, signal: AbortSignal): Promise<number> {
    try {
      return await superviseSwap(this.#docker, container, listener, signal);
    } catch (error) {
      throw this.#translate(error, 'its events');
    }
  }

  async followRuns(listener: RunListener, signal: AbortSignal): Promise<never> {
    const asked = { event: ['die', 'start'] };
    try {
      for await (const { Action, Actor } of containerEvents(this.#docker, asked, () => undefined, signal)) {
        if (Action === 'start') listener.started(Actor.ID);
        else listener.ended(Actor.ID);
      }
      throw new Error('the engine ended its stream of events');
    } catch (error) {
      signal.throwIfAborted();
      throw this.#translate(error, 'its events');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
  }

  async #inspectImage(image: string, signal: AbortSignal): Promise<Docker.ImageInspectInfo | undefined> {
    try {
      const found = await this.#docker.getImage(image).inspect();
      signal.throwIfAborted();
      return found;
    } catch (error) {
      if (dockerStatus(error) === 404) return undefined;
      throw this.#translate(error, `a look at ${image}`);
    }
  }

  #translate(error: unknown, doing: string): unknown {
    return translateDockerError(error, doing, this.description.address);
  }
}

interface GivenUpBy {
  readonly abortSignal: AbortSignal;
}

/** Questions to the engine that can be given up, which dockerode's types leave out. */
interface EngineQuestions {
  version(options: GivenUpBy): Promise<Docker.DockerVersion>;
  info(options: GivenUpBy): Promise<{ readonly NCPU: number; readonly DockerRootDir?: string }>;
  df(options: GivenUpBy): Promise<{ readonly LayersSize?: number }>;
}

function questions(docker: Docker): EngineQuestions {
  return docker as unknown as EngineQuestions;
}

/** A reference that has a tag, as name and tag. */
function splitTag(reference: string): [name: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

function toAuthConfig(credentials: RegistryCredentials | undefined): Docker.AuthConfig {
  const { username, password, identityToken, registryToken } = credentials ?? {};
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
    ...(registryToken === undefined ? {} : { registrytoken: registryToken }),
  };
}

function speaksBuildKit(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
  return major > BUILDKIT_API[0] || (major === BUILDKIT_API[0] && minor >= BUILDKIT_API[1]);
}

function reasonOf(error: unknown): string {
  const json = error instanceof Error && 'json' in error ? (error.json as { message?: string } | undefined) : undefined;
  return json?.message ?? (error instanceof Error ? error.message : String(error));
}

/** What the system says for ENOSPC. Neither builder has a code for it, nor has a step's program. */
const NO_SPACE = 'no space left on device';

function failureOf(message: string, lines: readonly string[]): DevloopError {
  const said = `The image build failed: ${message}`;
  if ([message, ...lines].some((line) => line.toLowerCase().includes(NO_SPACE))) {
    return new DevloopError(
      'build/no-space',
      said,
      'Make room where the engine keeps its images: minikube ssh -- docker system prune. Then save again, or: devloop rebuild SERVICE',
    );
  }
  return new DevloopError('build/failed', said, 'Mend what the lines above name and save; the build starts by itself.');
}

function buildFailed(message: string, lines: readonly string[]): BuildOutcome {
  const failure = failureOf(message, lines);
  return {
    ok: false,
    failure: { code: failure.code, message: failure.message, remedy: failure.remedy, evidence: [...lines] },
  };
}
