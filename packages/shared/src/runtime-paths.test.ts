import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runtimePaths, stateFolderOf } from './runtime-paths.ts';

const environment = {
  env: { XDG_RUNTIME_DIR: '/run/user/7', XDG_STATE_HOME: '/state' },
  uid: 7,
  temporaryFolder: '/tmp',
  homeFolder: '/home/seven',
  platform: 'linux',
};

// test vectors of draft-eastlake-fnv, less their first four digits
test.each([
  ['', '9ce484222325'],
  ['a', 'dc4c8601ec8c'],
  ['foobar', '4171f73967e8'],
])('the folders of %o end with %s', (projectFolder, digits) => {
  expect(runtimePaths(projectFolder, environment).socket).toBe(`/run/user/7/devloop/${digits}/daemon.sock`);
  expect(stateFolderOf(projectFolder, environment)).toBe(`/state/devloop/${projectFolder}-${digits}`);
});

test('a folder always has the same socket, and no other folder has it', () => {
  const socketOf = (folder: string) => runtimePaths(folder, environment).socket;
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(socketOf(one) === socketOf(other)).toBe(one === other);
    }),
  );
});

test('a socket whose path the system would cut is refused, with what mends it', () => {
  const env = { XDG_RUNTIME_DIR: `/${'x'.repeat(80)}` };
  expect(() => runtimePaths('/project', { ...environment, env })).toThrow('longer than the 107 bytes');
});
