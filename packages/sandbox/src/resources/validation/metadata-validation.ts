import type { KubeObject } from '../../ports/kube-object.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { type FieldError, invalid, required } from '../status-errors.ts';
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  type NameCheck,
  pathSegment,
  qualifiedName,
} from './names.ts';

/** What etcd takes of annotations in one object. */
const MOST_ANNOTATION_BYTES = 256 * 1024;

/** Names of a CronJob leave room for the time in the names of its Jobs. */
const MOST_CRON_JOB_NAME = 52;

function nameCheck({ resource, custom }: ResourceKind): NameCheck {
  if (resource === 'services') return dns1035Label;
  if (resource === 'namespaces') return dns1123Label;
  if (resource.endsWith('.rbac.authorization.k8s.io')) return pathSegment;
  if (resource === 'cronjobs.batch' && !custom) {
    return (name) => [
      ...dns1123Subdomain(name),
      ...(name.length > MOST_CRON_JOB_NAME ? [`must be no more than ${MOST_CRON_JOB_NAME} characters`] : []),
    ];
  }
  return dns1123Subdomain;
}

/** apimachinery's `ValidateObjectMeta`. */
export function validateMetadata(kind: ResourceKind, { metadata }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else for (const why of nameCheck(kind)(metadata.name)) errors.push(invalid('metadata.name', metadata.name, why));
  errors.push(...validateLabels(metadata.labels, 'metadata.labels'));
  const annotations = Object.entries(metadata.annotations ?? {});
  for (const [key] of annotations) {
    for (const why of qualifiedName(key.toLowerCase())) errors.push(invalid('metadata.annotations', key, why));
  }
  const bytes = annotations.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > MOST_ANNOTATION_BYTES) {
    errors.push({
      type: 'FieldValueTooLong',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${MOST_ANNOTATION_BYTES} bytes`,
    });
  }
  for (const [index, { apiVersion, kind: ownerKind, name, uid }] of (metadata.ownerReferences ?? []).entries()) {
    const at = `metadata.ownerReferences[${index}]`;
    if (!apiVersion) errors.push(invalid(`${at}.apiVersion`, apiVersion ?? '', 'version must not be empty'));
    if (!ownerKind) errors.push(invalid(`${at}.kind`, ownerKind ?? '', 'must not be empty'));
    if (!name) errors.push(invalid(`${at}.name`, name ?? '', 'must not be empty'));
    if (!uid) errors.push(invalid(`${at}.uid`, uid ?? '', 'must not be empty'));
  }
  return errors;
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedName(key).map((why) => invalid(field, key, why)),
    ...labelValue(value).map((why) => invalid(field, value, why)),
  ]);
}
