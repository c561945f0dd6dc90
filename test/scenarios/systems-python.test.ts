import { expect, test } from 'vitest';
import { openRig } from '../rig/open-rig.ts';
import { runSystem } from '../systems/run-system.ts';
import { SYSTEMS } from '../systems/systems.ts';

test.each(SYSTEMS.filter(({ isPython }) => isPython))(
  '$name: up without a config, seen, edited, and taken down without a trace',
  async (system) => {
    await using rig = await openRig(system.fixture);
    const run = await runSystem(system, rig);
    expect(run).toMatchObject({ logged: run.services, left: 0 });
  },
);
