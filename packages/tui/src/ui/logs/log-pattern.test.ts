import { describe, expect, test } from 'vitest';
import { compilePattern, type LogPattern } from './log-pattern.ts';

function pattern(source: string): LogPattern {
  const compiled = compilePattern(source);
  if ('error' in compiled) throw new Error(compiled.error);
  return compiled.pattern;
}

describe('a pattern', () => {
  test.each([
    ['get', 'GET /', true],
    ['Get', 'GET /', false],
    ['GET', 'GET /', true],
    ['a.c', 'abc', false],
    ['a.c', 'A.C', true],
    ['/a.c/', 'xABCx', true],
    ['/A.c/', 'xabcx', false],
    ['/A.c/i', 'xabcx', true],
    ['/\\S+\\D/', 'ABC', true],
    ['/^\\p{Lu}/', 'Äb', true],
    ['/[\\-_]/', 'a-b', true],
    ['/api/users', 'GET /api/users', true],
    ['(', 'f(x)', true],
  ])('%s in %s: %s', (source, text, isFound) => {
    expect(pattern(source).matches(text)).toBe(isFound);
  });

  test('finds all places that are not empty', () => {
    expect(pattern('/a*/').ranges('baac')).toEqual([{ start: 1, end: 3 }]);
    const regex = pattern('/a*/');
    regex.matches('baac');
    expect(regex.ranges('a')).toEqual([{ start: 0, end: 1 }]);
    expect(pattern('AB').ranges('AB ab AB')).toEqual([
      { start: 0, end: 2 },
      { start: 6, end: 8 },
    ]);
  });
});

test('says why it is none', () => {
  expect(compilePattern('/(a/')).toEqual({ error: 'unterminated group' });
  expect(compilePattern('/a**/')).toEqual({ error: 'nothing to repeat' });
});
