import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

test('an image of two services is built once for each save, and both get it', async () => {
  await using rig = await openRig('shared-image');
  for (const edition of [unique('first'), unique('second')]) {
    const since = rig.mark();
    await rig.writeAtomic('app/edition.txt', edition);
    if (since === 0) await rig.start();
    await rig.event(passEnded('front', 'live'), since);
    await rig.event(passEnded('search', 'live'), since);
    await rig.serves('front', `front ${edition}`);
    await rig.serves('search', `search ${edition}`);
    const events = rig.events.since(since);
    expect(events.filter(eventOf('build-started'))).toHaveLength(1);
    const images = events.filter(eventOf('image-ready'));
    expect(new Set(images.map(({ imageId }) => imageId)).size).toBe(1);
  }
});
