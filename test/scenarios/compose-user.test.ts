import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

const compose = (user: string) => `services:
  web:
    build: hello
    user: ${user}
    ports: ["8080"]
`;

test('a compose service that runs as a user by name has the numbers of its image', async () => {
  await using rig = await openRig('hello-service');
  await rm(rig.file('k8s'), { recursive: true });
  await rig.write('compose.yaml', compose('node'));
  await rig.writeConfig('compose: compose.yaml\n');
  expect((await rig.devloop(['render'])).stdout).toContain('# Deployment web: runs as node');
  await rig.start();
  const asked = async () => {
    const { spec } = await rig.object('deployments', 'web');
    return spec.template.spec.containers[0].securityContext;
  };
  expect(await asked()).toEqual({ runAsUser: 1000, runAsGroup: 1000 });
  expect((await rig.devloop(['exec', 'web', '--', 'id', '-u'])).stdout.trim()).toBe('1000');

  // another image of the same base is still swapped: nothing but the image is other
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', unique('again'));
  expect((await rig.event(passEnded('web', 'live'), since)).kind).toBe('swap');
  expect(await asked()).toEqual({ runAsUser: 1000, runAsGroup: 1000 });

  const wrong = rig.mark();
  await rig.writeAtomic('compose.yaml', compose('nodee'));
  const { failure } = await rig.event(eventOf('pass-ended', { service: 'web', outcome: 'failed' }), wrong);
  expect(failure).toMatchObject({ code: 'deploy/unknown-user', message: expect.stringContaining('nodee') });
});
