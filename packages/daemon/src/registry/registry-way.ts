import type { ImageEngine, PushListener } from '../build/image-engine.ts';
import type { BringOutcome, ImageWay, RegistryAddress } from '../build/image-way.ts';
import { repositoryPath } from '../deploy/image-reference.ts';
import { dockerCredentials } from './docker-credentials.ts';
import { registryHost } from './registry-host.ts';

/**
 * {@link ImageWay} by a registry. Images are built under the name by which they are pushed, so that the engine has one
 * name of each; the pods name them as the nodes reach the registry.
 */
export class RegistryWay implements ImageWay {
  readonly registry: RegistryAddress;
  readonly #engine: Pick<ImageEngine, 'push'>;
  readonly #env: NodeJS.ProcessEnv;

  /** @param env says where docker keeps its credentials */
  constructor(engine: Pick<ImageEngine, 'push'>, registry: RegistryAddress, env: NodeJS.ProcessEnv) {
    this.#engine = engine;
    this.registry = registry;
    this.#env = env;
  }

  builtName(image: string): string {
    return `${this.registry.push}/${repositoryPath(image)}`;
  }

  podReference(built: string): string {
    return exchangePrefix(built, this.registry.push, this.registry.pull);
  }

  builtReference(reference: string): string {
    return exchangePrefix(reference, this.registry.pull, this.registry.push);
  }

  /** Pushed also where it may be there already: a registry in the cluster can have lost everything, and asking is quick. */
  async bring(built: string, listener: PushListener, signal: AbortSignal): Promise<BringOutcome> {
    // Asked for each time, as docker does: what a helper gives out may be good for minutes only.
    const found = await dockerCredentials(registryHost(this.registry.push), this.#env, signal);
    return await this.#engine.push(built, found?.credentials, listener, signal);
  }
}

/** A reference of another registry, as of builds before this one was chosen, stays as it is. */
function exchangePrefix(reference: string, from: string, to: string): string {
  return reference.startsWith(`${from}/`) ? `${to}${reference.slice(from.length)}` : reference;
}
