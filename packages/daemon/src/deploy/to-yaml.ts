import { stringify } from 'yaml';
import type { KubernetesObject } from './kubernetes-object.ts';

/** Objects as YAML documents for somebody to read: what a Secret holds is left out. */
export function toYaml(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => stringify(withoutSecrets(object), { lineWidth: 0 })).join('---\n');
}

function withoutSecrets(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret') return object;
  const copy = { ...object };
  for (const field of ['data', 'stringData']) {
    const values = copy[field];
    if (typeof values !== 'object' || values === null) continue;
    copy[field] = Object.fromEntries(Object.keys(values).map((key) => [key, '***']));
  }
  return copy;
}
