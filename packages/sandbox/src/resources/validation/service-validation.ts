import type { KubeObject } from '../../ports/kube-object.ts';
import type { Fields } from '../schema/fields.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from '../status-errors.ts';
import { portName, portRange } from './container-validation.ts';
import { dns1123Label, dns1123Subdomain } from './names.ts';
import { oneOf } from './pod-validation.ts';

/** kubernetes' `ValidateService`, without what needs the other Services: see `service-allocator.ts`. */
export function validateService({ spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const isHeadless = spec.clusterIP === 'None';
  oneOf(spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'], 'spec.type', errors);
  if (spec.type === 'ExternalName') {
    if (!spec.externalName) errors.push(required('spec.externalName'));
    else
      errors.push(
        ...dns1123Subdomain(spec.externalName).map((why) => invalid('spec.externalName', spec.externalName, why)),
      );
  } else if ((spec.ports ?? []).length === 0 && !isHeadless) {
    errors.push(required('spec.ports'));
  }
  if (isHeadless && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  oneOf(spec.sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity', errors);
  oneOf(spec.internalTrafficPolicy, ['Cluster', 'Local'], 'spec.internalTrafficPolicy', errors);
  errors.push(...validatePorts(spec.ports ?? []));
  return errors;
}

function validatePorts(ports: readonly Fields[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    const name = port['name'] ?? '';
    if (name === '') {
      if (ports.length > 1) errors.push(required(`${at}.name`));
    } else {
      errors.push(...dns1123Label(name).map((why) => invalid(`${at}.name`, name, why)));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    errors.push(...portRange(port['port'] ?? 0, `${at}.port`));
    if (!['SCTP', 'TCP', 'UDP'].includes(port['protocol'])) {
      errors.push(notSupported(`${at}.protocol`, port['protocol'], ['SCTP', 'TCP', 'UDP']));
    }
    const target = port['targetPort'];
    if (typeof target === 'number') errors.push(...portRange(target, `${at}.targetPort`));
    else if (typeof target === 'string') {
      errors.push(...portName(target).map((why) => invalid(`${at}.targetPort`, target, why)));
    }
    const key = `${port['protocol']}/${port['port']}`;
    if (seen.has(key)) errors.push(duplicate(at, { port: port['port'], protocol: port['protocol'] }));
    seen.add(key);
  }
  return errors;
}
