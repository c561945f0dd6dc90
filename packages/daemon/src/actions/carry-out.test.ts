import type { ObjectName } from '@devloop/shared/protocol/command';
import { expect, test } from 'vitest';
import type { Daemon } from '../loop/daemon.ts';
import { carryOut } from './carry-out.ts';

const { signal } = new AbortController();

/** Has a daemon go down, which answers so, and says why it was asked to end. */
async function down(answer: () => Promise<ObjectName[]>) {
  const stops: string[] = [];
  const daemon: Pick<Daemon, 'down'> = { down: answer };
  const options = { onStop: (reason: string) => stops.push(reason), signal, ended: signal };
  const carried = carryOut({ type: 'down' }, daemon as Daemon, options);
  return { outcome: await carried.catch((error: unknown) => error), stops };
}

test('a daemon that has taken everything down ends', async () => {
  expect(await down(async () => [])).toEqual({ outcome: { type: 'down', objects: [] }, stops: ['down'] });
});

test('so does one that could not take everything down: it has given up its services, and the next one can try again', async () => {
  const error = new Error('the API server refused it');
  expect(await down(() => Promise.reject(error))).toEqual({ outcome: error, stops: ['down'] });
});
