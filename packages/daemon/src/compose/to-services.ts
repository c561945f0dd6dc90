import type { ExposedPort } from '../deploy/generate-manifests.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { objectName } from './service-names.ts';
import { type ComposePort, type Fields, isFields, listOf, portsOf, textOf } from './short-forms.ts';

/** A port of a container, by a name that Kubernetes can have. */
export interface NamedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** All ports of a container: those asked for, those exposed to others, those of its image. */
export function containerPorts(
  asked: readonly ComposePort[],
  expose: readonly unknown[],
  exposed: readonly ExposedPort[],
): NamedPort[] {
  const inside = expose.flatMap((item) => portsOf(item) ?? []);
  const all = [
    ...[...asked, ...inside].map(({ target, protocol, name }) => ({ port: target, protocol, name })),
    ...exposed.map(({ port, protocol }) => ({ port, protocol, name: undefined })),
  ];
  const distinct = all.filter(
    ({ port, protocol }, index) => all.findIndex((one) => one.port === port && one.protocol === protocol) === index,
  );
  return distinct.map(({ port, protocol, name }) => ({
    name:
      objectName(name ?? '')
        ?.slice(0, 15)
        .replace(/-+$/, '') ?? `${protocol.toLowerCase()}-${port}`,
    port,
    protocol,
  }));
}

/** A name that others may reach a service by, and the key that says so. */
export interface ReachedAs {
  readonly name: string;
  readonly key: 'container_name' | 'hostname' | 'networks';
}

/** Names that a service is given beside its own. */
export function reachedAs(service: Fields): ReachedAs[] {
  const networks = isFields(service['networks']) ? Object.values(service['networks']) : [];
  const aliases = networks.flatMap((network) => (isFields(network) ? listOf(network['aliases']) : []));
  const given: [ReachedAs['key'], unknown][] = [
    ['container_name', service['container_name']],
    ['hostname', service['hostname']],
    ...aliases.map((alias): [ReachedAs['key'], unknown] => ['networks', alias]),
  ];
  return given.flatMap(([key, value]) => {
    const name = textOf(value);
    return name === undefined ? [] : [{ key, name }];
  });
}

/** A name of compose as that of a Service, which has neither `_` nor dots; undefined where nothing of it can stay. */
export function reachableName(name: string): string | undefined {
  return objectName(name.split('.')[0] ?? '');
}

/**
 * A Service for each name that others reach it by. Where no port is known it has no address of its own and leads to the
 * pods' addresses, at which every port is reached.
 */
export function toServices(
  object: string,
  service: Fields,
  labels: Readonly<Record<string, string>>,
  ports: readonly NamedPort[],
  links: readonly string[],
): KubernetesObject[] {
  const names = [object, ...reachedAs(service).map(({ name }) => name), ...links].flatMap(
    (name) => reachableName(name) ?? [],
  );
  const spec =
    ports.length === 0
      ? { clusterIP: 'None', selector: labels }
      : {
          selector: labels,
          ports: ports.map(({ name, port, protocol }) => ({ name, port, targetPort: name, protocol })),
        };
  return [...new Set(names)].map((name) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec }));
}
