import { expect, test } from 'vitest';
import { parseStep } from './dockerfile-steps.ts';

test.each([
  ['Step 3/7 : RUN npm ci', 3, 7, 'RUN npm ci'],
  ['[3/7] RUN npm ci', 3, 7, 'RUN npm ci'],
  ['[build 3/7] RUN npm ci', 3, 7, 'RUN npm ci'],
  ['[ 3/12] RUN npm ci', 3, 12, 'RUN npm ci'],
  ['[stage-1  3/12] COPY --from=build /a /b', 3, 12, 'COPY --from=build /a /b'],
  ['[linux/amd64 build 3/7] RUN npm ci', 3, 7, 'RUN npm ci'],
  ['[linux/arm64  3/12] RUN npm ci', 3, 12, 'RUN npm ci'],
])('%s is a step', (line, step, steps, text) => {
  expect(parseStep(line)).toEqual({ step, steps, text });
});

test.each([
  '[internal] load build definition from Dockerfile',
  'exporting to image',
  'added 3/7 packages',
  ' ---> 0123456789ab',
  '[auth] library/node:pull token',
  '',
])('%j is none', (line) => {
  expect(parseStep(line)).toBeUndefined();
});
