import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { isHostAddress } from './local-cluster.ts';

/**
 * Where this machine reaches the ports of the node. A server that is not on loopback is the node itself; one that is, of
 * minikube, is a published port of a container or a tunnel into a machine, and nothing else of the node is reached; Docker
 * Desktop's node has its ports on loopback; else what the Node says of itself has to do.
 */
export function nodeAddress(server: string, product: string, nodes: readonly KubernetesObject[]): string | undefined {
  const { hostname } = new URL(server);
  if (product === 'minikube') return isHostAddress(hostname) ? undefined : hostname;
  if (product === 'docker-desktop') return 'localhost';
  const addresses: { type: string; address: string }[] = nodes.flatMap((node) => node['status']?.addresses ?? []);
  return addresses.find(({ type }) => type === 'InternalIP')?.address;
}
