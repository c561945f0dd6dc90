import { StatusError } from '../ports/status-error.ts';
import { qualifiedKind, qualifiedResource, type ResourceKind } from './resource-kind.ts';

/** What is wrong with a field, in the types and words of apimachinery's `util/validation/field`. */
export interface FieldError {
  readonly type:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueDuplicate'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong';
  /** `spec.template.spec.containers[0].image`. */
  readonly field: string;
  /** The message behind the field. */
  readonly message: string;
}

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, message: withDetail('Required value', detail) };
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, message: withDetail(`Invalid value: ${asGo(value)}`, detail) };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, message: withDetail('Forbidden', detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, message: `Duplicate value: ${asGo(value)}` };
}

export function notFoundValue(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, message: `Not found: ${asGo(value)}` };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((item) => JSON.stringify(item)).join(', ');
  return {
    type: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${asGo(value)}: supported values: ${list}`,
  };
}

function withDetail(message: string, detail: string): string {
  return detail === '' ? message : `${message}: ${detail}`;
}

/** A value that errors show as Go's `%#v` writes it. */
export class GoSyntax {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** `map[string]string{"app":"web"}`. */
export function goStringMap(map: Readonly<Record<string, string>> | undefined): string {
  if (map === undefined) return 'map[string]string(nil)';
  const entries = Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[string]string{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(', ')}}`;
}

/** As Go's `%q` and `%v` write strings and numbers, and JSON whatever has fields. */
function asGo(value: unknown): string {
  if (value instanceof GoSyntax) return value.text;
  return value === undefined ? '"null"' : JSON.stringify(value);
}

/** 422 with one cause per field. */
export function invalidError(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const said = errors.map(({ field, message }) => `${field}: ${message}`);
  const all = said.length === 1 ? said[0] : `[${said.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${qualifiedKind(kind)} ${JSON.stringify(name)} is invalid: ${all}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    ...(kind.kind === '' ? {} : { kind: kind.kind }),
    causes: errors.map(({ type, message, field }) => ({ reason: type, message, field })),
  });
}

function detailsOf(kind: ResourceKind, name: string): Record<string, unknown> {
  return { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural };
}

export function notFound(kind: ResourceKind, name: string): StatusError {
  const message = `${qualifiedResource(kind)} ${JSON.stringify(name)} not found`;
  return new StatusError(404, 'NotFound', message, detailsOf(kind, name));
}

export function alreadyExists(kind: ResourceKind, name: string): StatusError {
  const message = `${qualifiedResource(kind)} ${JSON.stringify(name)} already exists`;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(kind, name));
}

export function conflict(kind: ResourceKind, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(kind)} ${JSON.stringify(name)}: ${why}`;
  return new StatusError(409, 'Conflict', message, detailsOf(kind, name));
}

export function modifiedSince(kind: ResourceKind, name: string): StatusError {
  return conflict(
    kind,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function forbiddenError(kind: ResourceKind, name: string, why: string, causes?: unknown[]): StatusError {
  const message = `${qualifiedResource(kind)} ${JSON.stringify(name)} is forbidden: ${why}`;
  return new StatusError(403, 'Forbidden', message, {
    ...detailsOf(kind, name),
    ...(causes === undefined ? {} : { causes }),
  });
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function methodNotAllowed(kind: ResourceKind, verb: string): StatusError {
  const { group, plural } = kind;
  const message = `${verb} is not supported on resources of kind ${JSON.stringify(qualifiedResource(kind))}`;
  return new StatusError(405, 'MethodNotAllowed', message, { ...(group === '' ? {} : { group }), kind: plural });
}

/** 410: the history does not reach back that far. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

export function internalError(message: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
}
