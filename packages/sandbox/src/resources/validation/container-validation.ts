import { quantityValue } from '../quantity.ts';
import type { Fields } from '../schema/fields.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notFoundValue,
  notSupported,
  required,
} from '../status-errors.ts';
import { dns1123Label, envName } from './names.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

/** Containers of a pod; kubernetes' `validateContainers` and `validateInitContainers`. */
export function validateContainers(
  containers: readonly Fields[] | undefined,
  at: string,
  volumes: ReadonlySet<string>,
  role: 'main' | 'init',
): FieldError[] {
  if (containers === undefined || containers.length === 0) return role === 'main' ? [required(at)] : [];
  const names = new Set<string>();
  return containers.flatMap((container, index) => {
    const path = `${at}[${index}]`;
    const errors: FieldError[] = [];
    const name = container['name'] ?? '';
    if (name === '') errors.push(required(`${path}.name`));
    else errors.push(...dns1123Label(name).map((why) => invalid(`${path}.name`, name, why)));
    if (names.has(name) && name !== '') errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    const image = container['image'] ?? '';
    if (image === '') errors.push(required(`${path}.image`));
    else if (image.trim() !== image) {
      errors.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
    }
    errors.push(...validatePorts(container['ports'] ?? [], `${path}.ports`));
    errors.push(...validateEnv(container['env'] ?? [], `${path}.env`));
    errors.push(...validateMounts(container['volumeMounts'] ?? [], volumes, `${path}.volumeMounts`));
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (container[probe] === undefined) continue;
      if (role === 'init' && container['restartPolicy'] !== 'Always') {
        errors.push(forbidden(`${path}.${probe}`, 'may not be set for init containers without restartPolicy=Always'));
        continue;
      }
      errors.push(...validateProbe(container[probe], `${path}.${probe}`, probe !== 'readinessProbe'));
    }
    const policy = container['imagePullPolicy'];
    if (policy !== undefined && !PULL_POLICIES.includes(policy)) {
      errors.push(notSupported(`${path}.imagePullPolicy`, policy, PULL_POLICIES));
    }
    errors.push(...validateResources(container['resources'], `${path}.resources`));
    return errors;
  });
}

/** `must be between 1 and 65535, inclusive`. */
export function portRange(port: unknown, at: string): FieldError[] {
  const fits = typeof port === 'number' && port >= 1 && port <= 65_535;
  return fits ? [] : [invalid(at, port, 'must be between 1 and 65535, inclusive')];
}

const PORT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Names by which Services and probes find a port. */
export function portName(name: string): string[] {
  return [
    ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(PORT_NAME.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ];
}

function validatePorts(ports: readonly Fields[], at: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = `${at}[${index}]`;
    const errors: FieldError[] = [];
    const name = port['name'] ?? '';
    if (name !== '') {
      errors.push(...portName(name).map((why) => invalid(`${path}.name`, name, why)));
      if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
      names.add(name);
    }
    if (port['containerPort'] === undefined || port['containerPort'] === 0)
      errors.push(required(`${path}.containerPort`));
    else errors.push(...portRange(port['containerPort'], `${path}.containerPort`));
    if (port['hostPort']) errors.push(...portRange(port['hostPort'], `${path}.hostPort`));
    if (!PROTOCOLS.includes(port['protocol'])) {
      errors.push(notSupported(`${path}.protocol`, port['protocol'], PROTOCOLS));
    }
    return errors;
  });
}

function validateEnv(variables: readonly Fields[], at: string): FieldError[] {
  return variables.flatMap((variable, index) => {
    const path = `${at}[${index}]`;
    const { name = '', value, valueFrom } = variable;
    const errors =
      name === '' ? [required(`${path}.name`)] : envName(name).map((why) => invalid(`${path}.name`, name, why));
    if (valueFrom === undefined) return errors;
    if (value) errors.push(invalid(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    const sources = Object.keys(valueFrom);
    if (sources.length === 0) {
      errors.push(
        invalid(
          `${path}.valueFrom`,
          '',
          'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
        ),
      );
    } else if (sources.length > 1) {
      errors.push(invalid(`${path}.valueFrom`, '', 'may not have more than one field specified at a time'));
    }
    for (const source of ['configMapKeyRef', 'secretKeyRef']) {
      const reference = valueFrom[source];
      if (reference === undefined) continue;
      if (!reference.name) errors.push(required(`${path}.valueFrom.${source}.name`));
      if (!reference.key) errors.push(required(`${path}.valueFrom.${source}.key`));
    }
    return errors;
  });
}

function validateMounts(mounts: readonly Fields[], volumes: ReadonlySet<string>, at: string): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const path = `${at}[${index}]`;
    const errors: FieldError[] = [];
    if (!mount['name']) errors.push(required(`${path}.name`));
    else if (!volumes.has(mount['name'])) errors.push(notFoundValue(`${path}.name`, mount['name']));
    const target = mount['mountPath'] ?? '';
    if (target === '') errors.push(required(`${path}.mountPath`));
    else if (paths.has(target)) errors.push(invalid(`${path}.mountPath`, target, 'must be unique'));
    paths.add(target);
    return errors;
  });
}

function validateProbe(probe: Fields, at: string, once: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const [first, second] = HANDLERS.filter((handler) => probe[handler] !== undefined);
  if (first === undefined) errors.push(required(at, 'must specify a handler type'));
  if (second !== undefined) errors.push(forbidden(`${at}.${second}`, 'may not specify more than 1 handler type'));
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ]) {
    if ((probe[field] ?? 0) < 0) {
      errors.push(invalid(`${at}.${field}`, probe[field], 'must be greater than or equal to 0'));
    }
  }
  const port = probe['httpGet']?.port ?? probe['tcpSocket']?.port;
  if (typeof port === 'number' && first !== undefined) errors.push(...portRange(port, `${at}.${first}.port`));
  if (once && probe['successThreshold'] !== 1) {
    errors.push(invalid(`${at}.successThreshold`, probe['successThreshold'], 'must be 1'));
  }
  return errors;
}

function validateResources(resources: Fields | undefined, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ['limits', 'requests']) {
    for (const [name, quantity] of Object.entries(resources?.[list] ?? {})) {
      if ((quantityValue(String(quantity)) ?? 0) < 0) {
        errors.push(invalid(`${at}.${list}[${name}]`, quantity, 'must be greater than or equal to 0'));
      }
    }
  }
  for (const [name, request] of Object.entries(resources?.['requests'] ?? {})) {
    const limit = resources?.['limits']?.[name];
    if (limit !== undefined && (quantityValue(String(request)) ?? 0) > (quantityValue(limit) ?? 0)) {
      errors.push(invalid(`${at}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`));
    }
  }
  return errors;
}
