import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { expect, test } from 'vitest';
import type { RunListener } from '../build/image-engine.ts';
import { followEnds } from './follow-ends.ts';

/** An engine that ends each stream after one start and one end. */
class CuttingEngine {
  streams = 0;

  async followRuns(listener: RunListener): Promise<never> {
    this.streams += 1;
    listener.started(`run-${this.streams}`);
    listener.ended(`run-${this.streams}`);
    throw new DevloopError('engine/unreachable', 'It ended its stream.', 'Start it.');
  }
}

test('an engine that ends its stream now and then is asked at once each time, however often that has been', async () => {
  const engine = new CuttingEngine();
  const ending = new AbortController();
  const told: string[] = [];
  const ends: RunListener = {
    started: (id) => told.push(`${id} started`),
    ended: (id) => {
      told.push(`${id} ended`);
      if (engine.streams === 20) ending.abort(); // with pauses that double, after a quarter of an hour
    },
  };
  await followEnds(engine, ends, ending.signal, { first: 1, most: 1_000_000 });
  expect(told).toHaveLength(40);
  expect(told.slice(-2)).toEqual(['run-20 started', 'run-20 ended']);
});
