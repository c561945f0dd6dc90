import { expect, test } from 'vitest';
import { StartTurns } from './start-turns.ts';

const never = new AbortController().signal;
const HOUR_MS = 3_600_000;
const nobody = () => undefined;

test('as many at once as the node can take, then one for each that has started, in the order of ranks', async () => {
  const turns = new StartTurns(1, HOUR_MS);
  const [first, second] = [await turns.take(0, never, nobody), await turns.take(1, never, nobody)];
  const order: number[] = [];
  const places = new Map<number, number[]>();
  const take = async (rank: number) => {
    const told: number[] = [];
    places.set(rank, told);
    const turn = await turns.take(rank, never, (before) => told.push(before));
    order.push(rank);
    return turn;
  };
  const later = [take(7), take(5), take(6)];
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  const fifth = await later[1];
  expect(order).toEqual([5]);
  second[Symbol.dispose]();
  fifth?.[Symbol.dispose]();
  for (const turn of await Promise.all(later)) turn[Symbol.dispose]();
  expect(order).toEqual([5, 6, 7]);
  expect(places.get(7)?.at(0)).toBe(0); // nobody was there yet
  expect(places.get(7)).toContain(2);
});

test('what takes long to start holds up nobody for ever', async () => {
  const turns = new StartTurns(1, 1);
  for (let rank = 0; rank < 6; rank += 1) await turns.take(rank, never, nobody);
});

test('who gives up waiting is before nobody', async () => {
  const turns = new StartTurns(1, HOUR_MS);
  using _first = await turns.take(0, never, nobody);
  using _second = await turns.take(1, never, nobody);
  const impatient = new AbortController();
  const gone = turns.take(2, impatient.signal, nobody);
  const places: number[] = [];
  const last = new AbortController();
  const patient = turns.take(3, last.signal, (before) => places.push(before));
  impatient.abort(new Error('enough'));
  await expect(gone).rejects.toThrow('enough');
  expect(places).toEqual([1, 0]);
  last.abort(new Error('the end'));
  await expect(patient).rejects.toThrow('the end');
});
