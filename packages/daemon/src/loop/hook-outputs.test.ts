import { expect, test } from 'vitest';
import { HookOutputs } from './hook-outputs.ts';

const entries = (files: Record<string, string>) =>
  Object.entries(files).map(([path, hash]) => ({
    path,
    hash,
    kind: path.endsWith('/') ? ('folder' as const) : ('file' as const),
    mode: 0o644,
    size: 0,
    mtimeMs: 0,
    target: undefined,
  }));

test('what is new was made by the hook, what was there before may have been saved', () => {
  const outputs = new HookOutputs([]);
  const before = entries({ a: '1', same: '1' });
  expect(outputs.ran(before, entries({ a: '1', same: '1', made: '1', 'dir/': '' }))).toBe(false);
  expect(outputs.isOutput('made')).toBe(true);
  expect(outputs.ran(before, entries({ a: '2', same: '1' }))).toBe(true);
  expect(outputs.isOutput('same')).toBe(false);
});

test('a doubt costs one more run at most', () => {
  const outputs = new HookOutputs([]);
  expect(outputs.ran(entries({ a: '1' }), entries({ a: '2' }))).toBe(true);
  expect(outputs.ran(entries({ a: '2' }), entries({ a: '3' }))).toBe(false);
});

test('what is declared is never in doubt', () => {
  const outputs = new HookOutputs(['dist', 'gen.ts']);
  expect(outputs.ran(entries({ 'dist/a': '1', 'gen.ts': '1' }), entries({ 'dist/a': '2', 'gen.ts': '2' }))).toBe(false);
  expect(['dist', 'dist/x/y', 'gen.ts', 'distant', 'gen.tsx'].map((path) => outputs.isOutput(path))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
