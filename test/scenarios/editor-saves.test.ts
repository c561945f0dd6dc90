import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { buildsCompleted, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

test('however an editor saves, the save goes live, and what was not a change builds nothing', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  const file = 'hello/message.txt';
  const ways: Record<string, (text: string) => Promise<void>> = {
    'in place': (text) => rig.write(file, text),
    'renamed over': (text) => rig.writeBeside(file, text),
    'backup, new file': (text) => rig.writeLikeVim(file, text),
    'truncated, then written': (text) => rig.truncateAndWrite(file, text),
    // each way a second time: a watch on a file that was replaced must not have gone with it
    'in place again': (text) => rig.write(file, text),
    'renamed over again': (text) => rig.writeBeside(file, text),
    'backup, new file again': (text) => rig.writeLikeVim(file, text),
  };
  for (const [way, save] of Object.entries(ways)) {
    const text = unique(way);
    const since = rig.mark();
    await save(text);
    const ended = await rig.event(passEnded('hello', 'live'), since);
    expect(await rig.serves('hello', text)).toBe(text);
    expect(ended.image, way).toBeDefined();
  }

  const [pod] = await rig.pods('app=hello');
  const since = rig.mark();
  await rig.writeBeside(file, await rig.read(file));
  await rig.write(file, await rig.read(file));
  await rig.write('hello/.message.txt.swp', 'an editor’s own file');
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '30']);
  // a real save after them: once it is live, those before it have had their effect
  const text = unique('after the no-ops');
  const real = rig.mark();
  await rig.writeBeside(file, text);
  await rig.event(passEnded('hello', 'live'), real);
  await rig.serves('hello', text);
  expect(buildsCompleted(rig.events.since(since), 'hello')).toHaveLength(1);
  const [after] = await rig.pods('app=hello');
  expect(after.status.containerStatuses[0].restartCount).toBe(pod.status.containerStatuses[0].restartCount + 1);
});

test('what the build cannot see starts no build', async () => {
  await using rig = await openRig('hello-service');
  await rig.write('hello/.dockerignore', 'notes\n!notes/seen.txt\n');
  await rig.write('hello/notes/seen.txt', 'first');
  await rig.start();
  const since = rig.mark();
  await rig.write('hello/notes/private.txt', unique('not seen'));
  await rig.write('hello/.git/index', unique('not seen'));
  await rig.write('hello/node_modules/a/index.js', unique('not seen'));
  await rig.write('hello/notes/seen.txt', unique('seen'));
  await rig.event(passEnded('hello', 'live'), since);
  const changes = rig.events.since(since).filter((event) => event.type === 'change-seen');
  expect(changes.flatMap((event) => event.paths)).toEqual(['hello/notes/seen.txt']);
  expect(buildsCompleted(rig.events.since(since), 'hello')).toHaveLength(1);
});
