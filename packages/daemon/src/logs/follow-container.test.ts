import { expect, test } from 'vitest';
import { CONTAINER } from './kubelet.fake.ts';
import { numbered, Stage } from './log-stage.fake.ts';
import { lastLineOf } from './silences.ts';

test('all lines of all runs, what the one before said last included', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write('first', 'second');
  stage.follow();
  await stage.stored('second');
  kubelet.write('third');
  kubelet.breakOff(); // so that the last words can only be had from the log of the run before
  kubelet.write('last words');
  kubelet.end(false);
  kubelet.start();
  kubelet.write('anew');
  await stage.stored('anew');
  expect(await stage.texts()).toEqual(['first', 'second', 'third', 'last words', 'anew']);
  expect(await stage.gaps()).toEqual([]);
  const restarts = (await stage.messages()).map((message) => message.type === 'lines' && message.restarts);
  expect([...new Set(restarts)]).toEqual([0, 1]);
});

test('a run whose end was told late: its log is read all the same, though the next run was read in its name', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write('of the first run');
  kubelet.end(false);
  kubelet.start(false);
  kubelet.write(...numbered(0, 9000)); // for longer than a second
  stage.follow();
  await stage.stored('line 8999');
  kubelet.tell();
  kubelet.write('anew');
  await stage.stored('anew');
  expect((await stage.texts()).filter((text) => text.startsWith('line'))).toEqual(numbered(0, 9000));
  expect((await stage.texts()).filter((text) => text === 'of the first run')).toHaveLength(1);
});

test('a container that had ended before anybody looked', async () => {
  const stage = await Stage.open();
  stage.kubelet.write('all', 'that', 'it said');
  stage.kubelet.end();
  stage.follow();
  await stage.stored('it said');
  stage.kubelet.remove();
  await stage.followed;
  expect(await stage.texts()).toEqual(['all', 'that', 'it said']);
  expect(await stage.gaps()).toEqual([]);
  expect(stage.writer.open).toEqual([]);
});

test('a run that was read to its end is not read again by the next daemon', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write('all');
  kubelet.end();
  stage.follow();
  await stage.stored('all');
  await stage.completed();
  await stage.restartDaemon();
  expect(stage.writer.open.map(({ isComplete }) => isComplete)).toEqual([true]);
  const asked = kubelet.requests.length;
  kubelet.remove();
  await stage.followed;
  expect(kubelet.requests.length).toBe(asked);
  expect(await stage.texts()).toEqual(['all']);
  expect(await stage.gaps()).toEqual([]);
});

test('last words without a line feed, of a pod that goes at once', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  kubelet.writeUnfinished('its last words');
  kubelet.end(false);
  await kubelet.requested(); // nothing is known of its end yet
  kubelet.remove();
  await stage.followed;
  expect(await stage.texts()).toEqual(['one', 'its last words']);
});

test('a pod that goes in the midst leaves a gap', async () => {
  const stage = await Stage.open();
  stage.follow();
  stage.kubelet.write('one');
  await stage.stored('one');
  stage.kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([expect.stringMatching(/^the pod was gone before the rest could be read/)]);
});

test('a pod that goes when only the run before could be read leaves a gap', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write('of the run before');
  kubelet.end(false);
  kubelet.start();
  kubelet.write('of the run that nobody reads');
  kubelet.refusePresent();
  stage.follow();
  while (!kubelet.requests.some((request) => request.includes('follow=true'))) await kubelet.requested();
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([expect.stringMatching(/^the pod was gone before the rest could be read/)]);
});

test('a pod that goes while its kubelet is started anew leaves a gap', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  kubelet.shut();
  kubelet.write('that nobody reads');
  await kubelet.requested();
  await kubelet.requested(); // so that the first answer has been taken
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([expect.stringMatching(/^the pod was gone before the rest could be read/)]);
});

test('a container that has ended while its kubelet is started anew: its log is read after', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  kubelet.shut();
  kubelet.write('its last words');
  kubelet.end();
  for (let asked = 0; asked < 6; asked++) await kubelet.requested();
  kubelet.reopen();
  await stage.completed();
  expect(await stage.texts()).toEqual(['one', 'its last words']);
  expect(await stage.gaps()).toEqual([]);
});

