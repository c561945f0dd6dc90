import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../ports/kube-object.ts';

/** Letters that spell no words: apimachinery's util/rand SafeEncodeString. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** A short name of a template, the same for the same content. `collisions` makes another one of it. */
export function templateHash(template: object, collisions = 0): string {
  const digest = createHash('sha256')
    .update(`${canonical(template)}${collisions || ''}`)
    .digest();
  return [...String(digest.readUInt32BE(0))].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

/** Whether two pod templates differ in no more than the label that their ReplicaSet gave them. */
export function isSameTemplate(a: KubeObject, b: KubeObject): boolean {
  return isDeepStrictEqual(withoutHash(a['spec']?.template), withoutHash(b['spec']?.template));
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

function withoutHash(template: Template = {}): object {
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return JSON.parse(JSON.stringify({ ...template, metadata: { ...template.metadata, labels } }));
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
