import type { KubeObject } from '../ports/kube-object.ts';
import { storedApiVersion } from '../resources/catalog.ts';
import { apiVersionOf, type ResourceKind } from '../resources/resource-kind.ts';

/** Fields of an event that have another name in events.k8s.io/v1 than in the core group. */
const EVENT_FIELDS: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

/** A stored object in the version in which it was asked for. */
export function toServed(kind: ResourceKind, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(kind);
  if (object.apiVersion === apiVersion) return object;
  if (kind.resource !== 'events') return { ...object, apiVersion };
  return { ...renamed(object, EVENT_FIELDS), apiVersion };
}

/** An object that was sent in one version, in that in which it is stored. */
export function toStored(kind: ResourceKind, stored: ResourceKind, object: KubeObject): KubeObject {
  const apiVersion = storedApiVersion(stored);
  if (object.apiVersion === apiVersion) return object;
  if (kind.resource !== 'events') return { ...object, apiVersion };
  const back = EVENT_FIELDS.map(([core, newer]) => [newer, core] as const);
  return { ...renamed(object, back), apiVersion };
}

function renamed(object: KubeObject, names: readonly (readonly [string, string])[]): KubeObject {
  const to = new Map(names);
  const entries = Object.entries(object).map(([key, value]) => [to.get(key) ?? key, value]);
  return Object.fromEntries(entries) as KubeObject;
}
