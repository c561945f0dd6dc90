import type { ImageEngine, PushListener, PushOutcome } from '../build/image-engine.ts';
import type { ImageWay, RegistryAddress } from '../build/image-way.ts';
import { SharedWork } from '../support/shared-work.ts';
import { dockerCredentials } from './docker-credentials.ts';
import { imageIn, registryHost } from './registry-address.ts';

/**
 * {@link ImageWay} by a registry. Images are built under the name by which they are pushed, so that the engine has one
 * name of each; the pods name them as the nodes reach the registry.
 */
export class RegistryWay implements ImageWay {
  readonly registry: RegistryAddress;
  readonly #engine: Pick<ImageEngine, 'push'>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #pushes = new SharedWork<PushListener, PushOutcome>();

  /** @param env says where docker keeps its credentials */
  constructor(engine: Pick<ImageEngine, 'push'>, registry: RegistryAddress, env: NodeJS.ProcessEnv) {
    this.#engine = engine;
    this.registry = registry;
    this.#env = env;
  }

  builtName(image: string): string {
    return imageIn(this.registry.push, image);
  }

  podReference(built: string): string {
    return exchangePrefix(built, this.registry.push, this.registry.pull);
  }

  builtReference(reference: string): string {
    return exchangePrefix(reference, this.registry.pull, this.registry.push);
  }

  /**
   * Pushed also where it may be there already: a registry in the cluster can have lost everything, and asking is quick. Once
   * for all who want it at the same time: a registry that is sent the same manifest several times at once answers 500.
   */
  async bring(built: string, listener: PushListener, signal: AbortSignal): Promise<PushOutcome> {
    return await this.#pushes.join(
      built,
      listener,
      (listeners, pushing) => this.#push(built, listeners, pushing),
      signal,
    );
  }

  async #push(built: string, listeners: ReadonlySet<PushListener>, signal: AbortSignal): Promise<PushOutcome> {
    // Asked for each time, as docker does: what a helper gives out may be good for minutes only.
    const found = await dockerCredentials(registryHost(this.registry.push), this.#env, signal);
    const all: PushListener = {
      line: (text) => {
        for (const listener of listeners) listener.line(text);
      },
      progress: (detail) => {
        for (const listener of listeners) listener.progress(detail);
      },
    };
    return await this.#engine.push(built, found?.credentials, all, signal);
  }
}

/** A reference of another registry, as of builds before this one was chosen, stays as it is. */
function exchangePrefix(reference: string, from: string, to: string): string {
  return reference.startsWith(`${from}/`) ? `${to}${reference.slice(from.length)}` : reference;
}
