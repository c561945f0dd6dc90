import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';

/** Healthy once a file is there that only a command in the container makes. */
const DOCKERFILE = `FROM node:22-slim
WORKDIR /app
COPY . .
EXPOSE 8080
HEALTHCHECK --interval=5s --retries=100 CMD ["node", "-e", "process.exitCode = fs.existsSync('/tmp/healthy') ? 0 : 1"]
CMD ["node", "server.js"]
`;

/** Waits for the newest container, which runs and does not serve yet, and makes it healthy. */
async function makeHealthy(rig: DevloopRig): Promise<void> {
  const runs = await poll(
    () => rig.service('hello'),
    ({ pods }) => pods.some(({ newest, status, ready }) => newest && status === 'Running' && !ready),
    { what: 'the newest container runs, and is not ready' },
  );
  expect(runs.liveness).toBe('working');
  await rig.devloop(['exec', 'hello', '--', 'node', '-e', "fs.writeFileSync('/tmp/healthy', '')"]);
}

test('without manifests, live is what the HEALTHCHECK of the Dockerfile calls healthy, after each save', async () => {
  await using rig = await openRig('hello-service');
  await rm(rig.file('k8s'), { recursive: true });
  await rig.write('hello/Dockerfile', DOCKERFILE);
  expect((await rig.devloop(['render'])).stdout).toContain('startupProbe:');
  await Promise.all([rig.up(), makeHealthy(rig)]);

  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', unique('healthy again'));
  await makeHealthy(rig);
  await rig.event(passEnded('hello', 'live'), since);
});
