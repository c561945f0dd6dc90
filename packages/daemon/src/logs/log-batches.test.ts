import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { expect, test } from 'vitest';
import { Bell } from '../support/bell.ts';
import { LogBatches, type LogSource } from './log-batches.ts';

const container = (service: string): LogSource => ({ type: 'lines', service, pod: 'p', container: 'c' });

test('the first line goes out at once, those that follow closely together, by source', async () => {
  const sent: LogMessage[] = [];
  const bell = new Bell();
  using batches = new LogBatches((message) => {
    sent.push(message);
    bell.ring();
  });
  batches.add(container('web'), [['1', 'a']]);
  expect(sent).toEqual([{ ...container('web'), lines: [['1', 'a']] }]);
  batches.add(container('web'), [['2', 'b']]);
  batches.add(container('db'), [['3', 'c']]);
  batches.add(container('web'), [
    ['4', 'd'],
    ['5', 'e'],
  ]);
  expect(sent).toHaveLength(1);
  await bell.until(() => (sent.length === 3 ? true : undefined), AbortSignal.timeout(5000));
  expect(sent.slice(1)).toEqual([
    {
      ...container('web'),
      lines: [
        ['2', 'b'],
        ['4', 'd'],
        ['5', 'e'],
      ],
    },
    { ...container('db'), lines: [['3', 'c']] },
  ]);
});

test('nothing goes out after the end', () => {
  const sent: LogMessage[] = [];
  const batches = new LogBatches((message) => sent.push(message));
  batches.add(container('web'), [['1', 'a']]);
  batches.add(container('web'), [['2', 'b']]);
  batches[Symbol.dispose]();
  batches.flush();
  expect(sent).toHaveLength(1);
});
