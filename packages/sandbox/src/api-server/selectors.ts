import type { KubeObject } from '../ports/kube-object.ts';
import { type LabelRequirement, meets } from '../resources/label-selector.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';
import { badRequest } from '../resources/status-errors.ts';

export type ObjectFilter = (object: KubeObject) => boolean;

const SET_BASED = /^\s*([^\s!=,()]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/;
const EQUALITY = /^\s*([^\s!=,()<>]+)\s*(==|!=|=|>|<)\s*([^\s!=,()<>]*)\s*$/;
const EXISTENCE = /^\s*(!?)\s*([^\s!=,()<>]+)\s*$/;

/**
 * Reads a label selector as queries write it: `app=web,tier in (a,b),!gone`.
 *
 * @throws StatusError 400
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return splitOutsideParentheses(text).flatMap((part): LabelRequirement[] => {
    if (part.trim() === '') return [];
    const [, setKey, word, list = ''] = SET_BASED.exec(part) ?? [];
    if (setKey !== undefined) {
      const values = list.split(',').map((value) => value.trim());
      return [{ key: setKey, operator: word === 'in' ? 'In' : 'NotIn', values }];
    }
    const [, key, operator, value = ''] = EQUALITY.exec(part) ?? [];
    if (key !== undefined) {
      const by = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt' } as const;
      return [{ key, operator: by[operator as keyof typeof by], values: [value] }];
    }
    const [, negated, existing] = EXISTENCE.exec(part) ?? [];
    if (existing === undefined) {
      const [first = '', second] = part.trim().split(/\s+/);
      throw badRequest(
        second === undefined
          ? `unable to parse requirement: found '${first}', expected: identifier`
          : `unable to parse requirement: found '${second}', expected: in, notin, =, ==, !=, gt, lt`,
      );
    }
    return [{ key: existing, operator: negated === '!' ? 'DoesNotExist' : 'Exists', values: [] }];
  });
}

function splitOutsideParentheses(text: string): string[] {
  return text.match(/(?:[^,(]|\([^)]*\)?)+/g) ?? [];
}

const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];

/** The fields by which objects can be selected besides their names. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  replicationcontrollers: ['status.replicas'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/**
 * The filter of a list or watch.
 *
 * @throws StatusError 400 for a selector that is none, or a field that this resource is not selected by
 */
export function selectorFilter(kind: ResourceKind, query: URLSearchParams): ObjectFilter {
  const labelText = query.get('labelSelector') ?? '';
  const fieldText = query.get('fieldSelector') ?? '';
  const labels = parseLabelSelector(labelText);
  const fields = fieldText.split(',').flatMap((part) => {
    const [, path, operator, value] = /^\s*([^=!]+)(==|=|!=)(.*?)\s*$/.exec(part) ?? [];
    if (part.trim() === '') return [];
    if (path === undefined || value === undefined) {
      throw badRequest(`invalid selector: '${fieldText}'; can't understand '${part}'`);
    }
    if (!COMMON_FIELDS.includes(path) && !FIELDS[kind.resource]?.includes(path)) {
      throw badRequest(
        kind.custom || FIELDS[kind.resource] !== undefined
          ? `field label not supported: ${path}`
          : `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
    }
    return [{ path: path.split('.'), value, isEqual: operator !== '!=' }];
  });
  return (object) =>
    labels.every((requirement) => meets(object.metadata.labels ?? {}, requirement)) &&
    fields.every(({ path, value, isEqual }) => (fieldOf(object, path) === value) === isEqual);
}

function fieldOf(object: KubeObject, path: readonly string[]): string {
  const at = path.length === 1 && path[0] === 'source' ? ['source', 'component'] : path;
  // biome-ignore lint/suspicious/noExplicitAny: any field of any kind
  let value: any = object;
  for (const name of at) value = value?.[name];
  if (value !== undefined && value !== null) return String(value);
  return at.at(-1) === 'unschedulable' || at.at(-1) === 'hostNetwork' ? 'false' : '';
}
