import { isRecord } from '../../resources/schema/read-object.ts';
import type { FieldType } from '../../resources/schema/type-schema.ts';
import { childType } from '../apply/typed-fields.ts';

const ORDER = '$setElementOrder/';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';

type ListType = FieldType & { form: 'list' };

/** A patch with directives that do not fit; the API server answers 400 with the message. */
export class StrategicMergeError extends Error {}

/**
 * Applies a strategic merge patch: as a merge patch, but lists with a merge key are merged item by item, with the
 * directives `$patch`, `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList`
 * (apimachinery's `util/strategicpatch`).
 *
 * @throws StrategicMergeError
 */
export function strategicMergePatch(target: unknown, patch: unknown, type: FieldType): unknown {
  if (!isRecord(patch)) return patch;
  return mergeMap(isRecord(target) ? target : {}, patch, type);
}

function mergeMap(target: Record<string, unknown>, patch: Record<string, unknown>, type: FieldType): unknown {
  const { $patch: directive, $retainKeys: retained, ...rest } = patch;
  if (directive === 'replace') return withoutDirectives(rest);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw new StrategicMergeError(`Unknown patch type found: ${String(directive)}`);
  }
  const merged = { ...target };
  if (Array.isArray(retained)) {
    for (const key of Object.keys(merged)) if (!retained.includes(key)) delete merged[key];
  }
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith(ORDER)) continue;
    if (key.startsWith(DELETE_PRIMITIVES)) {
      const field = key.slice(DELETE_PRIMITIVES.length);
      const gone = Array.isArray(value) ? value : [];
      const list = merged[field];
      if (Array.isArray(list)) merged[field] = list.filter((item) => !gone.includes(item));
    } else if (value === null) {
      delete merged[key];
    } else {
      merged[key] = mergeField(merged[key], value, childType(type, key));
    }
  }
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith(ORDER) || key.startsWith(DELETE_PRIMITIVES)) continue;
    const order = rest[`${ORDER}${key}`] ?? value;
    if (Array.isArray(order)) orderList(merged, key, order, target[key], type);
  }
  for (const [key, order] of Object.entries(rest)) {
    const field = key.slice(ORDER.length);
    if (key.startsWith(ORDER) && !(field in rest) && Array.isArray(order)) {
      orderList(merged, field, order, target[field], type);
    }
  }
  return merged;
}

function orderList(
  merged: Record<string, unknown>,
  field: string,
  order: readonly unknown[],
  before: unknown,
  type: FieldType,
): void {
  const list = merged[field];
  const fieldType = childType(type, field);
  if (!Array.isArray(list) || fieldType.form !== 'list' || fieldType.merge === 'atomic') return;
  merged[field] = inOrder(list, order, before, fieldType);
}

function mergeField(target: unknown, patch: unknown, type: FieldType): unknown {
  if (isRecord(patch)) {
    if (type.form === 'list') return patch;
    return mergeMap(isRecord(target) ? target : {}, patch, type);
  }
  if (Array.isArray(patch) && type.form === 'list' && type.merge !== 'atomic') return mergeList(target, patch, type);
  return Array.isArray(patch) ? patch.map(withoutDirectives) : patch;
}

function mergeList(target: unknown, patch: readonly unknown[], type: ListType): unknown {
  const list: unknown[] = Array.isArray(target) ? [...target] : [];
  if (type.merge === 'set') return [...list, ...patch.filter((item) => !list.includes(item))];
  const mergeKey = type.keys[0] ?? '';
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !(isRecord(item) && item['$patch'] === 'replace')).map(withoutDirectives);
  }
  let merged = list;
  for (const item of patch) {
    if (!isRecord(item)) throw new StrategicMergeError('expected a map in a list that has a merge key');
    const key = item[mergeKey];
    if (key === undefined) {
      throw new StrategicMergeError(`map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`);
    }
    const isSame = (other: unknown) => isRecord(other) && String(other[mergeKey]) === String(key);
    if (item['$patch'] === 'delete') {
      merged = merged.filter((other) => !isSame(other));
      continue;
    }
    const place = merged.findIndex(isSame);
    if (place < 0) merged.push(mergeMap({}, item, type.of));
    else merged[place] = mergeMap(merged[place] as Record<string, unknown>, item, type.of);
  }
  return merged;
}

/**
 * The items in the order of the patch; those that it does not have stand before the first that stood behind them
 * (strategicpatch's `normalizeElementOrder`).
 */
function inOrder(list: readonly unknown[], order: readonly unknown[], before: unknown, type: ListType): unknown[] {
  const keyOf = (item: unknown) => (isRecord(item) ? String(item[type.keys[0] ?? '']) : String(item));
  const wanted = order.map(keyOf);
  const places = (Array.isArray(before) ? before : []).map(keyOf);
  const placeOf = (item: unknown) => places.indexOf(keyOf(item));
  const isWanted = (item: unknown) => wanted.includes(keyOf(item));
  const patched = list.filter(isWanted).toSorted((a, b) => wanted.indexOf(keyOf(a)) - wanted.indexOf(keyOf(b)));
  const others = list.filter((item) => !isWanted(item)).toSorted((a, b) => placeOf(a) - placeOf(b));
  const merged: unknown[] = [];
  for (const item of patched) {
    while (others.length > 0 && placeOf(others[0]) < placeOf(item)) merged.push(others.shift());
    merged.push(item);
  }
  return [...merged, ...others];
}

/** A value of the patch as it is stored: directives are for the merge only. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, item]) =>
      key !== '$patch' &&
      key !== '$retainKeys' &&
      !key.startsWith(ORDER) &&
      !key.startsWith(DELETE_PRIMITIVES) &&
      item !== null,
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutDirectives(item)]));
}

/** As Go's `%v` prints a map. */
export function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (!isRecord(value)) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goMap(item)}`).join(' ')}]`;
}
