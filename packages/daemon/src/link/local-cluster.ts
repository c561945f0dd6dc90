import { X509Certificate } from 'node:crypto';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ClusterAddress } from '../kubernetes/kubeconfig.ts';
import type { MinikubeProfile } from '../minikube/minikube.ts';

/** What a context was recognised as. */
export interface LocalCluster {
  /** For the user: minikube, docker-desktop, … or `named by the config`. */
  readonly product: string;
  /** False for one that only the config vouches for. */
  readonly isLocal: boolean;
  /** The minikube profile, where it is one that keeps its engine in the node. */
  readonly profile: MinikubeProfile | undefined;
}

/**
 * Products whose API server listens on this machine. All three must fit: the address, the subject of the CA, and the
 * name that the product gives its context. An address alone may be a tunnel to anywhere.
 */
const HOST_PRODUCTS = [
  { product: 'docker-desktop', context: /^docker-(for-)?desktop$/, ca: /^(kubernetes|docker)/i },
  { product: 'colima', context: /^colima(-|$)/, ca: /^k3s-server-ca/ },
  { product: 'rancher-desktop', context: /^rancher-desktop$/, ca: /^k3s-server-ca/ },
  { product: 'orbstack', context: /^orbstack$/, ca: /^(k3s-server-ca|kubernetes|orbstack)/i },
] as const;

const HOST_ADDRESS = /^(localhost|127(\.\d+){3}|\[::1\]|kubernetes\.docker\.internal|host\.docker\.internal)$/;

/** Whether a host name or address is this machine itself. */
export function isHostAddress(hostname: string): boolean {
  return HOST_ADDRESS.test(hostname);
}

/**
 * Recognises a local cluster by its identity: the address that minikube knows for one of its profiles, or address, CA
 * and context name of a product that runs on this machine.
 *
 * @param named whether the config names this context, which allows any
 * @throws DevloopError `cluster/not-local`
 */
export function recogniseCluster(
  address: ClusterAddress,
  profiles: readonly MinikubeProfile[],
  named: boolean,
): LocalCluster {
  const { hostname, host, port } = new URL(address.server);
  const authority = port === '' ? `${hostname}:443` : host;
  const onThisMachine = isHostAddress(hostname);
  const subject = caSubject(address.ca);
  const profile = profiles.find(({ name, servers, ca }) => {
    const isOwnCa = ca === undefined ? undefined : sameCertificate(ca, address.ca);
    // On macOS and Windows the API server is on loopback, where a tunnel to anywhere could be as well: there only the
    // CA of this machine's own minikube proves whose cluster it is.
    return servers.includes(authority) ? isOwnCa !== false : onThisMachine && name === address.cluster && isOwnCa;
  });
  if (profile !== undefined) {
    const product = profile.driver === 'sandbox' ? 'sandbox' : 'minikube'; // devloop's own, found as minikube's are
    return { product, isLocal: true, profile: profile.driver === 'none' ? undefined : profile };
  }
  const product = HOST_PRODUCTS.find(({ context, ca }) => context.test(address.context) && ca.test(subject));
  if (onThisMachine && product !== undefined) return { product: product.product, isLocal: true, profile: undefined };
  if (named) return { product: 'named by the config', isLocal: false, profile: undefined };
  throw new DevloopError(
    'cluster/not-local',
    `The context "${address.context}" (${address.server}) is not a local cluster that devloop knows, so nothing was touched.`,
    `Switch to a local one: kubectl config use-context minikube. If this is the one you mean, name it in devloop.yaml: cluster: { context: ${address.context} }`,
  );
}

function sameCertificate(a: string, b: string | undefined): boolean {
  try {
    return b !== undefined && new X509Certificate(a).fingerprint256 === new X509Certificate(b).fingerprint256;
  } catch {
    return false; // not a certificate: then it proves nothing
  }
}

/** The common name of a CA certificate's subject; '' where there is none to read. */
function caSubject(ca: string | undefined): string {
  if (ca === undefined) return '';
  try {
    return /^CN=(.*)$/m.exec(new X509Certificate(ca).subject)?.[1] ?? '';
  } catch {
    return ''; // not a certificate: then it proves nothing
  }
}
