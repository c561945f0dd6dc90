import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DockerfileError, parseDockerfile } from './dockerfile.ts';
import { planStages } from './stages.ts';
import { expandPairs, expandWords } from './substitution.ts';

const lookup = (name: string) => ({ A: 'a', EMPTY: '' })[name];

test.each([
  ['$A ${A} x$A', ['a', 'a', 'xa']],
  ['${B:-b c} ${EMPTY:-e} ${EMPTY-e}', ['b c', 'e', '']],
  ['${A:+yes} ${B:+yes}', ['yes', '']],
  [`'$A' "$A b" \\$A`, ['$A', 'a b', '$A']],
])('words of %s', (text, words) => {
  expect(expandWords(text, lookup, '\\')).toEqual(words);
});

test('pairs, and the old form', () => {
  expect(expandPairs('X=1 Y="two words"', lookup, '\\')).toEqual([
    ['X', '1'],
    ['Y', 'two words'],
  ]);
  expect(expandPairs('X one two', lookup, '\\')).toEqual([['X', 'one two']]);
});

test('joins continued lines over comments, and reads flags, exec form and here-documents', () => {
  const { instructions } = parseDockerfile(
    '# syntax=docker/dockerfile:1\nFROM a\nRUN one && \\\n# a comment\n\n  two\nCOPY --from=b x y\nCMD ["c", "d"]\nRUN <<EOF\necho 1\nEOF\n',
  );
  expect(instructions.map(({ keyword, text, line }) => [keyword, text.replace(/\s+/g, ' '), line])).toEqual([
    ['FROM', 'a', 2],
    ['RUN', 'one && two', 3],
    ['COPY', 'x y', 7],
    ['CMD', '["c", "d"]', 8],
    ['RUN', '<<EOF', 9],
  ]);
  expect(instructions[2]?.flags).toEqual({ from: 'b' });
  expect(instructions[3]?.json).toEqual(['c', 'd']);
  expect(instructions[4]?.heredoc?.body).toBe('echo 1\n');
});

test.each([
  ['FROM a\nFOO x', 'dockerfile parse error on line 2: unknown instruction: FOO'],
  ['', 'file with no instructions'],
  ['RUN true', 'no build stage in current context'],
])('%j is refused', (text, words) => {
  expect(() => planStages(parseDockerfile(text), {}, undefined)).toThrow(words);
});

test('only the stages that the target needs are built', () => {
  const dockerfile = parseDockerfile('ARG T=1\nFROM x:$T AS a\nFROM y AS b\nFROM a AS c\nCOPY --from=0 x y\n');
  expect(planStages(dockerfile, { T: '2' }, undefined).stages.map((stage) => stage.base)).toEqual(['x:2', 'a']);
  expect(planStages(dockerfile, {}, 'b').stages.map((stage) => stage.base)).toEqual(['y']);
});

test('ends, with a DockerfileError at most, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('FROM a', '\n', ' ', '\\', '$', '{', 'RUN', '<<E', '"', '--', 'x') }),
      (text) => {
        try {
          planStages(parseDockerfile(text), {}, undefined);
        } catch (error) {
          expect(error).toBeInstanceOf(DockerfileError);
        }
      },
    ),
  );
});
