import { expect, test } from 'vitest';
import { passesEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

test('a program that fails at its start is never live, however little of a processor it gets', async () => {
  await using rig = await openRig('hello-service');
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replace('          ports:', '          resources: { limits: { cpu: 100m } }\n          ports:'),
  );
  await rig.write(
    'hello/server.js',
    `while (process.cpuUsage().user < 200_000);
     console.error('there is no database'); process.exit(4);\n`,
  );
  await rig.up({ expect: 1 });
  const passes = (outcome: 'live' | 'failed') => passesEnded(rig.eventsSoFar, 'hello', outcome);
  expect([passes('live'), passes('failed').length]).toEqual([[], 1]);
  expect(passes('failed')[0]?.failure?.message).toMatch(/exit code 4/);
});
