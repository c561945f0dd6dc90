import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { z } from '@devloop/shared/zod';
import { parse } from 'yaml';
import type { RegistryAddress } from '../build/image-way.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';

/** KEP-1755: how a local cluster says which registry its nodes pull from. */
const HOSTING = { namespace: 'kube-public', name: 'local-registry-hosting', key: 'localRegistryHosting.v1' };
const Hosting = z.object({
  host: z.string().min(1).optional(),
  hostFromContainerRuntime: z.string().min(1).optional(),
});

/** The Service of minikube's registry addon, and the port of the node on which its proxy has it. */
const ADDON = { namespace: 'kube-system', name: 'registry', label: 'kubernetes.io/minikube-addons', port: 5000 };

/**
 * The registry that a cluster has of its own, where it says so: by the ConfigMap of KEP-1755, or as minikube's addon.
 *
 * @param nodeAddress where this machine reaches the ports of the node, if it does
 * @throws DevloopError of the room cluster
 */
export async function findRegistry(
  api: ApiClient,
  nodeAddress: string | undefined,
  signal: AbortSignal,
): Promise<RegistryAddress | undefined> {
  const [hosting, addon] = await Promise.all([
    find(api, `/api/v1/namespaces/${HOSTING.namespace}/configmaps/${HOSTING.name}`, signal),
    find(api, `/api/v1/namespaces/${ADDON.namespace}/services/${ADDON.name}`, signal),
  ]);
  return hostedRegistry(hosting) ?? addonRegistry(addon, nodeAddress);
}

/** What the ConfigMap says. Pure. */
export function hostedRegistry(configMap: KubernetesObject | undefined): RegistryAddress | undefined {
  const text: unknown = configMap?.['data']?.[HOSTING.key];
  if (typeof text !== 'string') return undefined;
  const { host, hostFromContainerRuntime } = readHosting(text);
  if (host === undefined) return undefined; // for those who are in the cluster only
  return {
    push: host,
    pull: hostFromContainerRuntime ?? host,
    because: `ConfigMap ${HOSTING.name} in ${HOSTING.namespace}`,
  };
}

/** What minikube's addon stands for. Pure. */
export function addonRegistry(
  service: KubernetesObject | undefined,
  nodeAddress: string | undefined,
): RegistryAddress | undefined {
  if (service?.metadata.labels?.[ADDON.label] !== 'registry' || nodeAddress === undefined) return undefined;
  return {
    push: `${nodeAddress}:${ADDON.port}`,
    pull: `localhost:${ADDON.port}`,
    because: "minikube's registry addon",
  };
}

function readHosting(text: string): z.infer<typeof Hosting> {
  try {
    return Hosting.parse(parse(text));
  } catch (cause) {
    throw new DevloopError(
      'cluster/refused',
      `The ConfigMap ${HOSTING.name} in ${HOSTING.namespace} does not say which registry there is.`,
      'Mend its `host:`, or name the registry yourself: `registry: localhost:5000` in devloop.yaml.',
      { cause },
    );
  }
}

/** The object, or undefined where it is not there or may not be seen. */
async function find(api: ApiClient, path: string, signal: AbortSignal): Promise<KubernetesObject | undefined> {
  try {
    return await api.json<KubernetesObject>(path, { signal });
  } catch (error) {
    if (error instanceof ApiRefusal && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}
