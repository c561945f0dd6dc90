import { expect, test } from 'vitest';
import { podObject } from './live-objects.fake.ts';
import { SwapHistory } from './swap-history.ts';

test('a name is fresh until a pod has run it', () => {
  const history = new SwapHistory();
  const run = (image: string) => {
    const pods = [podObject('a', { image })];
    history.saw(pods);
    return pods;
  };
  expect(history.freshName('web:2', run('web:1'))).toBe('web:2');
  expect(history.freshName('web:1', run('web:2'))).toBe('web:1-2');
  expect(history.freshName('web:1', run('web:1-2'))).toBe('web:1-3');
  expect(history.freshName('web:1', [podObject('other')])).toBe('web:1');
});

test('a pod that restarted before it was known may have run anything', () => {
  const history = new SwapHistory();
  const restarted = podObject('a', { restarts: 1 });
  history.saw([restarted]);
  expect(history.freshName('web:2', [restarted])).toMatch(/^web:2-.+/);
});

test('so may one with several containers', () => {
  const history = new SwapHistory();
  const containers = ['web:1', 'proxy:1'].map((image) => ({ name: image, image }));
  const restarted = podObject('a', { restarts: 1, spec: { containers } });
  history.saw([restarted]);
  expect(history.freshName('web:2', [restarted])).toMatch(/^web:2-.+/);
});

test('restarts that were swaps are known', () => {
  const history = new SwapHistory();
  history.saw([podObject('a', { image: 'web:1' })]);
  const swapped = podObject('a', { image: 'web:2', restarts: 1 });
  history.saw([swapped]);
  expect(history.freshName('web:3', [swapped])).toBe('web:3');
});
