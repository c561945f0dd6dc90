import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PACKAGE = new URL('../package.json', import.meta.url);

/** Runs the command on what calls itself another Node. */
function runOn(version: string) {
  const pretence = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(pretence)}`, MAIN, '--version'];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('an older Node is refused, in words that name it and what mends it', () => {
  const { status, stdout, stderr } = runOn('22.23.3');
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('devloop needs Node 24 or newer; this is Node 22.23.3');
  expect(stderr).toContain('node --version');
});

test('the oldest that is meant is taken', () => {
  const { status, stdout, stderr } = runOn('24.0.0');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('the package says the same', () => {
  expect(JSON.parse(readFileSync(PACKAGE, 'utf8')).engines).toEqual({ node: '>=24' });
});
