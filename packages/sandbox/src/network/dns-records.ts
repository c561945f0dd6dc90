import type { Answer, Question } from 'dns-packet';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** CoreDNS' kubernetes plugin: seconds. */
const TTL = 30;

export type Verdict = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';

export interface Resolution {
  readonly verdict: Verdict;
  /** Empty with `NOERROR`: the name is there, and has nothing of that type. */
  readonly answers: readonly Answer[];
}

interface Endpoint {
  readonly ip: string;
  readonly hostname?: string;
}

interface Subset {
  readonly addresses?: readonly Endpoint[];
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
}

const NOTHING: Resolution = { verdict: 'NXDOMAIN', answers: [] };

/**
 * What the cluster's DNS answers: Kubernetes' DNS-Based Service Discovery, version 1.1.0. Names outside of the cluster's
 * domain fail: there is no other server to ask.
 */
export function resolve({ name, type }: Question, domain: string, store: ObjectStore): Resolution {
  const lower = name.toLowerCase().replace(/\.$/, '');
  if (lower === domain) return { verdict: 'NOERROR', answers: [] };
  if (!lower.endsWith(`.${domain}`)) return { verdict: 'SERVFAIL', answers: [] };
  const labels = lower.slice(0, -domain.length - 1).split('.');
  const kind = labels.pop();
  const namespace = labels.pop();
  if (namespace === undefined) return kind === 'svc' || kind === 'pod' ? { verdict: 'NOERROR', answers: [] } : NOTHING;
  if (store.get({ resource: 'namespaces', namespace: undefined, name: namespace }) === undefined) return NOTHING;
  if (labels.length === 0) return { verdict: 'NOERROR', answers: [] };
  if (kind === 'pod') return labels.length === 1 ? ofPod(name, type, labels[0] ?? '') : NOTHING;
  if (kind !== 'svc') return NOTHING;
  const service = store.get({ resource: 'services', namespace, name: labels.pop() ?? '' });
  if (service === undefined) return NOTHING;
  return ofService(name, type, labels, service, store, domain);
}

function ofPod(name: string, type: string | undefined, label: string): Resolution {
  const address = label.replaceAll('-', '.');
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) return NOTHING;
  return { verdict: 'NOERROR', answers: type === 'A' ? [a(name, address)] : [] };
}

function ofService(
  name: string,
  type: string | undefined,
  labels: readonly string[],
  service: KubeObject,
  store: ObjectStore,
  domain: string,
): Resolution {
  const { metadata, spec } = service;
  const full = `${metadata.name}.${metadata.namespace}.svc.${domain}`;
  if (spec.type === 'ExternalName') {
    if (labels.length > 0) return NOTHING;
    return { verdict: 'NOERROR', answers: [{ type: 'CNAME', name, ttl: TTL, data: spec.externalName }] };
  }
  const isHeadless = spec.clusterIP === 'None';
  const subsets: Subset[] =
    store.get({ resource: 'endpoints', namespace: metadata.namespace, name: metadata.name })?.['subsets'] ?? [];
  const endpoints = subsets.flatMap(({ addresses = [] }) => addresses);
  const [first, second] = labels;
  if (first === undefined) {
    const addresses = isHeadless ? endpoints.map(({ ip }) => ip) : [spec.clusterIP];
    if (isHeadless && addresses.length === 0) return NOTHING;
    return { verdict: 'NOERROR', answers: type === 'A' ? addresses.map((address) => a(name, address)) : [] };
  }
  if (second !== undefined) {
    return first.startsWith('_') && second.startsWith('_') && labels.length === 2
      ? ofPort(name, type, first.slice(1), second.slice(1), { full, isHeadless, spec, subsets })
      : NOTHING;
  }
  const found = endpoints.filter((endpoint) => isHeadless && hostOf(endpoint) === first);
  if (found.length === 0) return NOTHING;
  return { verdict: 'NOERROR', answers: type === 'A' ? found.map(({ ip }) => a(name, ip)) : [] };
}

interface ServiceNames {
  readonly full: string;
  readonly isHeadless: boolean;
  readonly spec: KubeObject['spec'];
  readonly subsets: readonly Subset[];
}

function ofPort(
  name: string,
  type: string | undefined,
  port: string,
  protocol: string,
  { full, isHeadless, spec, subsets }: ServiceNames,
): Resolution {
  const isIt = (each: { name?: string; protocol?: string }) =>
    each.name === port && (each.protocol ?? 'TCP').toLowerCase() === protocol;
  const servicePorts: { name?: string; protocol?: string; port: number }[] = spec.ports ?? [];
  const targets = isHeadless
    ? subsets.flatMap(({ addresses = [], ports = [] }) =>
        ports
          .filter(isIt)
          .flatMap((each) => addresses.map((one) => ({ port: each.port, host: `${hostOf(one)}.${full}` }))),
      )
    : servicePorts.filter(isIt).map((each) => ({ port: each.port, host: full }));
  if (targets.length === 0) return NOTHING;
  const weight = Math.floor(100 / targets.length);
  const answers = targets.map(({ port: number, host }): Answer => {
    return { type: 'SRV', name, ttl: TTL, data: { priority: 0, weight, port: number, target: host } };
  });
  return { verdict: 'NOERROR', answers: type === 'SRV' ? answers : [] };
}

/** A pod's own name in a headless Service: its hostname, or its address with dashes. */
function hostOf({ ip, hostname }: Endpoint): string {
  return hostname ?? ip.replaceAll('.', '-');
}

function a(name: string, data: string): Answer {
  return { type: 'A', name, ttl: TTL, data };
}
