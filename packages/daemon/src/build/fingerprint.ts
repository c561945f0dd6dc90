import { createHash } from 'node:crypto';
import type { ContextEntry } from '../watch/scan-context.ts';

/** All that a build can see. */
export interface BuildInput {
  readonly entries: readonly ContextEntry[];
  /** The Dockerfile's text, also where it lies outside the context or is ignored. */
  readonly dockerfile: string;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
}

/** Hex digits of the fingerprint that become the tag. */
const TAG_DIGITS = 16;

/**
 * Content hash of all that a build can see. Time stamps are no part of it: the engine's own cache ignores them too.
 * Equal fingerprints mean that there is nothing to build.
 */
export function fingerprint(input: BuildInput): string {
  const hash = createHash('sha256');
  const field = (text: string) => hash.update(text).update('\0');
  field(input.dockerfile);
  field(input.target ?? '');
  const args = Object.entries(input.args).sort(([a], [b]) => (a < b ? -1 : 1));
  field(String(args.length));
  for (const part of args.flat()) field(part);
  for (const { kind, mode, path, hash } of input.entries) for (const part of [kind, mode, path, hash]) field(`${part}`);
  return hash.digest('hex');
}

/**
 * A fingerprint of its own for the same content, for a rebuild that was asked for.
 *
 * @param salt empty: the content's own
 */
export function saltedFingerprint(content: string, salt: string): string {
  return salt === '' ? content : createHash('sha256').update(`${salt}\0${content}`).digest('hex');
}

/** The reference under which a fingerprint's image is built: `name:devloop-<16 hex>`. */
export function imageReference(image: string, fingerprint: string): string {
  return `${image}:devloop-${fingerprint.slice(0, TAG_DIGITS)}`;
}
