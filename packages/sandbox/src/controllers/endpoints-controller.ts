import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import { matches } from './label-selector.ts';
import { controllerReference, keyOf, nameOf } from './owned-objects.ts';
import { isReady } from './pod-state.ts';
import { WorkQueue } from './work-queue.ts';

const SERVICES = 'services';
const ENDPOINTS = 'endpoints';
const SLICES = 'endpointslices.discovery.k8s.io';
const MANAGER = 'kube-controller-manager';

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

interface EndpointPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** A pod that a Service leads to, and the ports at which it does. */
interface Backend {
  readonly pod: KubeObject;
  readonly address: string;
  /** Its own name in the Service, which it asks for by its subdomain. */
  readonly hostname: string | undefined;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly ports: readonly EndpointPort[];
}

/** Tells where the Services lead to, as Endpoints and as EndpointSlices: pkg/controller/endpoint and endpointslice. */
export class EndpointsController implements Disposable {
  readonly #store: ObjectStore;
  readonly #queue = new WorkQueue((key) => this.#sync(key));
  readonly #listening = new DisposableStack();

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#listening.use(this.#queue);
    this.#listening.use(store.listen([SERVICES], (_change, service) => this.#queue.add(keyOf(service))));
    this.#listening.use(
      store.listen(['pods'], (_change, pod, before) => {
        for (const service of store.list(SERVICES, pod.metadata.namespace)) {
          if (selects(service, pod) || (before !== undefined && selects(service, before))) {
            this.#queue.add(keyOf(service));
          }
        }
      }),
    );
    for (const service of store.list(SERVICES)) this.#queue.add(keyOf(service));
  }

  [Symbol.dispose](): void {
    this.#listening.dispose();
  }

  #sync(key: string): void {
    const service = this.#store.get(nameOf(SERVICES, key));
    if (service === undefined) {
      this.#remove(key);
      return;
    }
    if (service['spec']?.selector === undefined || service.metadata.deletionTimestamp !== undefined) return;
    const pods = this.#store.list('pods', service.metadata.namespace).filter((pod) => selects(service, pod));
    const backends = pods.flatMap((pod) => backendOf(service, pod) ?? []);
    try {
      this.#writeEndpoints(service, backends);
      this.#writeSlice(service, backends);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error; // its namespace ends
    }
  }

  #remove(key: string): void {
    const { namespace, name } = nameOf(ENDPOINTS, key);
    if (this.#store.get({ resource: ENDPOINTS, namespace, name }) !== undefined) {
      this.#store.delete({ resource: ENDPOINTS, namespace, name });
    }
    // EndpointSlices are owned by their Service: they are the garbage collector's
  }

  #writeEndpoints(service: KubeObject, backends: readonly Backend[]): void {
    const { namespace = 'default', name, labels } = service.metadata;
    const kept = backends.filter(({ terminating, ready }) => !terminating || ready);
    const subsets = subsetsOf(kept);
    const isHeadless = service['spec'].clusterIP === 'None';
    const marks = isHeadless ? { 'service.kubernetes.io/headless': '' } : {};
    this.#put(ENDPOINTS, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace, labels: { ...labels, ...marks } },
      ...(subsets.length > 0 && { subsets }),
    });
  }

  #writeSlice(service: KubeObject, backends: readonly Backend[]): void {
    const { namespace = 'default', name, labels } = service.metadata;
    const found = this.#store
      .list(SLICES, namespace)
      .find(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
    this.#put(SLICES, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: found?.metadata.name ?? '',
        ...(found === undefined && { generateName: `${name}-` }),
        namespace,
        labels: {
          ...labels,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': name,
        },
        ownerReferences: [controllerReference(service)],
      },
      addressType: 'IPv4',
      endpoints: backends.map(({ pod, address, hostname, ready, terminating }) => ({
        addresses: [address],
        ...(hostname !== undefined && { hostname }),
        conditions: { ready: ready && !terminating, serving: ready, terminating },
        nodeName: pod['spec'].nodeName,
        targetRef: targetOf(pod),
      })),
      ports: backends[0]?.ports.map((port) => ({ name: '', ...port })) ?? [],
    });
  }

  #put(resource: string, object: KubeObject): void {
    const { namespace, name, labels } = object.metadata;
    const target = { resource, namespace, name };
    if (name === '' || this.#store.get(target) === undefined) {
      this.#store.create(resource, object);
      return;
    }
    this.#store.modify(
      target,
      (before) => {
        const { subsets: _subsets, ...rest } = before;
        const kept = resource === ENDPOINTS ? rest : before;
        return { ...kept, ...object, metadata: { ...before.metadata, ...(labels && { labels }) } } as KubeObject;
      },
      MANAGER,
    );
  }
}

function selects(service: KubeObject, pod: KubeObject): boolean {
  const selector = service['spec']?.selector;
  return selector !== undefined && matches({ matchLabels: selector }, pod.metadata.labels);
}

function backendOf(service: KubeObject, pod: KubeObject): Backend | undefined {
  const { status, metadata } = pod;
  const address: string | undefined = status?.podIP;
  if (!address || status.phase === 'Succeeded' || status.phase === 'Failed') return undefined;
  const terminating = metadata.deletionTimestamp !== undefined;
  const servicePorts: ServicePort[] = service['spec'].ports ?? [];
  const ports = servicePorts.flatMap((port) => endpointPort(port, pod) ?? []);
  if (ports.length === 0 && servicePorts.length > 0) return undefined;
  const ready = service['spec'].publishNotReadyAddresses === true || (isReady(pod) && !terminating);
  const { hostname, subdomain } = pod['spec'];
  const isNamed = Boolean(hostname) && subdomain === service.metadata.name;
  return { pod, address, hostname: isNamed ? hostname : undefined, ready, terminating, ports };
}

/** Undefined where the pod has no port of that name: pkg/api/v1/pod FindPort. */
function endpointPort(service: ServicePort, pod: KubeObject): EndpointPort | undefined {
  const { name, targetPort = service.port, protocol = 'TCP', appProtocol } = service;
  const containers: { ports?: { name?: string; containerPort: number; protocol?: string }[] }[] =
    pod['spec'].containers ?? [];
  const port =
    typeof targetPort === 'number'
      ? targetPort
      : containers
          .flatMap(({ ports = [] }) => ports)
          .find((each) => each.name === targetPort && (each.protocol ?? 'TCP') === protocol)?.containerPort;
  if (port === undefined) return undefined;
  return { ...(name && { name }), port, protocol, ...(appProtocol && { appProtocol }) };
}

/** Pods with the same ports are one subset. */
function subsetsOf(backends: readonly Backend[]): object[] {
  const groups = Map.groupBy(backends, ({ ports }) => JSON.stringify(ports));
  return [...groups.values()].map((group) => {
    const addressOf = ({ pod, address, hostname }: Backend) => ({
      ip: address,
      ...(hostname !== undefined && { hostname }),
      nodeName: pod['spec'].nodeName,
      targetRef: targetOf(pod),
    });
    const addresses = group.filter(({ ready }) => ready).map(addressOf);
    const notReadyAddresses = group.filter(({ ready }) => !ready).map(addressOf);
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ports: group[0]?.ports ?? [],
    };
  });
}

function targetOf({ metadata }: KubeObject): object {
  return { kind: 'Pod', namespace: metadata.namespace, name: metadata.name, uid: metadata.uid };
}
