import type { Fields } from './schema/fields.ts';

/** A demand on one label; both the query language of the API and meta/v1 LabelSelector come down to it. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

export function meets(labels: Readonly<Record<string, string>>, requirement: LabelRequirement): boolean {
  const { key, operator, values } = requirement;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

/** Whether labels fit a LabelSelector as objects hold it. */
export function matchesSelector(selector: Fields, labels: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries((selector['matchLabels'] ?? {}) as Record<string, string>);
  return (
    pairs.every(([key, value]) => labels[key] === value) &&
    (selector['matchExpressions'] ?? []).every(({ key, operator, values }: Fields) =>
      meets(labels, { key, operator, values: values ?? [] }),
    )
  );
}

/** Labels as the query language writes them: `app=web,tier=front`. */
export function joinLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, value]) => `${key}=${value}`).join(',');
}

/** A LabelSelector as kubectl shows it: `app=web,tier in (a,b),!gone`; `<none>` for an empty one. */
export function selectorText(selector: Fields | undefined): string {
  const expressions = (selector?.['matchExpressions'] ?? []).map(({ key, operator, values }: Fields) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...(values ?? [])].toSorted().join(',')})`;
  });
  const all = [joinLabels(selector?.['matchLabels']), ...expressions].filter((part) => part !== '');
  return all.length === 0 ? '<none>' : all.join(',');
}
