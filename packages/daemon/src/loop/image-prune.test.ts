import { expect, test } from 'vitest';
import { IMAGE_LABEL } from '../build/image-engine.ts';
import { staleReferences } from './image-prune.ts';

const image = (name: string, created: number, ...references: string[]) => ({
  references,
  created,
  labels: { [IMAGE_LABEL]: name },
});

test('all but the newest two of each name are stale, with all their references', () => {
  const images = [
    image('web', 1, 'web:1', 'web:1-2'),
    image('api', 1, 'api:1'),
    image('web', 3, 'web:3'),
    image('web', 2, 'web:2'),
    image('web', 0),
  ];
  expect(staleReferences(images)).toEqual(['web:1', 'web:1-2']);
  expect(staleReferences([])).toEqual([]);
});
