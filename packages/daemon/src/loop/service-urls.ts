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

/** Ports of databases and brokers, and beginnings of names of ports: what is there speaks no HTTP. */
const NOT_HTTP_PORTS: ReadonlySet<number | string> = new Set([
  1433, 1521, 2181, 2379, 3306, 4222, 5432, 5671, 5672, 6379, 9042, 9092, 11_211, 26_257, 27_017, 27_018, 27_019,
]);
const NOT_HTTP_NAME = /^(tcp|tls|grpc|mysql|postgres|pg|sql|redis|mongo|amqp|kafka|nats|memcache|db)/;

/** Where a browser on this machine finds a service: through forwards first, then as its objects say. Pure. */
export function serviceUrls({ forwards, objects, live, nodeAddress }: UrlSources): ServiceUrl[] {
  const forwarded = forwards
    .filter(({ status, port }) => status === 'listening' && mayBeHttp(port))
    .map(({ local, address }): ServiceUrl => ({ url: `http://${hostOf(address)}:${local}`, through: 'forward' }));
  const exposed = objects.flatMap((object) => {
    if (object.apiVersion === 'v1' && object.kind === 'Service') return urlsOfService(live(object), nodeAddress);
    return object.kind === 'Ingress' ? urlsOfIngress(object) : [];
  });
  return [...forwarded, ...exposed];
}

/** The name that this machine has for itself where a forward listens. */
function hostOf(address: string | undefined): string {
  if (address === undefined || address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

function urlsOfService(service: KubernetesObject | undefined, nodeAddress: string | undefined): ServiceUrl[] {
  const type: string | undefined = service?.['spec']?.type;
  if (type !== 'NodePort' && type !== 'LoadBalancer') return [];
  const all: readonly ServicePort[] = service?.['spec']?.ports ?? [];
  const ports = all.filter(({ name, port, protocol = 'TCP' }) => protocol === 'TCP' && mayBeHttp(name, port));
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

function mayBeHttp(...namesAndNumbers: readonly (string | number | undefined)[]): boolean {
  return namesAndNumbers.every(
    (one) => one === undefined || (typeof one === 'number' ? !NOT_HTTP_PORTS.has(one) : !NOT_HTTP_NAME.test(one)),
  );
}

/** NodePorts of Services that are not reached where the node's address is not. */
export function unreachableNodePorts({ objects, live, nodeAddress }: Omit<UrlSources, 'forwards'>): number[] {
  if (nodeAddress !== undefined) return [];
  return objects.flatMap((object) => {
    const service = object.apiVersion === 'v1' && object.kind === 'Service' ? live(object) : undefined;
    if (service?.['spec']?.type !== 'NodePort') return [];
    const ports: readonly ServicePort[] = service['spec'].ports ?? [];
    return ports.flatMap(({ nodePort }) => nodePort ?? []);
  });
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
