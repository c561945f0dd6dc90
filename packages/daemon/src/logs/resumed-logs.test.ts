import { expect, test } from 'vitest';
import { numbered, Stage } from './log-stage.fake.ts';

/** How many streams of the present run were asked for. */
function streams({ kubelet }: Stage): number {
  return kubelet.requests.filter((request) => request.includes('follow=true')).length;
}

test('a container whose status has no id for a while, as after a start of its kubelet, is followed all the same', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  const opened = kubelet.requested();
  kubelet.hideId();
  kubelet.endStreams();
  await opened;
  kubelet.write('two');
  await stage.stored('two');
  kubelet.showId();
  kubelet.write('three');
  kubelet.end();
  await stage.completed();
  expect(await stage.texts()).toEqual(['one', 'two', 'three']);
  expect(await stage.gaps()).toEqual([]);
});

test('a container that was started again under its id goes on', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  kubelet.end();
  await stage.completed();
  kubelet.resume();
  kubelet.write('two');
  await stage.stored('two');
  expect(await stage.texts()).toEqual(['one', 'two']);
});

test('the log of a container that has ended, cut short by the end of its kubelet in the midst of a line, is read on', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write(...numbered(0, 100));
  kubelet.end();
  kubelet.endNextAnswerAfter(1000);
  stage.follow();
  await stage.stored('line 99');
  await stage.completed();
  expect(await stage.texts()).toEqual(numbered(0, 100));
  expect(await stage.gaps()).toEqual([]);
});

test('the log of the run before, cut short in the same way, is read on', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write(...numbered(0, 100));
  kubelet.end(false);
  kubelet.start();
  kubelet.endNextAnswerAfter(1000);
  kubelet.write('anew');
  stage.follow();
  await stage.stored('anew');
  expect(await stage.texts()).toEqual([...numbered(0, 100), 'anew']);
  expect(await stage.gaps()).toEqual([]);
});

test('half a line that a kubelet told at its end is not told again when its pod goes later', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  kubelet.endStreams('a line of which half is told');
  await stage.stored('a line of which half is told');
  kubelet.remove();
  await stage.followed;
  expect(await stage.texts()).toEqual(['one', 'a line of which half is told']);
});

test('a log that goes on with earlier stamps, because the clock of its node was set back', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...numbered(0, 50));
  await stage.stored('line 49');
  const opened = kubelet.requested();
  kubelet.breakOff();
  kubelet.setBack(30_000);
  kubelet.write(...numbered(50, 50));
  await opened;
  kubelet.write(...numbered(100, 50));
  await stage.stored('line 149');
  kubelet.breakOff();
  kubelet.write(...numbered(150, 50));
  await stage.stored('line 199');
  expect(await stage.texts()).toEqual(numbered(0, 200));
  expect(await stage.gaps()).toEqual([]);
});

test('a stream on which the clock was set back is gone on with where it broke off', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...numbered(0, 50));
  await stage.stored('line 49');
  kubelet.setBack(30_000);
  kubelet.write(...numbered(50, 50));
  await stage.stored('line 99');
  const opened = kubelet.requested();
  kubelet.breakOff();
  kubelet.write(...numbered(100, 50));
  await opened;
  await stage.stored('line 149');
  expect(await stage.texts()).toEqual(numbered(0, 150));
  expect(await stage.gaps()).toEqual([]);
});

test.each([
  ['has no line feed yet', 'Password: '],
  ['is kept as several records', `${'x'.repeat(16_384)}2026-01-01T00:00:01.000Z ${'y'.repeat(100)}\n`],
])('a quiet log whose last line %s is not opened again and again', async (_, last) => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  kubelet.writeRecords(last);
  await stage.stored('one');
  const asked = () => kubelet.requests.filter((request) => request.includes('tailLines=1')).length;
  while (asked() < 2) await kubelet.requested();
  kubelet.endStreams();
  await kubelet.requested();
  expect(streams(stage)).toBe(2);
});

test('lines that a stream has left out do not come behind those that it told instead: that they are missing is told', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...numbered(0, 5));
  await stage.stored('line 4');
  kubelet.skipForStreams('left out');
  kubelet.write(...numbered(5, 5));
  await stage.stored('line 9');
  const opened = kubelet.requested();
  kubelet.breakOff();
  kubelet.write('after');
  await opened;
  await stage.stored('after');
  expect(await stage.texts()).toEqual([...numbered(0, 10), 'after']);
  expect(await stage.gaps()).toEqual(['its stream left out lines when the log was rotated']);
  kubelet.breakOff();
  kubelet.write('at last');
  await stage.stored('at last');
  expect(await stage.texts()).toEqual([...numbered(0, 10), 'after', 'at last']);
});

test('a stream that tells its file anew, as when the file before that is removed: no line comes twice', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write(...numbered(0, 5));
  await stage.stored('line 4');
  kubelet.rename();
  kubelet.write(...numbered(5, 80));
  kubelet.tellAnew();
  kubelet.write(...numbered(85, 10));
  kubelet.tellAnew();
  kubelet.write('at last');
  await stage.stored('at last');
  expect(await stage.texts()).toEqual([...numbered(0, 95), 'at last']);
  expect(await stage.gaps()).toEqual([]);
});

test('a stream that tells much anew is given up, and no line comes twice', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  for (const from of [0, 5000, 10_000]) {
    kubelet.write(...numbered(from, 5000));
    kubelet.sayNothing(200);
  }
  await stage.stored('line 14999');
  kubelet.tellAnew();
  kubelet.write('at last');
  await stage.stored('at last');
  expect(await stage.texts()).toEqual([...numbered(0, 15_000), 'at last']);
  expect(await stage.gaps()).toEqual([]);
});

test('the log of the run before, in which the clock was set back', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write(...numbered(0, 20));
  kubelet.setBack(30_000);
  kubelet.write(...numbered(20, 20));
  kubelet.end(false);
  kubelet.start();
  kubelet.write('anew');
  stage.follow();
  await stage.stored('anew');
  expect(await stage.texts()).toEqual([...numbered(0, 40), 'anew']);
  expect(await stage.gaps()).toEqual([]);
});

test('the log of a container that has ended, cut short behind a line that ends like its last one, is read on', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  kubelet.write('ok', 'this is ok');
  kubelet.end();
  kubelet.endNextAnswerAfter('2026-01-01T00:00:00.000Z ok\n'.length);
  stage.follow();
  await stage.stored('this is ok');
  await stage.completed();
  expect(await stage.texts()).toEqual(['ok', 'this is ok']);
});

test('a run that was read, and is tidied up when the daemon is replaced once more, is not told as one that nobody saw', async () => {
  const stage = await Stage.open();
  const { kubelet } = stage;
  stage.follow();
  kubelet.write('one');
  await stage.stored('one');
  kubelet.end(false);
  kubelet.start();
  kubelet.write('two');
  await stage.stored('two');
  kubelet.tidyUp();
  for (const text of ['three', 'four']) {
    await stage.restartDaemon();
    kubelet.write(text);
    await stage.stored(text);
  }
  expect(await stage.texts()).toEqual(['one', 'two', 'three', 'four']);
  expect(await stage.gaps()).toEqual([]);
});
