import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prettyJson } from './pretty-json.ts';

test('says the same as it did on one line', () => {
  fc.assert(
    fc.property(fc.oneof(fc.object(), fc.array(fc.jsonValue())), (value) => {
      const json = JSON.stringify(value);
      fc.pre(/^[{[]/.test(json));
      expect(prettyJson(json)).toEqual(JSON.stringify(JSON.parse(json), null, 2).split('\n'));
    }),
  );
});

test('leaves values as they were written', () => {
  expect(prettyJson(' {"id":12345678901234567890, "b":"\\u0041", "a":{ }} ')).toEqual([
    '{',
    '  "id": 12345678901234567890,',
    '  "b": "\\u0041",',
    '  "a": {}',
    '}',
  ]);
});

test.each(['plain', '"text"', '12', '{"cut": tru', '[WARN] no json', ''])('%j is nothing to spread', (text) => {
  expect(prettyJson(text)).toBeUndefined();
});
