import type { ForwardSummary, ServiceUrl } from '@devloop/shared/protocol/service-state';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';

export interface UrlSources {
  readonly forwards: readonly ForwardSummary[];
  /** The Services and Ingresses that lead to it, as manifests have them. */
  readonly objects: readonly KubernetesObject[];
  /** A Service as the cluster has it. */
  readonly live: (object: KubernetesObject) => KubernetesObject | undefined;
  readonly nodeAddress: string | undefined;
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly nodePort?: number;
}

/** Where a browser on this machine finds a service: through forwards first, then as its objects say. Pure. */
export function serviceUrls({ forwards, objects, live, nodeAddress }: UrlSources): ServiceUrl[] {
  const forwarded = forwards
    .filter(({ status }) => status === 'listening')
    .map(({ local }): ServiceUrl => ({ url: `http://localhost:${local}`, through: 'forward' }));
  const exposed = objects.flatMap((object) => {
    if (object.apiVersion === 'v1' && object.kind === 'Service') return urlsOfService(live(object), nodeAddress);
    return object.kind === 'Ingress' ? urlsOfIngress(object) : [];
  });
  return [...forwarded, ...exposed];
}

function urlsOfService(service: KubernetesObject | undefined, nodeAddress: string | undefined): ServiceUrl[] {
  const type: string | undefined = service?.['spec']?.type;
  if (type !== 'NodePort' && type !== 'LoadBalancer') return [];
  const all: readonly ServicePort[] = service?.['spec']?.ports ?? [];
  const ports = all.filter(({ protocol }) => protocol === undefined || protocol === 'TCP');
  const ingress: readonly { ip?: string; hostname?: string }[] = service?.['status']?.loadBalancer?.ingress ?? [];
  const balanced = ingress.flatMap(({ ip, hostname }) => hostname ?? ip ?? []);
  if (balanced.length > 0) {
    return balanced.flatMap((host) => ports.map((port) => urlTo(host, port, port.port, 'load-balancer')));
  }
  // A load balancer that never comes, as in minikube without a tunnel, leaves the ports of the node.
  return ports.flatMap((port) =>
    nodeAddress === undefined || port.nodePort === undefined
      ? []
      : urlTo(nodeAddress, port, port.nodePort, 'node-port'),
  );
}

function urlTo(host: string, port: ServicePort, number: number, through: ServiceUrl['through']): ServiceUrl {
  const isSecure = port.port === 443 || port.name === 'https';
  const isDefault = number === (isSecure ? 443 : 80);
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `${isSecure ? 'https' : 'http'}://${name}${isDefault ? '' : `:${number}`}`, through };
}

function urlsOfIngress(ingress: KubernetesObject): ServiceUrl[] {
  const rules: readonly { host?: string }[] = ingress['spec']?.rules ?? [];
  const tls: readonly { hosts?: readonly string[] }[] = ingress['spec']?.tls ?? [];
  const secure = new Set(tls.flatMap(({ hosts }) => hosts ?? []));
  const hosts = new Set(rules.flatMap(({ host }) => (host === undefined || host.includes('*') ? [] : host)));
  return [...hosts].map((host) => ({ url: `${secure.has(host) ? 'https' : 'http'}://${host}`, through: 'ingress' }));
}