test('a log that is empty where lines of it are stored is not all of it', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  kubelet.breakOff();
  kubelet.write('two');
  kubelet.rotate();
  kubelet.end();
  while (kubelet.requests.filter((request) => request.includes('follow=true')).length < 2) await kubelet.requested();
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([expect.stringMatching(/could be read|the cluster said/)]);
});

test('a log that was emptied: its stream is quiet, which is doubted, and what may be missing is told', async () => {
  const stage = await Stage.open();
  stage.follow();
  stage.kubelet.write(...numbered(0, 5));
  await stage.stored('line 4');
  stage.kubelet.rotate();
  stage.kubelet.write(...numbered(5, 3));
  await stage.stored('line 7');
  expect(await stage.texts()).toEqual(numbered(0, 8));
  expect(await stage.gaps()).toEqual([expect.stringMatching(/the log was rotated meanwhile/)]);
});

test('a log that was rotated twice while nothing was taken from its stream: what is missing is told', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...numbered(0, 5));
  await stage.stored('line 4');
  kubelet.writeUntold(numbered(5, 100));
  kubelet.write(...numbered(105, 5));
  await stage.stored('line 109');
  expect(await stage.texts()).toEqual([...numbered(0, 5), ...numbered(105, 5)]);
  expect(await stage.gaps()).toEqual([expect.stringMatching(/the log was rotated/)]);
});

/** As much as no file of a log has that is rotated for its length, and fewer lines than are looked through at the end. */
const MUCH = Array.from({ length: 4000 }, (_, index) => `${index} ${'much '.repeat(25)}`);

test('a log that is rotated while its container says nothing: perhaps nothing is missing', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('before');
  await stage.stored('before');
  kubelet.rename();
  kubelet.sayNothing(1000);
  kubelet.write('after');
  await stage.stored('after');
  const messages = await stage.messages();
  expect(messages.map(({ type }) => type)).toEqual(['lines', 'gap', 'lines']);
  expect(messages[1]).toMatchObject({ because: expect.stringMatching(/rotated/), isPerhapsNone: true });
});

test('a log that is rotated twice while a busy container is silent in its stream only: lines may be missing', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...MUCH);
  await stage.stored(MUCH.at(-1) ?? '');
  kubelet.writeUntold(MUCH, 5000);
  kubelet.rename();
  kubelet.write('after');
  await stage.stored('after');
  const [gap] = (await stage.messages()).filter(({ type }) => type === 'gap');
  expect(gap).toMatchObject({ because: expect.stringMatching(/may have left out lines/) });
  expect(gap).not.toHaveProperty('isPerhapsNone');
});

/** Whose log has just been asked whether it was rotated, so that this is not due for long. */
async function afterMuchAndASilence(): Promise<Stage> {
  const stage = await Stage.open();
  stage.follow();
  stage.kubelet.write(...MUCH);
  stage.kubelet.sayNothing(310);
  stage.kubelet.write('after a silence');
  await stage.stored('after a silence');
  return stage;
}

/** Whose last line came after a silence of which the log was not asked. */
async function withOpenSilence(): Promise<Stage> {
  const stage = await afterMuchAndASilence();
  stage.kubelet.sayNothing(310);
  stage.kubelet.write('the last');
  await stage.stored('the last');
  return stage;
}

/** Resolves when the log has been asked so, and the answer has been taken. */
async function asked({ kubelet }: Stage, isSo: (request: string) => boolean, act: () => void): Promise<void> {
  const before = kubelet.requests.length;
  act();
  while (!kubelet.requests.slice(before).some(isSo)) await kubelet.requested();
  // a later question has its answer later
  await lastLineOf(kubelet.api, { namespace: 'shop', pod: 'web-1', container: CONTAINER }, AbortSignal.timeout(10_000));
}

test('a small file that a stream leaves out which has told much: what is missing is told', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...MUCH, 'the last of it');
  await stage.stored('the last of it');
  kubelet.writeUntold(['untold'], 310);
  kubelet.write('the next');
  await stage.stored('the next');
  expect(await stage.gaps()).toEqual([expect.stringMatching(/the log was rotated/)]);
});

test('a small file that is left out soon after the log was asked: the log is asked again, and what is missing told', async () => {
  const stage = await afterMuchAndASilence();
  const { kubelet } = stage;
  kubelet.writeUntold(['untold'], 310);
  kubelet.write('the next');
  await stage.stored('the next');
  await stage.gap();
  expect(await stage.gaps()).toEqual([expect.stringMatching(/the log was rotated/)]);
});

