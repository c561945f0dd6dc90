import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ContainerSpec, EngineError, type Image, type Mount } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { containerEnv } from './container-env.ts';
import { type ContainerRun, type ContainerSlot, specHashOf } from './container-slot.ts';
import { expand } from './expansion.ts';
import { daemonWords, ensureImage, ImageError, type TellEvent } from './image-puller.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { hostnameOf } from './pod-files.ts';
import type { PodSandbox } from './pod-network.ts';
import type { Container, PodSpec } from './pod-spec.ts';
import type { PodVolumes } from './pod-volumes.ts';

/** A container that cannot be started now; `reason` and `message` are what its status says. */
export class StartFailure extends Error {
  readonly reason: string;
  readonly retryMs: number;

  constructor(reason: string, message: string, retryMs = 10_000) {
    super(message);
    this.reason = reason;
    this.retryMs = retryMs;
  }
}

/** What a container gets of its pod. */
export interface Surroundings {
  readonly pod: KubeObject;
  readonly sandbox: PodSandbox;
  readonly volumes: PodVolumes;
  /** hosts and resolv.conf. */
  readonly files: readonly Mount[];
  /** The pod's own. */
  readonly folder: string;
}

/**
 * Pulls the image, creates the container and starts it: pkg/kubelet/kuberuntime startContainer, with its Events. The
 * slot has the new run as soon as it is created.
 *
 * @throws StartFailure
 * @throws the signal's reason when it is aborted before the container is created
 */
export async function startContainer(
  slot: ContainerSlot,
  container: Container,
  around: Surroundings,
  context: KubeletContext,
  tell: TellEvent,
  signal: AbortSignal,
): Promise<ContainerRun> {
  const { engine } = context;
  const image = await imageOf(container, around.pod, context, tell, signal);
  const spec = await configured(slot, container, image, around, context, tell);
  signal.throwIfAborted();
  let state = await engine.create(spec).catch((error: unknown) => {
    if (!(error instanceof EngineError)) throw error;
    tell('Warning', 'Failed', `Error: ${daemonWords(error)}`);
    throw new StartFailure('CreateContainerError', daemonWords(error));
  });
  const dropped = slot.previous;
  if (dropped !== undefined) await engine.remove(dropped.id).catch(ignoreRefusal);
  const run: ContainerRun = {
    id: state.id,
    specHash: specHashOf(container),
    image: imageName(container.image, image),
    imageId: image.id,
    attempt: slot.run === undefined ? 0 : slot.run.attempt + 1,
    state,
    startError: undefined,
    terminationMessage: undefined,
    endedAt: undefined,
  };
  slot.previous = slot.run;
  slot.run = run;
  tell('Normal', 'Created', `Created container: ${container.name}`);
  try {
    await engine.start(state.id);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    run.startError = error.message;
    run.state = engine.container(state.id) ?? state;
    const message = (which: string) => `failed to start container "${which}": ${daemonWords(error)}`;
    // The Event has the name, so that those of all attempts are one.
    tell('Warning', 'Failed', `Error: ${message(container.name)}`);
    throw new StartFailure('RunContainerError', message(state.id), 0);
  }
  state = engine.container(state.id) ?? state;
  run.state = state;
  slot.waiting = undefined;
  tell('Normal', 'Started', `Started container ${container.name}`);
  return run;
}

/** Where a container leaves its last words, on the node. */
export function terminationLog(folder: string, container: string): string {
  return path.join(folder, 'containers', container, 'termination-log');
}

async function imageOf(
  container: Container,
  { metadata }: KubeObject,
  { engine, pullBackOff }: KubeletContext,
  tell: TellEvent,
  signal: AbortSignal,
): Promise<Image> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const ensured = ensureImage(container, `${metadata.uid}_${container.image}`, engine, pullBackOff, tell);
    return await Promise.race([ensured, aborted]);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    tell('Warning', 'Failed', `Error: ${error.reason}`);
    throw new StartFailure(error.reason, error.message, error.retryMs);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function configured(
  slot: ContainerSlot,
  container: Container,
  image: Image,
  { pod, sandbox, volumes, files, folder }: Surroundings,
  { store, hostAddress, allocatable }: KubeletContext,
  tell: TellEvent,
): Promise<ContainerSpec> {
  const { namespace = 'default', name, uid = '' } = pod.metadata;
  try {
    const env = containerEnv(pod, container, store, { address: sandbox.address, hostAddress, allocatable });
    const words = (list: readonly string[] | undefined) =>
      list === undefined || list.length === 0 ? undefined : list.map((word) => expand(word, env));
    const mounts = await volumes.mountsOf(container, env);
    const attempt = slot.run === undefined ? 0 : slot.run.attempt + 1;
    return {
      name: `k8s_${container.name}_${name}_${namespace}_${uid}_${attempt}`,
      image: image.id,
      command: words(container.command),
      args: words(container.args),
      env,
      workdir: container.workingDir || undefined,
      user: userOf(pod, container, image),
      labels: {
        'io.kubernetes.container.name': container.name,
        'io.kubernetes.docker.type': 'container',
        'io.kubernetes.pod.name': name,
        'io.kubernetes.pod.namespace': namespace,
        'io.kubernetes.pod.uid': uid,
      },
      hostname: hostnameOf(pod),
      mounts: [
        ...mounts,
        ...files.filter(({ target }) => !mounts.some((mount) => mount.target === target)),
        await terminationMount(container, folder),
      ],
      readOnlyRoot: container.securityContext?.readOnlyRootFilesystem ?? false,
      networkOf: sandbox.pid,
      address: sandbox.address,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell('Warning', 'Failed', `Error: ${message}`);
    throw new StartFailure('CreateContainerConfigError', message);
  }
}

/** @throws where it must not be root and is: pkg/kubelet/kuberuntime verifyRunAsNonRoot */
function userOf(pod: KubeObject, { name, securityContext = {} }: Container, image: Image): string | undefined {
  const ofPod = (pod['spec'] as PodSpec).securityContext ?? {};
  const { runAsUser, runAsGroup, runAsNonRoot } = { ...ofPod, ...securityContext };
  const podName = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
  if (runAsNonRoot && runAsUser === 0) {
    throw new Error(`container's runAsUser breaks non-root policy (pod: "${podName}", container: ${name})`);
  }
  if (runAsNonRoot && runAsUser === undefined) {
    const user = image.config.user.split(':')[0] ?? '';
    if (user === '' || user === '0' || user === 'root') {
      throw new Error(`container has runAsNonRoot and image will run as root (pod: "${podName}", container: ${name})`);
    }
  }
  if (runAsUser === undefined) return undefined;
  return runAsGroup === undefined ? String(runAsUser) : `${runAsUser}:${runAsGroup}`;
}

async function terminationMount(container: Container, folder: string): Promise<Mount> {
  const source = terminationLog(folder, container.name);
  await mkdir(path.dirname(source), { recursive: true });
  await writeFile(source, '', { mode: 0o666 });
  return { source, target: container.terminationMessagePath ?? '/dev/termination-log', readOnly: false };
}

/** The name of an image that the status tells: that of the spec, with its tag. */
function imageName(wanted: string, image: Image): string {
  const tagged = `${wanted}:latest`;
  return image.references.find((name) => name === wanted || name === tagged) ?? image.references[0] ?? wanted;
}

/** What is gone needs no removing. */
export function ignoreRefusal(error: unknown): void {
  if (!(error instanceof EngineError)) throw error;
}
