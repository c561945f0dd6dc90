import { isRecord } from '../schema/read-object.ts';

/** `.name`, `['name']`, `[0]`, `[*]`, `[?(@.key=="value")]`. */
const STEP = /\.([\w-]+)|\['([^']+)'\]|\[(\d+|\*)\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/gy;

/** What is at a JSON path of the kind that CustomResourceDefinitions use; nothing where the path leads nowhere. */
export function valuesAt(object: unknown, path: string): unknown[] {
  let at = [object];
  for (const step of path.matchAll(STEP)) {
    const [, dotted, quoted, index, filterPath, filterValue] = step;
    const name = dotted ?? quoted;
    at = at.flatMap((value) => {
      if (name !== undefined) return isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : [];
      if (!Array.isArray(value)) return [];
      if (index === '*') return value;
      if (index !== undefined) return value.slice(Number(index), Number(index) + 1);
      return value.filter((item) => String(valuesAt(item, `.${filterPath}`)[0]) === filterValue);
    });
  }
  return at;
}
