import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { expect, test } from 'vitest';
import { numbered, Stage } from './log-stage.fake.ts';

/** Lines of more than the shortest file of a log that is rotated for its length. */
const much = (what: string) => Array.from({ length: 4000 }, (_, index) => `${what} ${index} ${'much '.repeat(25)}`);

async function follows(lines: readonly string[]): Promise<Stage> {
  const stage = await Stage.open();
  stage.follow();
  await writes(stage, lines);
  return stage;
}

async function writes(stage: Stage, lines: readonly string[]): Promise<void> {
  stage.kubelet.write(...lines);
  await stage.stored(lines.at(-1) ?? '');
}

const isGap = (message: LogMessage) => message.type === 'gap';

test('a busy log that is rotated: that the end of the file before may be missing is told, once, and when that was', async () => {
  const stage = await follows(much('before'));
  const { kubelet } = stage;
  kubelet.writeUntold(['the end of the file'], 0);
  await writes(stage, much('after'));
  await stage.gap();
  await writes(stage, much('later'));
  kubelet.end();
  await stage.completed();
  const messages = await stage.messages();
  const first = messages.flatMap((message) => (message.type === 'lines' ? message.lines : []));
  const [at] = first.find(([, text]) => text.startsWith('after 0 ')) ?? [];
  expect(messages.filter(isGap)).toEqual([
    expect.objectContaining({ because: expect.stringMatching(/end of the file before/), isPerhapsNone: true, to: at }),
  ]);
});

test('the same where the log ends soon after', async () => {
  const stage = await follows(much('before'));
  const { kubelet } = stage;
  kubelet.writeUntold(['the end of the file'], 0);
  await writes(stage, numbered(0, 5));
  kubelet.end();
  await stage.completed();
  expect(await stage.gaps()).toEqual([expect.stringMatching(/end of the file before/)]);
});

test('of a busy log that is not rotated nothing is told, and it is not asked for each line', async () => {
  const stage = await follows(much('before'));
  await writes(stage, much('after'));
  await writes(stage, much('later'));
  stage.kubelet.end();
  await stage.completed();
  expect(await stage.gaps()).toEqual([]);
  expect(stage.kubelet.requests.length).toBeLessThan(20);
});

test('a log that says little is not asked at all while it speaks', async () => {
  const stage = await follows(numbered(0, 10));
  await writes(stage, numbered(10, 10));
  expect(stage.kubelet.requests).toHaveLength(1);
});