test('a short file that is emptied soon after the log was asked: that lines are missing is told', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...MUCH);
  kubelet.rename();
  kubelet.write('short');
  kubelet.sayNothing(310);
  kubelet.write('after a silence');
  await stage.stored('after a silence');
  kubelet.rotate();
  kubelet.sayNothing(310);
  kubelet.write(...numbered(0, 10));
  await stage.stored('line 9');
  expect(await stage.texts()).not.toContain('line 0');
  await stage.gap();
  expect(await stage.gaps()).toEqual(['its stream left out lines when the log was rotated']);
  expect((await stage.messages()).filter((message) => 'isPerhapsNone' in message)).toEqual([]);
});

test('a small file that is left out at last: what is missing is told when its container has ended', async () => {
  const stage = await afterMuchAndASilence();
  const { kubelet } = stage;
  kubelet.writeUntold(['untold'], 310);
  kubelet.write('the last');
  await stage.stored('the last');
  kubelet.end();
  await stage.completed();
  expect(await stage.gaps()).toEqual([expect.stringMatching(/the log was rotated/)]);
});

test('a small file that is left out at last: what is missing is told though its pod goes at once', async () => {
  const stage = await afterMuchAndASilence();
  const { kubelet } = stage;
  kubelet.writeUntold(['untold'], 310);
  kubelet.write('the last');
  await stage.stored('the last');
  kubelet.end(false);
  await stage.gap();
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([expect.stringMatching(/the log was rotated/)]);
});

test('a silence of which nobody could be asked before the pod was gone: perhaps lines are missing', async () => {
  const stage = await withOpenSilence();
  const { kubelet } = stage;
  kubelet.refusePresent();
  kubelet.end(false);
  await kubelet.requested(); // its stream has ended, and its log is not there
  kubelet.remove();
  await stage.followed;
  const messages = await stage.messages();
  const [{ from = '', to = '', ...gap } = {}, ...more] = messages.filter((message) => message.type === 'gap');
  expect([gap, more]).toMatchObject([{ because: expect.stringMatching(/^the pod was gone/), isPerhapsNone: true }, []]);
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(310);
});

test('the same where the log was never as long as one that is rotated: nothing is missing', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  kubelet.sayNothing(310);
  kubelet.write('two');
  await stage.stored('two');
  kubelet.refusePresent();
  kubelet.end(false);
  await kubelet.requested(); // its stream has ended, and its log is not there
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([]);
});

test('a silence of which the log was asked when its stream had ended is none, though the pod is gone then', async () => {
  const stage = await withOpenSilence();
  const { kubelet } = stage;
  const isForLeftOut = (request: string) => request.includes('limitBytes');
  await asked(stage, isForLeftOut, () => kubelet.end(false));
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([]);
});

test('a container whose end the engine tells before it is removed: nothing is missing', async () => {
  const stage = await withOpenSilence();
  const { kubelet } = stage;
  // what was left out is asked for after its last line
  const isLastQuestion = (request: string) => request.includes('limitBytes');
  await asked(stage, isLastQuestion, () => stage.ends.ended('run-0'));
  kubelet.removeContainer();
  await kubelet.requested();
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toEqual([]);
});

test('the same where its stream has not told its last line: that it could not be read is told', async () => {
  const stage = await withOpenSilence();
  const { kubelet } = stage;
  kubelet.skipForStreams('untold');
  const isForItsEnd = (request: string) => request.endsWith('tailLines=1');
  await asked(stage, isForItsEnd, () => stage.ends.ended('run-0'));
  kubelet.removeContainer();
  await kubelet.requested();
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toContainEqual(expect.stringMatching(/^the pod was gone before the rest could be read/));
});

test('the same where the engine tells nothing', async () => {
  const stage = await withOpenSilence();
  const { kubelet } = stage;
  kubelet.removeContainer();
  await kubelet.requested();
  kubelet.remove();
  await stage.followed;
  expect(await stage.gaps()).toContainEqual(expect.stringMatching(/^the pod was gone before the rest could be read/));
});

