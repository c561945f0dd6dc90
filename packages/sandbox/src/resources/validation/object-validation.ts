import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../ports/kube-object.ts';
import type { ResourceName } from '../../ports/object-store.ts';
import { type FieldError, forbidden, invalid, required } from '../status-errors.ts';
import { configKey } from './names.ts';
import { validatePod, validatePodUpdate } from './pod-validation.ts';
import { validateService } from './service-validation.ts';
import {
  validateCronJob,
  validateJob,
  validateJobUpdate,
  validateReplicated,
  validateSelectorUpdate,
  validateStatefulSetUpdate,
} from './workload-validation.ts';

type Validation = (object: KubeObject) => FieldError[];
type UpdateValidation = (object: KubeObject, before: KubeObject) => FieldError[];

const VALIDATIONS: Readonly<Record<ResourceName, Validation>> = {
  pods: validatePod,
  services: validateService,
  configmaps: ({ data, binaryData }) => validateKeys({ data, binaryData }),
  secrets: ({ data }) => validateKeys({ data }),
  persistentvolumeclaims: validateClaim,
  'deployments.apps': validateReplicated('deployment'),
  'replicasets.apps': validateReplicated('replicaset'),
  'statefulsets.apps': validateReplicated('statefulset'),
  'daemonsets.apps': validateReplicated('daemonset'),
  'jobs.batch': validateJob,
  'cronjobs.batch': validateCronJob,
  'ingresses.networking.k8s.io': validateIngress,
  'customresourcedefinitions.apiextensions.k8s.io': validateDefinition,
};

const UPDATE_VALIDATIONS: Readonly<Record<ResourceName, UpdateValidation>> = {
  pods: validatePodUpdate,
  configmaps: validateImmutable,
  secrets: (secret, before) => [
    ...(secret['type'] === before['type'] ? [] : [invalid('type', secret['type'], 'field is immutable')]),
    ...validateImmutable(secret, before),
  ],
  'deployments.apps': validateSelectorUpdate,
  'replicasets.apps': validateSelectorUpdate,
  'daemonsets.apps': validateSelectorUpdate,
  'statefulsets.apps': validateStatefulSetUpdate,
  'jobs.batch': validateJobUpdate,
};

/** What is wrong with an object whose defaults are set; empty: nothing. */
export function validateObject(resource: ResourceName, object: KubeObject): FieldError[] {
  return VALIDATIONS[resource]?.(object) ?? [];
}

/** What may not become of an object what it is now. */
export function validateChange(resource: ResourceName, object: KubeObject, before: KubeObject): FieldError[] {
  return UPDATE_VALIDATIONS[resource]?.(object, before) ?? [];
}

function validateKeys(maps: Readonly<Record<string, Record<string, string> | undefined>>): FieldError[] {
  return Object.entries(maps).flatMap(([field, map]) =>
    Object.keys(map ?? {}).flatMap((key) => configKey(key).map((why) => invalid(`${field}[${key}]`, key, why))),
  );
}

/** ConfigMaps and Secrets that were made immutable. */
function validateImmutable(object: KubeObject, before: KubeObject): FieldError[] {
  if (before['immutable'] !== true) return [];
  const words = 'field is immutable when `immutable` is set';
  return ['immutable', 'data', 'binaryData']
    .filter((field) => !isDeepStrictEqual(object[field], before[field]))
    .map((field) => forbidden(field, words));
}

function validateClaim({ spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.accessModes ?? []).length === 0) {
    errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  }
  if (spec.resources?.requests?.storage === undefined) errors.push(required('spec.resources[storage]'));
  return errors;
}

function validateIngress({ spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.defaultBackend === undefined && (spec.rules ?? []).length === 0) {
    errors.push(invalid('spec', spec, 'either `defaultBackend` or `rules` must be specified'));
  }
  for (const [rule, { http }] of (spec.rules ?? []).entries()) {
    for (const [index, path] of (http?.paths ?? []).entries()) {
      const at = `spec.rules[${rule}].http.paths[${index}]`;
      if (path.pathType === undefined) errors.push(required(`${at}.pathType`, 'pathType must be specified'));
      else if (path.pathType !== 'ImplementationSpecific' && !String(path.path ?? '').startsWith('/')) {
        errors.push(invalid(`${at}.path`, path.path ?? '', 'must be an absolute path'));
      }
    }
  }
  return errors;
}

function validateDefinition({ metadata, spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['group', 'scope']) if (!spec[field]) errors.push(required(`spec.${field}`));
  for (const field of ['plural', 'kind']) if (!spec.names?.[field]) errors.push(required(`spec.names.${field}`));
  const versions: { storage?: boolean }[] = spec.versions ?? [];
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    errors.push(invalid('spec.versions', versions, 'must have exactly one version marked as storage version'));
  }
  if (errors.length === 0 && metadata.name !== `${spec.names.plural}.${spec.group}`) {
    errors.push(invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  return errors;
}
