import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  difference,
  type FieldSet,
  type FieldsV1,
  fromFieldsV1,
  intersection,
  isEmpty,
  paths,
  toFieldsV1,
  union,
} from './field-set.ts';

const fields = fc.letrec<{ node: FieldsV1 }>((tie) => ({
  node: fc.dictionary(
    fc.constantFrom('.', 'f:a', 'f:b', 'k:{"name":"x"}'),
    fc.oneof({ depthSize: 'small' }, fc.constant({}), tie('node')),
    {
      maxKeys: 3,
    },
  ),
})).node;
const set = fields.map(fromFieldsV1);
const members = (of: FieldSet) => paths(of).toSorted();

test('a set is what it was after writing and reading it', () => {
  fc.assert(
    fc.property(set, (one) => {
      if (!isEmpty(one)) expect(members(fromFieldsV1(toFieldsV1(one)))).toEqual(members(one));
    }),
  );
});

test('union, difference and intersection are those of the members', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [inA, inB] = [new Set(paths(a)), new Set(paths(b))];
      expect(members(union(a, b))).toEqual([...inA.union(inB)].toSorted());
      expect(members(difference(a, b))).toEqual([...inA.difference(inB)].toSorted());
      expect(members(intersection(a, b))).toEqual([...inA.intersection(inB)].toSorted());
    }),
  );
});

test('paths are in the words of conflicts', () => {
  const one = fromFieldsV1({ 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {} } } } });
  expect(paths(one)).toEqual(['.spec.containers[name="web"]', '.spec.containers[name="web"].image']);
});
