import { expect, test } from 'vitest';
import { REPOSITORY } from './devloop-rig.ts';
import { freePort } from './free-port.ts';
import { mustRun } from './run-command.ts';

/** Of the 10000 that there are: two that did not know of each other would have some in common. */
const MANY = 300;

test('a port is given once, whichever process asks for it', async () => {
  const script = `
    import { freePort } from './test/rig/free-port.ts';
    for (let count = 0; count < ${MANY}; count += 1) console.log(await freePort());`;
  const ports: number[] = [];
  while (ports.length < MANY) ports.push(await freePort());
  const others = await mustRun(process.execPath, ['--input-type=module', '--eval', script], { cwd: REPOSITORY });
  const all = [...ports, ...others.trim().split('\n').map(Number)];
  expect(all).toHaveLength(2 * MANY);
  expect(new Set(all).size).toBe(2 * MANY);
});
