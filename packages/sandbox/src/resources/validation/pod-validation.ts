import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../ports/kube-object.ts';
import type { Fields } from '../schema/fields.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../status-errors.ts';
import { validateContainers } from './container-validation.ts';
import { dns1123Label, dns1123Subdomain } from './names.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/**
 * A pod's or pod template's spec; kubernetes' `ValidatePodSpec`.
 *
 * @param claimed names of volumes that each pod gets besides, of a StatefulSet's claims
 */
export function validatePodSpec(spec: Fields | undefined, at: string, claimed: readonly string[] = []): FieldError[] {
  const fields = spec ?? {};
  const errors: FieldError[] = [];
  const volumes = validateVolumes(fields['volumes'] ?? [], `${at}.volumes`);
  errors.push(...volumes.errors);
  for (const name of claimed) volumes.names.add(name);
  errors.push(...validateContainers(fields['containers'], `${at}.containers`, volumes.names, 'main'));
  errors.push(...validateContainers(fields['initContainers'], `${at}.initContainers`, volumes.names, 'init'));
  const mainNames = (fields['containers'] ?? []).map(({ name }: Fields) => name);
  for (const [index, { name }] of (fields['initContainers'] ?? []).entries()) {
    if (mainNames.includes(name)) errors.push(duplicate(`${at}.initContainers[${index}].name`, name));
  }
  oneOf(fields['restartPolicy'], RESTART_POLICIES, `${at}.restartPolicy`, errors);
  oneOf(fields['dnsPolicy'], DNS_POLICIES, `${at}.dnsPolicy`, errors);
  const deadline = fields['activeDeadlineSeconds'];
  if (deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1)) {
    errors.push(invalid(`${at}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  }
  for (const field of ['serviceAccountName', 'nodeName']) {
    const name = fields[field];
    if (name) errors.push(...dns1123Subdomain(name).map((why) => invalid(`${at}.${field}`, name, why)));
  }
  for (const field of ['hostname', 'subdomain']) {
    const name = fields[field];
    if (name) errors.push(...dns1123Label(name).map((why) => invalid(`${at}.${field}`, name, why)));
  }
  return errors;
}

function validateVolumes(volumes: readonly Fields[], at: string): { errors: FieldError[]; names: Set<string> } {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const path = `${at}[${index}]`;
    const name = volume['name'] ?? '';
    if (name === '') errors.push(required(`${path}.name`));
    else errors.push(...dns1123Label(name).map((why) => invalid(`${path}.name`, name, why)));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    const [first, second] = Object.keys(volume).filter((key) => key !== 'name');
    if (first === undefined) errors.push(required(path, 'must specify a volume type'));
    if (second !== undefined) errors.push(forbidden(`${path}.${second}`, 'may not specify more than 1 volume type'));
    const needed = { hostPath: 'path', configMap: 'name', secret: 'secretName', persistentVolumeClaim: 'claimName' };
    for (const [source, field] of Object.entries(needed)) {
      if (volume[source] !== undefined && !volume[source][field]) errors.push(required(`${path}.${source}.${field}`));
    }
  }
  return { errors, names };
}

/** Adds an error for a value that is none of those; what is not there is somebody else's. */
export function oneOf(value: unknown, supported: readonly string[], at: string, errors: FieldError[]): void {
  if (value === undefined || supported.includes(String(value))) return;
  errors.push(notSupported(at, value, supported));
}

export function atLeast(value: unknown, least: number, at: string, errors: FieldError[]): void {
  if (typeof value !== 'number' || value >= least) return;
  errors.push(invalid(at, value, `must be greater than or equal to ${least}`));
}

export function validatePod({ spec }: KubeObject): FieldError[] {
  return validatePodSpec(spec, 'spec');
}

const MUTABLE_WORDS =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What may not change in a pod; kubernetes' `ValidatePodUpdate`. */
export function validatePodUpdate(pod: KubeObject, before: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const now: Fields = pod['spec'] ?? {};
  const old: Fields = before['spec'] ?? {};
  for (const list of ['containers', 'initContainers']) {
    if ((now[list]?.length ?? 0) !== (old[list]?.length ?? 0)) {
      return [forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
    for (const [index, container] of (now[list] ?? []).entries()) {
      if (!container.image) errors.push(required(`spec.${list}[${index}].image`));
    }
  }
  const tolerations: Fields[] = now['tolerations'] ?? [];
  const lost = (old['tolerations'] ?? []).some(
    (toleration: Fields) => !tolerations.some((other) => sameToleration(toleration, other)),
  );
  if (lost) {
    errors.push(forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
  }
  const munged: Fields = {
    ...now,
    activeDeadlineSeconds: old['activeDeadlineSeconds'],
    tolerations: old['tolerations'],
  };
  if (old['terminationGracePeriodSeconds'] < 0 && now['terminationGracePeriodSeconds'] === 1) {
    munged['terminationGracePeriodSeconds'] = old['terminationGracePeriodSeconds'];
  }
  for (const list of ['containers', 'initContainers']) {
    munged[list] = now[list]?.map((container: Fields, index: number) => ({
      ...container,
      image: old[list]?.[index]?.image,
    }));
  }
  const changed = [...new Set([...Object.keys(munged), ...Object.keys(old)])]
    .toSorted()
    .filter((field) => !isDeepStrictEqual(munged[field], old[field]));
  if (changed.length === 0) return errors;
  const difference = changed.map(
    (field) => `- \t${field}: ${JSON.stringify(old[field])}\n+ \t${field}: ${JSON.stringify(munged[field])}`,
  );
  return [...errors, forbidden('spec', `${MUTABLE_WORDS}\n${difference.join('\n')}\n`)];
}

function sameToleration(a: Fields, b: Fields): boolean {
  return isDeepStrictEqual({ ...a, tolerationSeconds: undefined }, { ...b, tolerationSeconds: undefined });
}
