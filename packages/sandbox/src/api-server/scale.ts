import type { KubeObject } from '../ports/kube-object.ts';
import { valuesAt } from '../resources/columns/json-path.ts';
import { joinLabels, selectorText } from '../resources/label-selector.ts';
import type { ResourceKind, ScalePaths } from '../resources/resource-kind.ts';
import { isRecord } from '../resources/schema/read-object.ts';
import { badRequest } from '../resources/status-errors.ts';

/** autoscaling/v1 Scale: how many there are of something. */
export function scaleOf(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorWords(object, paths);
  const replicas = Number(valuesAt(object, paths.specReplicas)[0] ?? 0);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: Number(valuesAt(object, paths.statusReplicas)[0] ?? 0),
      ...(selector === '' ? {} : { selector }),
    },
  };
}

/** Custom resources name where they say it; in the others it is their spec's selector. */
function selectorWords(object: KubeObject, paths: ScalePaths): string {
  if (paths.selector === undefined) return '';
  const said = valuesAt(object, paths.selector)[0];
  if (said !== undefined) return String(said);
  const selector = object['spec']?.selector;
  if (selector === undefined) return '';
  const isPlain = selector.matchLabels === undefined && selector.matchExpressions === undefined;
  return isPlain ? joinLabels(selector) : selectorText(selector);
}

/**
 * The object with the number that a Scale asks for.
 *
 * @throws StatusError 400 for what is no Scale
 */
export function withScale(kind: ResourceKind, object: KubeObject, scale: unknown): KubeObject {
  const spec = isRecord(scale) && isRecord(scale['spec']) ? scale['spec'] : {};
  const replicas = spec['replicas'] ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw badRequest(
      'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
    );
  }
  const path = (kind.scale?.specReplicas ?? '.spec.replicas').split('.').slice(1);
  const scaled = structuredClone(object);
  // biome-ignore lint/suspicious/noExplicitAny: a path that the kind names
  let at: any = scaled;
  for (const name of path.slice(0, -1)) {
    at[name] ??= {};
    at = at[name];
  }
  at[path.at(-1) ?? ''] = replicas;
  return scaled;
}
