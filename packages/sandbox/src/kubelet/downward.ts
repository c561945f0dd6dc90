import type { KubeObject } from '../ports/kube-object.ts';
import type { Container, FieldSelector, PodSpec, ResourceFieldSelector } from './pod-spec.ts';
import { quantity } from './quantity.ts';

/** What a pod may be told of itself that its object does not say. */
export interface PodPlace {
  readonly address: string;
  readonly hostAddress: string;
  readonly allocatable: Readonly<Record<string, string>>;
}

/** A field of a pod as text: pkg/fieldpath ExtractFieldPathAsString. */
export function podField(pod: KubeObject, { fieldPath }: FieldSelector, place: PodPlace): string {
  const { metadata } = pod;
  const spec = pod['spec'] as PodSpec;
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (keyed !== null) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return mapText(metadata.labels);
    case 'metadata.annotations':
      return mapText(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default';
    case 'status.hostIP':
    case 'status.hostIPs':
      return place.hostAddress;
    case 'status.podIP':
    case 'status.podIPs':
      return place.address;
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

/** A resource of a container as text: pkg/api/v1/resource ExtractContainerResourceValue. */
export function resourceField(
  pod: KubeObject,
  own: Container | undefined,
  { containerName, resource, divisor = '1' }: ResourceFieldSelector,
  place: PodPlace,
): string {
  const spec = pod['spec'] as PodSpec;
  const container = containerName === undefined ? own : spec.containers.find(({ name }) => name === containerName);
  if (container === undefined) throw new Error(`container ${containerName} not found`);
  const [list = '', name = ''] = resource.split(/\.(.*)/);
  const { limits = {}, requests = {} } = container.resources ?? {};
  // A container without a limit may use all of the node.
  const value = (list === 'limits' ? limits : requests)[name] ?? (list === 'limits' ? place.allocatable[name] : '0');
  return String(Math.ceil(quantity(value ?? '0') / (quantity(divisor) || 1)));
}

/** pkg/fieldpath FormatMap: sorted, a line each, values quoted as Go does. */
function mapText(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}
