import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { ServiceSpec } from '../project/project.ts';
import { FakeLiveObjects, podObject } from '../rollout/live-objects.fake.ts';
import { Bell } from '../support/bell.ts';
import { OneOffs } from './one-offs.ts';

/** A cluster that has a service's Pod, and makes what is applied to be as the test says. */
class OneOffCluster {
  readonly changed = new Bell();
  readonly deleted: string[] = [];
  #objects: KubernetesObject[] = [podObject('web')];
  readonly #become: (made: KubernetesObject) => readonly (KubernetesObject | undefined)[];

  /** @param become what becomes of a Pod, one after the other; undefined: it is gone */
  constructor(become: (made: KubernetesObject) => readonly (KubernetesObject | undefined)[]) {
    this.#become = become;
  }

  get session(): ClusterSession {
    const live = () => new FakeLiveObjects(...this.#objects);
    const session = {
      namespace: 'shop',
      architecture: undefined,
      signal: new AbortController().signal,
      view: {
        changed: this.changed,
        get: (...args: Parameters<FakeLiveObjects['get']>) => live().get(...args),
        ownedBy: () => [],
        eventsOf: () => [],
      },
      objects: {
        apply: async (object: KubernetesObject) => this.#made(object),
        delete: async ({ metadata }: KubernetesObject) => void this.deleted.push(metadata.name),
      },
    };
    return session as unknown as ClusterSession;
  }

  #made(object: KubernetesObject): void {
    for (const next of this.#become(object)) {
      setImmediate(() => {
        this.#objects = [podObject('web'), ...(next === undefined ? [] : [next])];
        this.changed.ring();
      });
    }
  }
}

async function run(cluster: OneOffCluster): Promise<unknown> {
  const spec = { name: 'web', build: undefined, manifests: [] } as Partial<ServiceSpec> as ServiceSpec;
  const workload = { kind: 'Pod', namespace: 'shop', name: 'web', generation: 0, expected: new Map() } as const;
  const target = { spec, workloads: [workload], session: cluster.session, project: 'shop' };
  const streams = { attach: () => undefined, write: () => true };
  const running = new OneOffs().run(
    { service: 'web', command: ['true'] },
    target,
    streams,
    AbortSignal.timeout(10_000),
  );
  return await running.catch((error: unknown) => error);
}

const like = ({ metadata: { name } }: KubernetesObject, options: Parameters<typeof podObject>[1]) =>
  podObject(name, { ready: false, phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } }, ...options });

test('a command whose Pod no node takes is told why, and its Pod is taken away', async () => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'Insufficient cpu' }];
  const cluster = new OneOffCluster((made) => [like(made, { status: { conditions } })]);
  expect(await run(cluster)).toMatchObject({
    code: 'run/not-started',
    message: expect.stringContaining('Insufficient cpu'),
    remedy: expect.stringContaining('resources.requests'),
  });
  expect(cluster.deleted).toHaveLength(1);
});

test('a command whose Pod somebody deletes does not wait for it', async () => {
  const cluster = new OneOffCluster((made) => [like(made, {}), undefined]);
  expect(await run(cluster)).toMatchObject({ code: 'run/not-started', message: expect.stringContaining('deleted it') });
});

test('a command whose image cannot be had is told so', async () => {
  const state = { waiting: { reason: 'ErrImageNeverPull', message: 'it is not there' } };
  const cluster = new OneOffCluster((made) => [like(made, { state })]);
  expect(await run(cluster)).toMatchObject({ code: 'run/not-started', message: expect.stringContaining('not there') });
});
