import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { type ImageWay, type RegistryAddress, SHARED_ENGINE } from '../build/image-way.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { DockerodeImageEngine } from '../docker/dockerode-image-engine.ts';
import { hostEngine } from '../docker/host-engine.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { minikubeEngine } from '../minikube/minikube.ts';
import { findRegistry } from '../registry/find-registry.ts';
import { RegistryWay } from '../registry/registry-way.ts';
import type { LocalCluster } from './local-cluster.ts';

/** The engine that builds, and the way from it to the nodes. */
export interface ChosenWay {
  /** Whose it is who asked: to be disposed of. */
  readonly engine: DockerodeImageEngine;
  readonly way: ImageWay;
}

/** Something that may still be on its way. */
type Coming<T> = T | Promise<T>;

export interface WayInput {
  readonly cluster: LocalCluster;
  /** Undefined: not known, and taken to run the engine. */
  readonly nodes: Coming<readonly KubernetesObject[] | undefined>;
  readonly api: ApiClient;
  /** As the config names it. */
  readonly registry: RegistryAddress | undefined;
  /** Where this machine reaches the ports of the node, if it does. */
  readonly nodeAddress: Coming<string | undefined>;
  /** Says where this machine's engine is, and where docker keeps its credentials. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Decides how images come to the nodes. They are built in the nodes' own engine where that can be reached, else in this
 * machine's; a registry that the config names is always taken, one that the cluster has only where nothing else fits, and
 * never of a cluster that is not local: what is pushed there, others could see.
 *
 * @throws DevloopError of the rooms cluster and engine
 */
export async function chooseWay(input: WayInput, signal: AbortSignal): Promise<ChosenWay> {
  const { cluster, api, nodeAddress, env } = input;
  const own = await nodesEngine(input, signal);
  if (own instanceof DockerodeImageEngine) {
    const way = input.registry === undefined ? SHARED_ENGINE : new RegistryWay(own, input.registry, env);
    return { engine: own, way };
  }
  const registry = input.registry ?? (cluster.isLocal ? await findRegistry(api, await nodeAddress, signal) : undefined);
  if (registry === undefined) throw own;
  const engine = await DockerodeImageEngine.connect(await hostEngine(env, signal), signal);
  return { engine, way: new RegistryWay(engine, registry, env) };
}

/** The engine that the nodes run, or why there is none that images could be built in. */
async function nodesEngine(
  { cluster, nodes, env }: WayInput,
  signal: AbortSignal,
): Promise<DockerodeImageEngine | DevloopError> {
  let engine: DockerodeImageEngine;
  try {
    const { profile } = cluster;
    const address = profile === undefined ? hostEngine(env, signal) : minikubeEngine(profile, signal);
    engine = await DockerodeImageEngine.connect(await address, signal);
  } catch (error) {
    if (error instanceof DevloopError && error.code === 'engine/unavailable') return error;
    throw error;
  }
  await using unused = new AsyncDisposableStack();
  unused.use(engine);
  const { address, version } = engine.description;
  const runtimes = (await nodes)?.map((node) => String(node['status']?.nodeInfo?.containerRuntimeVersion ?? ''));
  if (runtimes?.some((runtime) => runtime.startsWith(runtimeOf(version))) !== false) {
    unused.move();
    return engine;
  }
  // An image that is built in another engine than the one the pods run on would never be found by the kubelet.
  return new DevloopError(
    'engine/unavailable',
    `The nodes run ${[...new Set(runtimes)].join(', ')}, and the engine at ${address} is Docker ${version}: images built there would not be found.`,
    'Use a cluster with Docker as its runtime (minikube start --container-runtime=docker), or a registry that its nodes pull from: `registry: HOST:PORT` in devloop.yaml',
  );
}

/** How a node calls the runtime that an engine of this version is. */
function runtimeOf(engineVersion: string): string {
  return `docker://${engineVersion.replace(/\+.*$/, '')}`;
}
