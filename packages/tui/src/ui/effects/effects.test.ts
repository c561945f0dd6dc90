import { PassThrough } from 'node:stream';
import type { PassRecord, ServiceDetail } from '@devloop/shared/protocol/service-detail';
import { expect, test } from 'vitest';
import { buildChoices, containerChoices } from './choices.ts';
import { copyToClipboard } from './clipboard.ts';

const pass = (revision: number, image: string, outcome: PassRecord['outcome'] = 'live'): PassRecord => ({
  revision,
  outcome,
  image,
  kind: 'swap',
  times: { noticedAt: 0, startedAt: 0, endedAt: 0 },
  paths: [],
});
const detail = (passes: PassRecord[]): ServiceDetail => ({
  service: 'web',
  workloads: [],
  pods: [],
  passes,
  config: '',
});

test('a roll back offers what was live before, each build once', () => {
  const { choices } = buildChoices(
    detail([pass(5, 'c'), pass(4, 'x', 'failed'), pass(3, 'b'), pass(2, 'a'), pass(1, 'b')]),
  );
  expect(choices.map(({ intent }) => intent)).toMatchObject([
    { command: { type: 'roll-back', service: 'web', image: 'b' } },
    { command: { type: 'roll-back', service: 'web', image: 'a' } },
  ]);
});

test('where there is nothing to choose from, that is said', () => {
  expect(() => buildChoices(detail([pass(1, 'a')]))).toThrow('There is no earlier build of web.');
  expect(() => containerChoices(detail([]))).toThrow('No container of web runs.');
});

test("the clipboard is the terminal's", () => {
  const output = new PassThrough();
  copyToClipboard('héllo', output);
  expect(String(output.read())).toBe(`\u001b]52;c;${Buffer.from('héllo').toString('base64')}\u0007`);
});
