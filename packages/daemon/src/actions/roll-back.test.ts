import type { PassRecord } from '@devloop/shared/protocol/service-detail';
import { expect, test } from 'vitest';
import { initialService } from '../state/daemon-state.ts';
import { buildsOf, earlierImage } from './roll-back.ts';

const pass = (outcome: PassRecord['outcome'], image: string): PassRecord => ({
  revision: 1,
  outcome,
  kind: 'swap',
  times: { noticedAt: 0, startedAt: 0, endedAt: 0 },
  image,
  paths: [],
});
const earlier = (liveImage: string, ...passes: PassRecord[]) =>
  earlierImage({ ...initialService('web'), liveImage, passes });

test('the way back leads to the newest build that was live and is not now', () => {
  const passes = [pass('failed', 'web:4'), pass('live', 'web:3'), pass('live', 'web:2'), pass('live', 'web:1')];
  expect(earlier('web:3', ...passes)).toBe('web:2');
  expect(earlier('web:2', pass('live', 'web:2'), ...passes)).toBe('web:3');
  expect(earlier('web:1', pass('live', 'web:1'), pass('failed', 'web:0'))).toBeUndefined();
});

test('the builds of an image are told newest first, without aliases', () => {
  const image = (name: string, created: number, ...references: string[]) => ({
    id: `sha256:${created}`,
    created,
    references,
    labels: { 'devloop.dev/image': name },
  });
  const images = [image('web', 1, 'web:a', 'web:a-2'), image('web', 2, 'web:b'), image('api', 3, 'api:c')];
  expect(buildsOf(images, 'web')).toEqual(['web:b', 'web:a']);
});