test('a small file that is left out before another run, of which its status tells late: what is missing is told', async () => {
  const stage = await afterMuchAndASilence();
  const { kubelet } = stage;
  kubelet.writeUntold(['untold'], 310);
  kubelet.write('the last of its run');
  await stage.stored('the last of its run');
  // for what was left out, in vain: it is the log of the next run
  const isForLeftOut = (request: string) => request.includes('sinceTime') && !request.includes('follow');
  await asked(stage, isForLeftOut, () => {
    kubelet.end(false);
    kubelet.start(false);
    kubelet.write('of the next run');
  });
  kubelet.tell();
  await stage.stored('of the next run');
  expect(await stage.gaps()).toEqual([expect.stringMatching(/the log was rotated/)]);
});

test('a small file that is left out before two more runs: the gap of what could not be read begins before it', async () => {
  const stage = await afterMuchAndASilence();
  const { kubelet } = stage;
  kubelet.writeUntold(['untold'], 310);
  kubelet.write('the last that came');
  await stage.stored('the last that came');
  for (const isTold of [false, true]) {
    kubelet.end(false);
    kubelet.start(isTold);
    kubelet.write('of another run');
  }
  await stage.stored('of another run');
  const messages = await stage.messages();
  const lines = messages.flatMap((message) => (message.type === 'lines' ? message.lines : []));
  const [lastAt = ''] = lines.find(([, text]) => text === 'the last that came') ?? [];
  const gaps = messages.flatMap((message) => (message.type === 'gap' ? [message] : []));
  expect(gaps).toMatchObject([{ because: expect.stringMatching(/started again twice/) }]);
  expect(Date.parse(gaps[0]?.from ?? '')).toBeLessThanOrEqual(Date.parse(lastAt) - 310);
});

test('the log of a container that has said a line a second for long is not asked at every line', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  for (const text of numbered(0, 200)) {
    kubelet.write(text);
    kubelet.sayNothing(1000);
  }
  stage.follow();
  await stage.stored('line 199');
  expect(await stage.gaps()).toEqual([]);
  expect(kubelet.requests.length).toBeLessThan(10);
});

test('a silence in which nothing was left out is none, though its stream is far behind the log', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...numbered(0, 5));
  await stage.stored('line 4');
  kubelet.sayNothing(1000);
  kubelet.write(...numbered(5, 6000)); // more than are looked through from the end
  await stage.stored('line 6004');
  expect(await stage.texts()).toEqual(numbered(0, 6005));
  expect(await stage.gaps()).toEqual([]);
  expect(kubelet.requests.filter((request) => request.includes('follow=true'))).toHaveLength(1);
});

test('a run that its status does not tell of yet is not taken for the one before with its beginning rotated away', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...numbered(0, 5));
  await stage.stored('line 4');
  const opened = kubelet.requested();
  kubelet.start(false); // before its stream ends, so that the next one is of the new run
  kubelet.endStreams();
  kubelet.write(...numbered(5, 5));
  await opened;
  kubelet.tell();
  await stage.stored('line 9');
  expect(await stage.texts()).toEqual(numbered(0, 10));
  expect(await stage.gaps()).toEqual([]);
});

test('a run whose log was that of the next one when it was asked for is told to be missing before that', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write('line 0');
  kubelet.start();
  kubelet.write('line 1');
  stage.follow(); // knows of that run, and is about to ask for the log of the one before
  kubelet.end(false);
  kubelet.start();
  kubelet.write('line 2');
  await stage.stored('line 2');
  const told = (await stage.messages()).flatMap((message) => (message.type === 'gap' ? [message.from] : []));
  expect([await stage.texts(), told]).toEqual([['line 1', 'line 2'], [undefined]]);
});

test('runs that came and went unseen are told', async () => {
  const stage = await Stage.open();
  stage.follow();
  stage.kubelet.write('one');
  await stage.stored('one');
  const restarted = async () => {
    await stage[Symbol.asyncDispose]();
    for (let run = 0; run < 3; run++) {
      stage.kubelet.end(false);
      stage.kubelet.start();
      stage.kubelet.write(`of run ${run + 1}`);
    }
    await stage.restartDaemon();
  };
  await restarted();
  await stage.stored('of run 3');
  expect(await stage.texts()).toEqual(['one', 'of run 2', 'of run 3']);
  expect(await stage.gaps()).toContain('one run of the container came and went unseen');
});
