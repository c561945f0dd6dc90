import { expect, test } from 'vitest';
import { deepFreeze, ownCopy } from './frozen-parts.ts';

test('a copy shares what is frozen, and nothing else', () => {
  const stored = deepFreeze({ spec: { containers: [{ name: 'web' }] } });
  const changed = { ...stored, status: { conditions: [{ type: 'Ready' }], phase: undefined } };
  const copy = ownCopy(changed);
  expect(copy).toStrictEqual(changed);
  expect(copy.spec).toBe(stored.spec);
  changed.status.conditions[0] = { type: 'Progressing' };
  expect(copy.status.conditions).toEqual([{ type: 'Ready' }]);
});

test('what is frozen is frozen to its ground', () => {
  const stored = deepFreeze({ spec: { containers: [{ name: 'web' }] } });
  expect(() => Object.assign(stored.spec.containers[0] ?? {}, { name: 'other' })).toThrow(TypeError);
});
