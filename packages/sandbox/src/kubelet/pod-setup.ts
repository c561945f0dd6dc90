import path from 'node:path';
import type { Mount } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { TellEvent } from './image-puller.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { podFiles } from './pod-files.ts';
import type { PodSandbox } from './pod-network.ts';
import type { PodSpec } from './pod-spec.ts';
import { MountError, PodVolumes } from './pod-volumes.ts';
import type { Surroundings } from './start-container.ts';

const MOUNT_RETRY_MS = { first: 500, most: 122_000 };
const SANDBOX_RETRY_MS = 2000;

/** What the containers of a pod share: volumes, network, and the files that the kubelet gives to all of them. */
export class PodSetup {
  readonly folder: string;
  readonly #context: KubeletContext;
  readonly #volumes: PodVolumes;
  #files: readonly Mount[] = [];
  #sandbox: PodSandbox | undefined;
  #address: string | undefined;
  #areVolumesStale = false;
  #mountRetryMs = MOUNT_RETRY_MS.first;

  constructor(uid: string, context: KubeletContext) {
    this.#context = context;
    this.folder = path.join(context.folder, 'pods', uid);
    this.#volumes = new PodVolumes(context.store, this.folder, path.join(context.folder, 'claims'));
  }

  get sandbox(): PodSandbox | undefined {
    return this.#sandbox;
  }

  /** Stays when the network has been given back; undefined until it was there. */
  get address(): string | undefined {
    return this.#address;
  }

  /** Something that the volumes are made from has changed. */
  refresh(): void {
    this.#areVolumesStale = true;
  }

  /**
   * Makes what is missing. Answers what to give to the containers, or how long to wait until it is worth another try,
   * in ms; both, when volumes of a running pod cannot be brought up to date.
   */
  async prepare(
    pod: KubeObject,
    tell: TellEvent,
    signal: AbortSignal,
  ): Promise<{ readonly around?: Surroundings; readonly retryMs?: number }> {
    const { hostAddress, allocatable } = this.#context;
    let retryMs: number | undefined;
    if (this.#sandbox === undefined || this.#areVolumesStale) {
      this.#areVolumesStale = false;
      try {
        await this.#volumes.setUp(pod, { address: this.#address ?? '', hostAddress, allocatable });
      } catch (error) {
        if (!(error instanceof MountError)) throw error;
        tell('Warning', 'FailedMount', error.message);
        retryMs = this.#mountRetryMs;
        this.#mountRetryMs = Math.min(retryMs * 2, MOUNT_RETRY_MS.most);
        this.#areVolumesStale = true;
        if (this.#sandbox === undefined) return { retryMs };
      }
    }
    signal.throwIfAborted();
    if (this.#sandbox === undefined && !(await this.#attach(pod, tell))) return { retryMs: SANDBOX_RETRY_MS };
    const around = this.#around(pod);
    return { ...(around !== undefined && { around }), ...(retryMs !== undefined && { retryMs }) };
  }

  /** Gives the network back. */
  async detach(): Promise<void> {
    await this.#sandbox?.[Symbol.asyncDispose]();
    this.#sandbox = undefined;
  }

  async #attach(pod: KubeObject, tell: TellEvent): Promise<boolean> {
    const { network, dns, hostAddress } = this.#context;
    try {
      const isOfNode = (pod['spec'] as PodSpec).hostNetwork === true;
      this.#sandbox = isOfNode ? nodeNetwork(hostAddress) : await network.attach(pod.metadata.uid ?? '');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      tell('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${why}`);
      return false;
    }
    this.#address = this.#sandbox.address;
    this.#files = await podFiles(pod, this.#address, dns, this.folder);
    return true;
  }

  #around(pod: KubeObject): Surroundings | undefined {
    if (this.#sandbox === undefined) return undefined;
    return { pod, sandbox: this.#sandbox, volumes: this.#volumes, files: this.#files, folder: this.folder };
  }
}

/** The network of a pod that asks for the node's own. */
function nodeNetwork(address: string): PodSandbox {
  return { address, pid: undefined, [Symbol.asyncDispose]: async () => undefined };
}
