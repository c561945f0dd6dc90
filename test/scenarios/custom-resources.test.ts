import { expect } from 'vitest';
import type { DaemonEvent } from '../../packages/shared/src/protocol/event.ts';
import { CustomDefinition } from '../rig/custom-definition.ts';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import type { EventOf } from '../rig/event-feed.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { freePort } from '../rig/free-port.ts';
import { plainRequest } from '../rig/http-answer.ts';
import type { ApiObject } from '../rig/kube-api.ts';
import { poll } from '../rig/poll.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

/** A custom resource that names the image of `hello` at a place of its own, and the Service of what its controller makes. */
function rollout(group: string, name = 'hello'): string {
  return `apiVersion: ${group}/v1
kind: Rollout
metadata: { name: ${name} }
spec:
  parts:
    - image: busybox:1.36
    - image: hello
---
apiVersion: v1
kind: Service
metadata: { name: hello }
spec:
  selector: { app: hello }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`;
}

function config(group: string, more = ''): string {
  return `services:
  hello:
resources:
  - kind: Rollout
    apiGroup: ${group}
    images: ['spec.parts[*].image']
${more}`;
}

/** Makes what the project consists of a custom resource, and waits until it is live as that. */
async function becomes(rig: DevloopRig, manifest: string, text: string): Promise<void> {
  await reconfigure(rig, async () => {
    await rig.writeAtomic('k8s/hello.yaml', manifest);
    await rig.writeAtomic('devloop.yaml', text);
  });
}

/** Waits until a service has so many pods, and none of those it had before. */
async function withPods(rig: DevloopRig, count: number) {
  return await poll(
    () => rig.service('hello'),
    ({ pods }) => pods.length === count && pods.every(({ newest }) => newest),
    { what: `hello has ${count} pods` },
  );
}

/** Waits until the custom resource names an image other than `before`. */
async function namedImage(custom: CustomDefinition, namespace: string, before?: string): Promise<ApiObject> {
  return await poll(
    () => custom.object(namespace, 'hello'),
    (object) => object !== undefined && object.spec.parts[1].image !== before,
    { what: 'the custom resource names the image' },
  );
}

/** What a controller makes of a custom resource: a ReplicaSet for each image. */
async function makeReplicaSet(rig: DevloopRig, owner: ApiObject, name: string): Promise<void> {
  const labels = { app: 'hello', set: name };
  const { apiVersion, kind, metadata } = owner;
  await rig.create('replicasets', {
    metadata: {
      name,
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'whatever', image: owner.spec.parts[1].image }],
        },
      },
    },
  });
}

test('a custom resource of which nobody makes pods is live when applied, which is said, is as its own status says, and is pruned', async ({
  rig,
}) => {
  await using custom = await CustomDefinition.open(rig.kube);
  const { namespace } = rig;
  const [manifest, text] = [await rig.read('k8s/hello.yaml'), await rig.read('devloop.yaml')];
  const edited = rig.mark();
  await becomes(rig, rollout(custom.group), rig.withNamespace(config(custom.group)));
  expect(await withPods(rig, 0)).toMatchObject({ liveness: 'live', replicas: { wanted: 0 }, pods: [] });
  const { note } = await rig.event(passEnded('hello', 'live'), edited);
  expect(note).toContain('Rollout/hello was applied, and no controller has made pods of it');
  const first = await namedImage(custom, namespace);

  // an edit of nothing but the content: the second image has to come into the cluster as well
  const saved = rig.mark();
  await rig.writeAtomic('hello/message.txt', unique('second'));
  await rig.event(passEnded('hello', 'live'), saved);
  const second = await custom.object(namespace, 'hello');
  expect(second.spec.parts[1].image).toMatch(/^hello:devloop-/);
  expect(second.spec.parts[1].image).not.toBe(first.spec.parts[1].image);

  const ready = (status: string, message: string) => ({ conditions: [{ type: 'Ready', status, message }] });
  const told = rig.mark();
  await custom.say(namespace, 'hello', ready('False', 'its certificate has expired'));
  const degraded = await rig.event(eventOf('service-degraded', { service: 'hello' }), told);
  expect(degraded.failure.message).toContain('its certificate has expired');
  expect((await rig.service('hello')).liveness).toBe('degraded');
  await custom.say(namespace, 'hello', ready('True', ''));
  await rig.event(eventOf('service-recovered', { service: 'hello' }), told);

  // a save is not live before its controller says so
  const waiting = rig.mark();
  await custom.say(namespace, 'hello', ready('False', 'its route is missing'));
  await rig.writeAtomic('hello/message.txt', unique('third'));
  await rig.event(isOfPhase('its route is missing'), waiting);
  await custom.say(namespace, 'hello', ready('True', ''));
  expect((await rig.event(passEnded('hello', 'live'), waiting)).note).toBeUndefined();

  const renamed = rig.mark();
  await rig.writeAtomic('k8s/hello.yaml', rollout(custom.group, 'other'));
  await rig.event(eventOf('object-applied', { object: 'Rollout/hello', action: 'pruned' }), renamed);
  await rig.event(passEnded('hello', 'live'), renamed);
  expect(await custom.object(namespace, 'hello')).toBeUndefined();
  expect(await custom.object(namespace, 'other')).toBeDefined();

  // somebody else takes it away
  const deleted = rig.mark();
  await custom.delete(namespace, 'other');
  await rig.event(eventOf('service-degraded', { service: 'hello' }), deleted);
  await becomes(rig, manifest, text);
});

