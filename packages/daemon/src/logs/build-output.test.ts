import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { expect, onTestFinished, test } from 'vitest';
import { EventLog } from '../state/event-log.ts';
import { Bell } from '../support/bell.ts';
import { TaskSet } from '../support/task-set.ts';
import { streamBuildOutput } from './build-output.ts';

const controller = () => {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  return ended.signal;
};

function open(follow: boolean, tailLines?: number) {
  const log = new EventLog();
  const sent: LogMessage[] = [];
  const bell = new Bell();
  const say = (service: string, line: string, source: 'build' | 'afterReady' = 'build') =>
    log.dispatch({ type: 'output', service, source, stream: 'stdout', line });
  const tasks = new TaskSet((error) => {
    throw error;
  });
  const begin = () => {
    const options = {
      log,
      follow,
      wants: (service: string) => service !== 'db',
      tailLines,
      send: (message: LogMessage) => {
        sent.push(message);
        bell.ring();
      },
      drained: async () => undefined,
      signal: controller(),
    };
    tasks.add(streamBuildOutput(options));
  };
  const texts = () =>
    sent.flatMap((message) =>
      message.type === 'output'
        ? [`${message.service} ${message.source}: ${message.lines.map(([, line]) => line)}`]
        : [],
    );
  const textsAre = (n: number) =>
    bell.until(() => (texts().length === n ? true : undefined), AbortSignal.timeout(5000));
  return { say, begin, texts, textsAre, ended: () => tasks.ended() };
}

test('sends what there is, lines of one source together, and what comes', async () => {
  const { say, begin, texts, textsAre } = open(true);
  for (const line of ['1', '2']) say('web', line);
  say('db', 'not wanted');
  say('web', 'ready', 'afterReady');
  begin();
  expect(texts()).toEqual(['web build: 1,2', 'web afterReady: ready']);
  say('web', '3');
  say('web', '4');
  await textsAre(3);
  expect(texts().at(-1)).toBe('web build: 3,4');
});

test('no more of what there is than was asked for, and ends where nothing is followed', async () => {
  const { say, begin, texts, ended } = open(false, 2);
  for (const line of ['1', '2', '3']) say('web', line);
  begin();
  await ended();
  expect(texts()).toEqual(['web build: 2,3']);
});
