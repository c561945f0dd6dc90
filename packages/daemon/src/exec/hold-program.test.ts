import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { holdProgram } from './hold-program.ts';

/** Kubernetes' name of this machine's processor. */
const HERE = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];

test.runIf(process.platform === 'linux' && HERE !== undefined)(
  'it waits until it is ended, and does nothing',
  async () => {
    const file = path.join(temporaryFolder(), 'hold');
    writeFileSync(file, holdProgram(HERE ?? '') ?? '', { mode: 0o555 });
    const child = spawn(file, { stdio: 'ignore' });
    const ended = once(child, 'close');
    const isAsleep = () => / S /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'));
    while (child.exitCode === null && child.signalCode === null && !isAsleep()) await setImmediate();
    child.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  },
);

test.each([
  ['amd64', 62],
  ['arm64', 183],
])('of %s: all of the file is loaded, and begins behind its headers', (architecture, machine) => {
  const file = holdProgram(architecture) ?? Buffer.alloc(0);
  expect(file.readUInt16LE(18)).toBe(machine);
  const [loadedAt, bytes] = [file.readBigUInt64LE(64 + 16), file.readBigUInt64LE(64 + 32)];
  expect(bytes).toBe(BigInt(file.length));
  expect(file.readBigUInt64LE(24) - loadedAt).toBe(120n);
  expect(file.length).toBeGreaterThan(120);
});

test('of other processors there is none', () => {
  expect(holdProgram('riscv64')).toBeUndefined();
});