test('a custom resource with a pod template needs no word in the config, and gets the image of each save', async ({
  rig,
}) => {
  await using custom = await CustomDefinition.open(rig.kube);
  const manifest = await rig.read('k8s/hello.yaml');
  await reconfigure(rig, () =>
    rig.writeAtomic(
      'k8s/hello.yaml',
      manifest.replace('apps/v1\nkind: Deployment', `${custom.group}/v1\nkind: Rollout`),
    ),
  );
  const image = async () => (await custom.object(rig.namespace, 'hello')).spec.template.spec.containers[0].image;
  const first = await image();
  expect(first).toMatch(/^hello:devloop-/);

  const saved = rig.mark();
  await rig.writeAtomic('hello/message.txt', unique('second'));
  await rig.event(passEnded('hello', 'live'), saved);
  expect(await image()).toMatch(/^hello:devloop-/);
  expect(await image()).not.toBe(first);
  await reconfigure(rig, () => rig.writeAtomic('k8s/hello.yaml', manifest));
});

test('a custom resource gets the image at the place that the config names, and its pods are followed', async ({
  rig,
}) => {
  await using custom = await CustomDefinition.open(rig.kube);
  const { namespace } = rig;
  const local = await freePort();
  const ports = `hello:\n    ports: ["${local}:8080"]`;
  const text = config(custom.group, '    pods: true\n').replace('hello:', ports);

  const controlled = async () => {
    const object = await namedImage(custom, namespace);
    await makeReplicaSet(rig, object, 'first');
    return object;
  };
  const [first] = await Promise.all([controlled(), becomes(rig, rollout(custom.group), rig.withNamespace(text))]);
  expect(first.spec.parts[0].image).toBe('busybox:1.36');
  expect(first.spec.parts[1].image).toMatch(/^hello:devloop-[0-9a-f]{16}$/);
  expect(await withPods(rig, 1)).toMatchObject({
    liveness: 'live',
    replicas: { wanted: 1, ready: 1 },
    pods: [{ name: expect.stringMatching(/^first-/), newest: true }],
  });
  expect((await rig.devloop(['logs', 'hello'])).stdout).toContain('serving');
  const whoami = ['node', '-p', "require('os').hostname()"];
  expect((await rig.devloop(['exec', 'hello', '--', ...whoami])).stdout).toMatch(/^first-/);
  expect((await rig.devloop(['run', 'hello', '--', ...whoami])).stdout).toMatch(/^hello-run-/);

  const message = unique('second');
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', message);
  const second = await namedImage(custom, namespace, first.spec.parts[1].image);
  await rig.event(eventOf('phase-changed', { phase: 'rollout', detail: 'waiting for its controller' }), since);
  await makeReplicaSet(rig, second, 'second');
  await rig.kube.patch('replicasets', namespace, 'first', { spec: { replicas: 0 } });
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', message);
  expect((await plainRequest(`http://localhost:${local}/`)).body).toContain(message);
  expect((await rig.service('hello')).pods).toMatchObject([{ name: expect.stringMatching(/^second-/), newest: true }]);

  // what its controller made is its all: without it, what was live is not any more
  const deleted = rig.mark();
  await rig.kube.delete('replicasets', namespace, 'second');
  await rig.event(eventOf('service-degraded', { service: 'hello' }), deleted);

  const { output } = await rig.devloop(['down', '--yes'], { timeoutMs: 150_000 });
  expect(output).toContain('Rollout');
  expect(await custom.object(namespace, 'hello')).toBeUndefined();
});

function isOfPhase(words: string) {
  return (event: DaemonEvent): event is EventOf<'phase-changed'> =>
    event.type === 'phase-changed' && event.detail?.includes(words) === true;
}
