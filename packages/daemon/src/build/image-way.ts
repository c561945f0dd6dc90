import type { PushListener, PushOutcome } from './image-engine.ts';

/** A registry as two see it, and why it was chosen. Both addresses are `host[:port][/path]`. */
export interface RegistryAddress {
  /** As the engine reaches it that builds and pushes. */
  readonly push: string;
  /** As the nodes reach it. */
  readonly pull: string;
  /** For the user: `devloop.yaml`, `minikube's registry addon`. */
  readonly because: string;
}

/** Port: how an image that was built comes to the nodes. */
export interface ImageWay {
  /** Undefined where the nodes run what the engine has. */
  readonly registry: RegistryAddress | undefined;
  /** The name under which the engine builds an image, without a tag. */
  builtName(image: string): string;
  /** What pods name where the engine names `built`. */
  podReference(built: string): string;
  /** What the engine names where pods name `reference`: {@link podReference} the other way round. */
  builtReference(reference: string): string;
  /** Brings an image that the engine has to where the nodes find it. */
  bring(built: string, listener: PushListener, signal: AbortSignal): Promise<PushOutcome>;
}

/** The engine that builds is the one that the nodes run: there is nothing to be brought. */
export const SHARED_ENGINE: ImageWay = {
  registry: undefined,
  builtName: (image) => image,
  podReference: (built) => built,
  builtReference: (reference) => reference,
  bring: async () => ({ ok: true, digest: undefined }),
};
