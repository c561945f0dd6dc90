import { mkdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { converted } from '../compose/convert.ts';
import { CORPUS } from '../compose/corpus.ts';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { plainRequest } from '../rig/http-answer.ts';
import { openRig } from '../rig/open-rig.ts';

/** Where the API has the kinds that compose services become. */
const PATHS: Readonly<Record<string, string>> = {
  ConfigMap: 'api/v1/namespaces/NS/configmaps',
  Secret: 'api/v1/namespaces/NS/secrets',
  Service: 'api/v1/namespaces/NS/services',
  PersistentVolumeClaim: 'api/v1/namespaces/NS/persistentvolumeclaims',
  Deployment: 'apis/apps/v1/namespaces/NS/deployments',
  Pod: 'api/v1/namespaces/NS/pods',
  Job: 'apis/batch/v1/namespaces/NS/jobs',
};

test('the cluster takes every object that the corpus of compose files becomes', async () => {
  await using rig = await openRig('hello-service');
  const refused: string[] = [];
  let applied = 0;
  for (const one of CORPUS) {
    if (one.errors !== undefined) continue;
    const { services, shared } = await converted(one);
    const objects = [...shared.map(({ object }) => object), ...services.flatMap((service) => service.objects)];
    for (const object of objects) {
      const path = PATHS[object.kind]?.replace('NS', rig.namespace);
      const body = JSON.stringify(object);
      const answer = await rig.kube.request(
        `/${path}/${object.metadata.name}?dryRun=All&fieldManager=devloop&force=true`,
        {
          method: 'PATCH',
          headers: {
            'content-type': 'application/apply-patch+yaml',
            'content-length': String(Buffer.byteLength(body)),
          },
          body,
          timeoutMs: 30_000,
        },
      );
      applied += 1;
      if (answer.status >= 300) refused.push(`${one.section}, ${one.name}: ${object.kind} ${answer.body}`);
    }
  }
  expect(refused).toEqual([]);
  expect(applied).toBeGreaterThan(CORPUS.length);
});

test('a compose project without a manifest: up, reached at its ports, a save goes live, down leaves nothing', async () => {
  await using rig = await openRig('hello-service');
  await mkdir(rig.file('settings'));
  await rig.write('settings/greeting.txt', 'from a bind mount\n');
  const local = 20_000 + Math.floor(Math.random() * 10_000);
  await rig.write(
    'docker-compose.yml',
    `services:
  front:
    build: hello
    ports: ["${local}:8080"]
    secrets: [token]
    depends_on: { back: { condition: service_healthy }, once: { condition: service_completed_successfully } }
  back:
    image: busybox:1.36
    command: ["sh", "-c", "cat /etc/greeting/greeting.txt; sleep 3600"]
    healthcheck: { test: ["CMD", "true"] }
    read_only: true
    cap_drop: [ALL]
    stop_grace_period: 1s
    tmpfs: ["/tmp:size=8m"]
    secrets: [token]
    volumes: ["./settings:/etc/greeting:ro", "data:/data"]
    environment: { MODE: "\${MODE:-compose}" }
  once:
    image: busybox:1.36
    command: echo ready
    restart: "no"
volumes: { data: }
secrets: { token: { content: sesame } }
`,
  );
  // not the manifests of the fixture; and the cluster of the tests has no storage to claim
  await rig.writeConfig('manifests: []\ncompose: { files: docker-compose.yml, volumes: empty }\n');
  const message = unique('composed');
  await rig.write('hello/message.txt', message);
  await rig.up();
  expect((await plainRequest(`http://localhost:${local}/`, { timeoutMs: 40_000 })).body).toBe(message);
  expect((await rig.devloop(['logs', 'back'])).stdout).toContain('from a bind mount\n');
  expect((await rig.status()).services.map(({ name }) => name).at(-1)).toBe('front');

  const since = rig.mark();
  const saved = unique('saved');
  await rig.writeAtomic('hello/message.txt', saved);
  expect((await rig.event(passEnded('front', 'live'), since)).kind).toBe('swap');
  expect((await plainRequest(`http://localhost:${local}/`, { timeoutMs: 40_000 })).body).toBe(saved);

  const mounted = rig.mark();
  await rig.writeAtomic('settings/greeting.txt', 'from a saved bind mount\n');
  await rig.event(passEnded('back', 'live'), mounted);
  const read = await rig.devloop(['exec', 'back', '--', 'cat', '/etc/greeting/greeting.txt', '/run/secrets/token']);
  expect(read.stdout).toBe('from a saved bind mount\nsesame');

  await rig.devloop(['down', '--yes'], { timeoutMs: 150_000 });
  expect(await rig.names('deployments', 'jobs', 'services')).toEqual([]);
  expect((await rig.names('configmaps')).filter((name) => !name.endsWith('kube-root-ca.crt'))).toEqual([]);
});
