import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { buildsCompleted, eventOf, passEnded, passesEnded } from '../rig/expected-events.ts';
import { poll } from '../rig/poll.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hooks', (rig) => rig.write('web/name.txt', unique('one').replace(' ', '-')));

test('what beforeBuild writes is in the image and starts no build of its own; afterReady runs when live', async ({
  rig,
}) => {
  const runs = async () => Number(await rig.read('runs.txt'));
  const first = await runs();
  const name = (await rig.read('web/name.txt')).trim();
  await rig.serves('web', `hello ${name}, made by run ${first}`);

  const since = rig.mark();
  const next = unique('two').replace(' ', '-');
  await rig.writeAtomic('web/name.txt', next);
  await rig.event(passEnded('web', 'live'), since);
  await rig.serves('web', new RegExp(`^hello ${next}, made by run \\d+$`));
  const lines = rig.events.since(since).filter(eventOf('output', { source: 'beforeBuild' }));
  expect(lines.map(({ line }) => line)).toContain(`generating code for ${next}`);

  // each run writes something new: if it started a pass, there would be more runs without end
  const third = rig.mark();
  const last = unique('three').replace(' ', '-');
  await rig.writeAtomic('web/name.txt', last);
  await rig.event(passEnded('web', 'live'), third);
  await rig.serves('web', new RegExp(`^hello ${last}`));
  expect(buildsCompleted(rig.events.since(since), 'web')).toHaveLength(2);
  expect(await runs()).toBe(first + 2);
  const lives = passesEnded(rig.eventsSoFar, 'web', 'live').length;
  const live = await poll(
    () => rig.read('after-ready.txt'),
    (text) => text.trim().split('\n').length >= lives,
    { what: `afterReady ran for each of ${lives}` },
  );
  expect(live.trim().split('\n')).toHaveLength(lives);
});

test('a hook that fails is a failure with its output, and the next save tries again', async ({ rig }) => {
  const good = await rig.read('scripts/generate.sh');
  const since = rig.mark();
  const words = unique('no such generator');
  await rig.writeAtomic('scripts/generate.sh', `echo '${words}' >&2; exit 4\n`);
  await rig.writeAtomic('web/name.txt', 'failing');
  const { failure } = await rig.event(passEnded('web', 'failed'), since);
  expect(failure?.code).toBe('hook/failed');
  expect(failure?.message).toMatch(/\b4\b/);
  expect(failure?.evidence.join('\n')).toContain(words);

  const mended = rig.mark();
  await rig.writeAtomic('scripts/generate.sh', good);
  await rig.writeAtomic('web/name.txt', 'mended');
  await rig.event(passEnded('web', 'live'), mended);
  await rig.serves('web', /^hello mended/);
});
