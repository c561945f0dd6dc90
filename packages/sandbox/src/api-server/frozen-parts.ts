/**
 * Versions of an object share the parts in which they do not differ: what is stored is frozen to its ground, so that a
 * part which is frozen has come from a stored version and needs neither a copy nor a look.
 */

/** Freezes a value of JSON to its ground. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
  return value;
}

/** A value of JSON that nobody else can change: its frozen parts, and copies of all others. */
export function ownCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map(ownCopy) as T;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, ownCopy(item)])) as T;
}
