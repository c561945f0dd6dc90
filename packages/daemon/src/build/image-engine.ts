import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { ContextArchive } from './context-archive.ts';

export interface BuildRequest {
  readonly reference: string;
  /** Called when the build begins; its stream is read once. */
  readonly archive: ContextArchive;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Build every step anew. */
  readonly noCache: boolean;
}

/** What a build tells while it goes on. */
export interface BuildListener {
  /** One line of output. */
  line(text: string, stream: 'stdout' | 'stderr'): void;
  /** Step `step` of `steps` begins: `COPY . .` */
  step(step: number, steps: number, text: string): void;
  /** The engine has the whole context. */
  contextSent(): void;
}

/** How a build ended. That the user's Dockerfile fails is an expected outcome, not an exception. */
export type BuildOutcome =
  | { readonly ok: true; readonly imageId: string }
  | { readonly ok: false; readonly failure: ErrorReport };

/** What a push tells while it goes on. */
export interface PushListener {
  /** One line of output. */
  line(text: string): void;
  /** Where it is, in words with numbers: `pushing 2/5 layers, 12 of 40 MB`. */
  progress(detail: string): void;
}

/** Who an engine is to a registry, as docker keeps it. */
export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  /** In place of a password, where the registry gave one at the login. */
  readonly identityToken?: string;
  readonly registryToken?: string;
}

/** How a push ended. That the registry refuses is an expected outcome, not an exception. */
export type PushOutcome =
  | {
      readonly ok: true;
      /** `sha256:…` of the manifest, by which nodes know what they pulled; undefined where there is no registry. */
      readonly digest: string | undefined;
    }
  | { readonly ok: false; readonly failure: ErrorReport };

export interface BuiltImage {
  readonly id: string;
  readonly references: readonly string[];
  /** Seconds since the epoch. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** The present state of a container: whether it runs, for how long it has, and the processor time that took. */
export type ContainerRun =
  | { readonly runs: true; readonly forMs: number; readonly cpuMs: number }
  | { readonly runs: false };

export interface EngineDescription {
  readonly address: string;
  readonly version: string;
  readonly builder: 'buildkit' | 'classic';
  readonly because: string;
  readonly cpus: number;
}

/**
 * Port of the engine that builds: mostly the one that the cluster runs its containers on. Errors are translated:
 * `engine/unreachable`, `engine/refused`.
 */
export interface ImageEngine extends AsyncDisposable {
  readonly description: EngineDescription;
  /** The image's id (`sha256:…`), or undefined where the engine does not have it. */
  imageId(reference: string, signal: AbortSignal): Promise<string | undefined>;
  /** The labels of an image, named by reference or id; undefined where the engine does not have it. */
  imageLabels(image: string, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined>;
  /** The text of a file of an image, without starting anything; undefined where the image has none there. */
  imageFile(imageId: string, path: string, signal: AbortSignal): Promise<string | undefined>;
  /** Builds an image. Aborting the signal ends the build in the engine. */
  build(request: BuildRequest, listener: BuildListener, signal: AbortSignal): Promise<BuildOutcome>;
  /** Gives an image one more name. */
  tag(reference: string, newReference: string, signal: AbortSignal): Promise<void>;
  /**
   * Pushes an image to the registry that its reference names; what that has already is not sent again. Aborting the signal
   * ends the push in the engine.
   */
  push(
    reference: string,
    credentials: RegistryCredentials | undefined,
    listener: PushListener,
    signal: AbortSignal,
  ): Promise<PushOutcome>;
  imagesLabelled(label: string, value: string, signal: AbortSignal): Promise<BuiltImage[]>;
  /** Removes one name of an image, and the image when it was the last. One that is in use stays, without an error. */
  removeReference(reference: string, signal: AbortSignal): Promise<boolean>;
  /** Whether a container runs; undefined for one that the engine does not know: it is another node's. */
  container(id: string, signal: AbortSignal): Promise<ContainerRun | undefined>;
  /**
   * Whether a container would do something at this moment if it were let: one of its threads runs, or waits for a processor or a
   * disk. Undefined where the engine cannot tell.
   */
  isBusy(id: string, signal: AbortSignal): Promise<boolean | undefined>;
  /**
   * Watches a pod's container through its replacement. When the kubelet asks the running one to stop and it has not
   * ended `killAfterMs` later, it is killed. Resolves with the instant (ms since the epoch) at which the new container
   * started.
   */
  superviseSwap(container: SwappedContainer, listener: SwapListener, signal: AbortSignal): Promise<number>;
  /**
   * Tells the ends and starts of all containers of this engine, until the signal is aborted.
   *
   * @throws DevloopError `engine/unreachable` when the engine ends the stream; the signal's reason
   */
  followRuns(listener: RunListener, signal: AbortSignal): Promise<never>;
}

/** What is told of containers, by the engine's ids. */
export interface RunListener {
  started(containerId: string): void;
  /** It has ended, and all that it has said is in its log. */
  ended(containerId: string): void;
}

/** A container of a pod that is to be replaced. */
export interface SwappedContainer {
  readonly podUid: string;
  readonly name: string;
  /** Milliseconds that its program has to end; false: its own grace period. */
  readonly killAfterMs: number | false;
}

/** What a replacement tells while it goes on. */
export interface SwapListener {
  /** Watching has begun. */
  watching(): void;
  /** The old container has ended. */
  ended(): void;
}

/** Label of an image with the project that built it. */
export const PROJECT_LABEL = 'devloop.dev/project';
/** Label of an image with the image name as manifests name it. */
export const IMAGE_LABEL = 'devloop.dev/image';
/** Label of an image with the whole fingerprint, of which its reference has the first digits. */
export const FINGERPRINT_LABEL = 'devloop.dev/fingerprint';
