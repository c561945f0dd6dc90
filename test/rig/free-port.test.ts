import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

test('a port is given once', async () => {
  const ports: number[] = [];
  while (ports.length < 500) ports.push(await freePort());
  expect(new Set(ports).size).toBe(ports.length);
});
