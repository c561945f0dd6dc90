import { ageOf } from './age.ts';
import type { Column } from './column.ts';
import { valuesAt } from './json-path.ts';

interface AdditionalColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

/** The columns that a CustomResourceDefinition names, behind the name; without any, the age. */
export function customColumns(additional: readonly AdditionalColumn[] | undefined): Column[] | undefined {
  if (additional === undefined || additional.length === 0) return undefined;
  return additional.map(({ name, type, jsonPath, format = '', description, priority = 0 }) => ({
    name,
    type: type as Column['type'],
    format,
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority,
    value: (object, now) => {
      const [value] = valuesAt(object, jsonPath);
      if (value === undefined || value === null) return null;
      if (type === 'date') return ageOf(String(value), now);
      return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean);
    },
  }));
}
