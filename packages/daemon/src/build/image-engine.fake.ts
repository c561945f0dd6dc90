import { Bell } from '../support/bell.ts';
import type {
  BuildListener,
  BuildOutcome,
  BuildRequest,
  BuiltImage,
  EngineDescription,
  ImageEngine,
  PushOutcome,
  RunListener,
  SwapListener,
  SwappedContainer,
} from './image-engine.ts';

/** A build that the test holds: it goes on when the test says how. */
export interface HeldBuild {
  readonly request: BuildRequest;
  readonly listener: BuildListener;
  readonly signal: AbortSignal;
  end(outcome: BuildOutcome): void;
  fail(error: Error): void;
}

/** {@link ImageEngine} in memory. */
export class FakeImageEngine implements ImageEngine {
  readonly description: EngineDescription;
  readonly images = new Map<string, string>();
  /** By id of an image and path. */
  readonly files = new Map<string, string>();
  /** Every build that has begun, in that order. */
  readonly builds: HeldBuild[] = [];
  readonly #bell = new Bell();

  constructor(cpus = 1) {
    this.description = { address: 'memory', version: '27.0.0', builder: 'buildkit', because: 'a test', cpus };
  }

  /** Resolves with the n-th build, counted from 1, when it has begun. */
  async begun(n: number): Promise<HeldBuild> {
    return await this.#bell.until(() => this.builds[n - 1], AbortSignal.timeout(5000));
  }

  async imageId(reference: string): Promise<string | undefined> {
    return this.images.get(reference);
  }

  async imageLabels(): Promise<undefined> {
    return undefined;
  }

  async imageFile(imageId: string, path: string): Promise<string | undefined> {
    return this.files.get(`${imageId} ${path}`);
  }

  build(request: BuildRequest, listener: BuildListener, signal: AbortSignal): Promise<BuildOutcome> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const end = (outcome: BuildOutcome) => {
        if (outcome.ok) this.images.set(request.reference, outcome.imageId);
        resolve(outcome);
      };
      this.builds.push({ request, listener, signal, end, fail: reject });
      this.#bell.ring();
    });
  }

  async tag(reference: string, newReference: string): Promise<void> {
    const id = this.images.get(reference);
    if (id === undefined) throw new Error(`no image ${reference}`);
    this.images.set(newReference, id);
  }

  async push(): Promise<PushOutcome> {
    return { ok: true, digest: undefined };
  }

  async imagesLabelled(): Promise<BuiltImage[]> {
    return [];
  }

  async removeReference(reference: string): Promise<boolean> {
    return this.images.delete(reference);
  }

  async isBusy(): Promise<undefined> {
    return undefined;
  }

  async container(): Promise<undefined> {
    return undefined;
  }

  superviseSwap(_container: SwappedContainer, listener: SwapListener, signal: AbortSignal): Promise<number> {
    listener.watching();
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  followRuns(_listener: RunListener, signal: AbortSignal): Promise<never> {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
