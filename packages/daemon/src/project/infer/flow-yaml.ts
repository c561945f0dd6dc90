import { stringify } from 'yaml';

/** A value on one line, as devloop.yaml has it: `{ kustomize: overlays/dev }`. */
export function flowYaml(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
