import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';

export interface Backend {
  readonly address: string;
  readonly port: number;
}

/** An address and port at which a Service is reached, and where it leads. */
export interface Frontend {
  /** `0.0.0.0` for a port of the node. */
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly isNodePort: boolean;
  /** The same client goes to the same pod. */
  readonly isSticky: boolean;
  /** Only those that are ready. */
  readonly backends: readonly Backend[];
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly nodePort?: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

interface Subset {
  readonly addresses?: readonly { readonly ip: string }[];
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
}

/** Everything that the Services of the cluster listen on, by a key of its own: what kube-proxy makes its rules from. */
export function serviceTable(store: ObjectStore): Map<string, Frontend> {
  const table = new Map<string, Frontend>();
  for (const service of store.list('services')) {
    for (const frontend of frontendsOf(service, store)) {
      table.set(`${frontend.address} ${frontend.port} ${frontend.protocol}`, frontend);
    }
  }
  return table;
}

function frontendsOf(service: KubeObject, store: ObjectStore): Frontend[] {
  const { namespace, name } = service.metadata;
  const { clusterIP, type, sessionAffinity, ports = [] } = service['spec'] ?? {};
  if (!clusterIP || clusterIP === 'None' || type === 'ExternalName') return [];
  const subsets: Subset[] = store.get({ resource: 'endpoints', namespace, name })?.['subsets'] ?? [];
  return (ports as readonly ServicePort[]).flatMap((port) => {
    const { protocol = 'TCP', nodePort } = port;
    if (protocol === 'SCTP') return [];
    const common = { protocol, isSticky: sessionAffinity === 'ClientIP', backends: backendsOf(port, subsets) };
    const frontends: Frontend[] = [{ ...common, address: clusterIP, port: port.port, isNodePort: false }];
    if (nodePort) frontends.push({ ...common, address: '0.0.0.0', port: nodePort, isNodePort: true });
    return frontends;
  });
}

function backendsOf({ name = '', protocol = 'TCP' }: ServicePort, subsets: readonly Subset[]): Backend[] {
  return subsets.flatMap(({ addresses = [], ports = [] }) => {
    const port = ports.find((each) => (each.name ?? '') === name && (each.protocol ?? 'TCP') === protocol)?.port;
    return port === undefined ? [] : addresses.map(({ ip }) => ({ address: ip, port }));
  });
}
