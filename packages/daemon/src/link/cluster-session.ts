import type { ClusterLink } from '@devloop/shared/protocol/snapshot';
import { ImageBuilds } from '../build/image-builds.ts';
import type { ImageEngine } from '../build/image-engine.ts';
import type { ImageWay, RegistryAddress } from '../build/image-way.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { ApiClient } from '../kubernetes/api-client.ts';
import { ClusterView } from '../kubernetes/cluster-view.ts';
import { Discovery } from '../kubernetes/discovery.ts';
import { readKubeconfig } from '../kubernetes/kubeconfig.ts';
import { KubernetesObjects } from '../kubernetes/kubernetes-objects.ts';
import { minikubeEngine, minikubeProfiles } from '../minikube/minikube.ts';
import { chooseWay } from './choose-way.ts';
import { type LocalCluster, recogniseCluster } from './local-cluster.ts';
import { nodeAddress } from './node-address.ts';
import { ensureNamespace } from './session-namespace.ts';

/** Which cluster a project is developed on. */
export interface ClusterChoice {
  readonly context: string | undefined;
  readonly namespace: string | undefined;
  /** Undefined: the project names none. */
  readonly registry: RegistryAddress | undefined;
}

/**
 * Everything that was learned about one cluster, with open connections to its API server and its engine. What was
 * learned is never mended: when the cluster is lost, the session is closed and a new one learns everything anew.
 */
export interface ClusterSession extends AsyncDisposable {
  readonly api: ApiClient;
  readonly objects: KubernetesObjects;
  readonly view: ClusterView;
  /** Builds; the nodes run it too, unless images go by a registry. */
  readonly engine: ImageEngine;
  readonly way: ImageWay;
  readonly builds: ImageBuilds;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Address at which this machine reaches the ports of the node, where that is known. */
  readonly nodeAddress: string | undefined;
  /** The nodes' processors, as Kubernetes calls them, where all have the same: `amd64`. */
  readonly architecture: string | undefined;
  readonly link: Extract<ClusterLink, { is: 'connected' }>;
  /** Aborted when the session is closed. */
  readonly signal: AbortSignal;
}

/**
 * Finds the cluster, makes sure that it is local or meant, and connects to it and to its engine.
 *
 * @param onLost told once when the API server no longer answers
 * @throws DevloopError of the rooms cluster and engine
 */
export async function openSession(
  choice: ClusterChoice,
  onLost: (error: unknown) => void,
  signal: AbortSignal,
): Promise<ClusterSession> {
  const [address, profiles] = await Promise.all([readKubeconfig(choice.context, signal), minikubeProfiles(signal)]);
  const cluster = recogniseCluster(address, profiles, choice.context !== undefined);
  await using opened = new AsyncDisposableStack();
  const api = opened.use(new ApiClient(address));
  // API server and engine are asked at once: neither needs what the other says.
  const nodes = api.json<{ items: KubernetesObject[] }>('/api/v1/nodes', { signal }).then(({ items }) => items);
  const reachedAt = nodes.then((items) => nodeAddress(address.server, cluster.product, items));
  const { registry } = choice;
  const choosing = chooseWay({ cluster, nodes, api, registry, nodeAddress: reachedAt, env: process.env }, signal);
  for (const asked of [reachedAt, choosing]) asked.catch(() => undefined); // told where it is waited for
  opened.defer(() =>
    choosing.then(
      ({ engine }) => engine[Symbol.asyncDispose](),
      () => undefined,
    ),
  );
  const version = await serverVersion(api, cluster, signal);
  const { engine, way } = await choosing;
  const namespace = choice.namespace ?? address.namespace;
  await ensureNamespace(api, namespace, signal);

  const discovery = new Discovery(api);
  let lost = false;
  const view = opened.use(
    new ClusterView(api, discovery, (error) => {
      if (lost) return;
      lost = true;
      onLost(error);
    }),
  );
  await view.follow(namespace, signal);
  const controller = new AbortController();
  opened.defer(() => controller.abort(new Error('the cluster session was closed')));
  const kept = opened.move();
  return {
    api,
    objects: new KubernetesObjects(api, discovery),
    view,
    engine,
    way,
    builds: new ImageBuilds(engine),
    namespace,
    nodeAddress: await reachedAt,
    architecture: sharedArchitecture(await nodes),
    signal: controller.signal,
    link: {
      is: 'connected',
      context: address.context,
      namespace,
      server: address.server,
      version,
      product: cluster.product,
      engine: {
        address: engine.description.address,
        version: engine.description.version,
        builder: engine.description.builder,
        because: engine.description.because,
      },
      ...(way.registry === undefined ? {} : { registry: way.registry }),
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function sharedArchitecture(nodes: readonly KubernetesObject[]): string | undefined {
  const names = new Set<string | undefined>(nodes.map((node) => node['status']?.nodeInfo?.architecture));
  return names.size === 1 ? [...names][0] : undefined;
}

async function serverVersion(api: ApiClient, cluster: LocalCluster, signal: AbortSignal): Promise<string> {
  try {
    return (await api.json<{ gitVersion: string }>('/version', { signal })).gitVersion;
  } catch (error) {
    // A stopped minikube is better told by minikube, with its own remedy, than by a refused connection.
    if (cluster.profile !== undefined) await minikubeEngine(cluster.profile, signal);
    throw error;
  }
}
