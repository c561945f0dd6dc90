import { randomInt } from 'node:crypto';
import { BlockList } from 'node:net';
import type { KubeObject } from '../ports/kube-object.ts';
import { type FieldError, GoSyntax, invalid } from '../resources/status-errors.ts';

/** Of 10.96.0.0/12: addresses that are chosen come from here up, those that are asked for may be any. */
const FIRST_CHOSEN = 0x0a60_0100;
const LAST = 0x0a6f_fffe;
const NODE_PORTS = { first: 30_000, last: 32_767 };

const cluster = new BlockList();
cluster.addSubnet('10.96.0.0', 12);

/**
 * Gives a Service its address and node ports: those it asks for, those it had, or free ones. Changes it in place.
 *
 * @param others all other Services
 * @returns what it asks for and cannot have
 */
export function allocate(
  service: KubeObject,
  before: KubeObject | undefined,
  others: readonly KubeObject[],
): FieldError[] {
  return [...allocateAddress(service, before, others), ...allocateNodePorts(service, before, others)];
}

function allocateAddress(
  service: KubeObject,
  before: KubeObject | undefined,
  others: readonly KubeObject[],
): FieldError[] {
  const { spec } = service;
  if (spec.type === 'ExternalName') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    return [];
  }
  const had = before?.['spec'].type === 'ExternalName' ? undefined : before?.['spec'].clusterIP;
  const wanted = spec.clusterIP || spec.clusterIPs?.[0] || had;
  if (had !== undefined && wanted !== had) {
    return [invalid('spec.clusterIPs[0]', goStrings([wanted]), 'may not change once set')];
  }
  const taken = new Set(others.map(({ spec }) => spec.clusterIP));
  if (wanted !== undefined && wanted !== 'None' && wanted !== had) {
    const why = !cluster.check(wanted)
      ? `failed to allocate IP ${wanted}: the provided IP (${wanted}) is not in the valid range. The range of valid IPs is 10.96.0.0/12`
      : taken.has(wanted)
        ? `failed to allocate IP ${wanted}: provided IP is already allocated`
        : undefined;
    if (why !== undefined) return [invalid('spec.clusterIPs', goStrings([wanted]), why)];
  }
  spec.clusterIP = wanted ?? freeAddress(taken);
  spec.clusterIPs = [spec.clusterIP];
  return [];
}

function goStrings(values: readonly string[]): GoSyntax {
  return new GoSyntax(`[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`);
}

function freeAddress(taken: ReadonlySet<string>): string {
  for (;;) {
    const number = randomInt(FIRST_CHOSEN, LAST);
    const address = [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.');
    if (!taken.has(address)) return address;
  }
}

function allocateNodePorts(
  service: KubeObject,
  before: KubeObject | undefined,
  others: readonly KubeObject[],
): FieldError[] {
  const { spec } = service;
  const ports: Port[] = spec.ports ?? [];
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') {
    for (const port of ports) delete port.nodePort;
    return [];
  }
  const errors: FieldError[] = [];
  const had: Port[] = before?.['spec'].ports ?? [];
  const taken = new Set(others.flatMap(({ spec }) => (spec.ports ?? []) as Port[]).flatMap(nodePortKey));
  const own = new Set<string>();
  for (const [index, port] of ports.entries()) {
    if (!port.nodePort) {
      const same = had.find((other) => other.port === port.port && other.protocol === port.protocol);
      const isAsked = ports.some((other) => other.nodePort === same?.nodePort);
      if (same?.nodePort !== undefined && !isAsked) port.nodePort = same.nodePort;
      continue;
    }
    const at = `spec.ports[${index}].nodePort`;
    if (port.nodePort < NODE_PORTS.first || port.nodePort > NODE_PORTS.last) {
      const range = `${NODE_PORTS.first}-${NODE_PORTS.last}`;
      const why = `provided port is not in the valid range. The range of valid ports is ${range}`;
      errors.push(invalid(at, port.nodePort, why));
    } else if (nodePortKey(port).some((key) => taken.has(key) || own.has(key))) {
      errors.push(invalid(at, port.nodePort, 'provided port is already allocated'));
    }
    for (const key of nodePortKey(port)) own.add(key);
  }
  for (const port of ports) {
    while (!port.nodePort) {
      const chosen = { ...port, nodePort: randomInt(NODE_PORTS.first, NODE_PORTS.last + 1) };
      const keys = nodePortKey(chosen);
      if (keys.some((key) => taken.has(key) || own.has(key))) continue;
      port.nodePort = chosen.nodePort;
      for (const key of keys) own.add(key);
    }
  }
  return errors;
}

interface Port {
  port: number;
  protocol: string;
  nodePort?: number;
}

/** A port of the node is one per protocol. */
function nodePortKey({ protocol, nodePort }: Port): string[] {
  return nodePort ? [`${protocol}/${nodePort}`] : [];
}
