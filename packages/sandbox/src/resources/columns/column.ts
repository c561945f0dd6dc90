import type { KubeObject } from '../../ports/kube-object.ts';
import { ageOf } from './age.ts';

/** A column of `kubectl get`; meta/v1 TableColumnDefinition with what it shows. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** `name` for the column that kubectl prefixes with the kind. */
  readonly format: string;
  readonly description: string;
  /** 0: always shown; 1: with `-o wide`. */
  readonly priority: number;
  readonly value: (object: KubeObject, now: number) => string | number | boolean | null;
}

export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
  value: ({ metadata }) => metadata.name,
};

export const AGE: Column = text('Age', ({ metadata }, now) => ageOf(metadata.creationTimestamp, now));

export function text(name: string, value: Column['value']): Column {
  return { name, type: 'string', format: '', description: '', priority: 0, value };
}

export function number(name: string, value: Column['value']): Column {
  return { ...text(name, value), type: 'integer' };
}

/** Shown with `-o wide`. */
export function wide(column: Column): Column {
  return { ...column, priority: 1 };
}
