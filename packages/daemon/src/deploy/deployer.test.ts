import { describe, expect, test } from 'vitest';
import type { Manifest } from '../project/project.ts';
import { FakeClusterObjects, FakeRefusal } from './cluster-objects.fake.ts';
import { Deployer, type DeployRequest } from './deployer.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { imagesOf } from './workload-images.ts';

const never = new AbortController().signal;

function manifest(object: KubernetesObject): Manifest {
  return { object, file: undefined, line: 1 };
}

function configMap(name: string, data: Record<string, string> = {}): Manifest {
  return manifest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}

function deployment(image = 'web', replicas = 1): Manifest {
  const template = { spec: { containers: [{ name: 'main', image }] } };
  return manifest({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas, template },
  });
}

function pin(reference: string) {
  return [{ image: 'web', reference, env: {} }];
}

function open() {
  const objects = new FakeClusterObjects();
  const open = () => new Deployer(objects, 'shop', 'default');
  let deployer = open();
  const deploy = async (manifests: Manifest[], options: Partial<DeployRequest> = {}) => {
    objects.journal.length = 0;
    const request = { manifests, pins: [], maySwap: () => false, anyway: false, ...options };
    const all = await deployer.deploy(request, () => undefined, never);
    return all.map(({ action, object }) => `${action} ${object.kind}/${object.metadata.name}`);
  };
  const prune = async (keep: Manifest[], candidates?: KubernetesObject[]) => {
    const pruned: string[] = [];
    const found = candidates ?? (await objects.applied('shop'));
    await deployer.prune(found, keep, (object) => pruned.push(`${object.kind}/${object.metadata.name}`), never);
    return pruned;
  };
  return {
    objects,
    deploy,
    prune,
    get deployer() {
      return deployer;
    },
    restart: () => {
      deployer = open();
    },
    images: () => [...objects.objects.values()].flatMap((object) => imagesOf(object)),
  };
}

test('only what changed is touched', async () => {
  const { objects, deploy } = open();
  expect(await deploy([configMap('a'), deployment()])).toEqual(['created ConfigMap/a', 'created Deployment/web']);
  expect(await deploy([configMap('a'), deployment()])).toEqual(['unchanged ConfigMap/a', 'unchanged Deployment/web']);
  expect(objects.journal).toEqual([]);
  expect(await deploy([configMap('a', { x: '1' }), deployment()])).toEqual([
    'configured ConfigMap/a',
    'unchanged Deployment/web',
  ]);
  expect(objects.journal).toEqual(['apply ConfigMap/a']);
  await deploy([configMap('a'), deployment()], { anyway: true });
  expect(objects.journal).toEqual(['apply ConfigMap/a', 'apply Deployment/web']);
});

test('a new daemon makes a Pod anew that has ended, where its image has changed', async () => {
  const { objects, deploy, restart } = open();
  const pod = (image: string) =>
    manifest({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'job' },
      spec: { containers: [{ name: 'job', image }] },
    });
  await deploy([pod('job:1')]);
  for (const object of objects.objects.values()) object['status'] = { phase: 'Succeeded' };
  restart();
  expect(await deploy([pod('job:2')])).toEqual(['replaced Pod/job']);
  expect(objects.journal).toEqual(['delete Pod/job', 'apply Pod/job']);
});

test('a new daemon applies everything once and sees what stays as it is', async () => {
  const { objects, deploy, restart } = open();
  await deploy([configMap('a')]);
  restart();
  expect(await deploy([configMap('a')])).toEqual(['unchanged ConfigMap/a']);
  expect(objects.journal).toEqual(['apply ConfigMap/a']);
});

describe('what may be swapped is left over', () => {
  const swapping = { maySwap: () => true };

  test('when only images change', async () => {
    const { objects, deployer, deploy, images } = open();
    await deploy([deployment()], { pins: pin('web:devloop-1'), ...swapping });
    expect(images()).toEqual(['web:devloop-1']);
    expect(await deploy([deployment()], { pins: pin('web:devloop-2'), ...swapping })).toEqual(['swap Deployment/web']);
    expect(objects.journal).toEqual([]);
    // nobody swapped: it is left over again
    expect(await deploy([deployment()], { pins: pin('web:devloop-2'), ...swapping })).toEqual(['swap Deployment/web']);
    deployer.remember(await deployer.pin(deployment().object, pin('web:devloop-2'), never), 7);
    const [again] = await deployer.deploy(
      { manifests: [deployment()], pins: pin('web:devloop-2'), anyway: false, ...swapping },
      () => undefined,
      never,
    );
    expect(again).toMatchObject({ action: 'unchanged', generation: 7 });
  });

  test('but not when more changes, nor what is not known yet', async () => {
    const { deploy } = open();
    expect(await deploy([deployment()], { pins: pin('web:devloop-1'), ...swapping })).toEqual([
      'created Deployment/web',
    ]);
    expect(await deploy([deployment('web', 2)], { pins: pin('web:devloop-2'), ...swapping })).toEqual([
      'configured Deployment/web',
    ]);
  });
});

describe('aliases', () => {
  test('of the image that is to run stay', async () => {
    const { objects, deploy, restart, images } = open();
    await deploy([deployment()], { pins: pin('web:devloop-1-2') });
    restart();
    expect(await deploy([deployment()], { pins: pin('web:devloop-1') })).toEqual(['unchanged Deployment/web']);
    expect(images()).toEqual(['web:devloop-1-2']);
    await deploy([deployment()], { pins: pin('web:devloop-3') });
    expect(images()).toEqual(['web:devloop-3']);
    expect(objects.journal).toEqual(['apply Deployment/web']);
  });

  test('are not what other images only look like', async () => {
    const { deploy, images } = open();
    await deploy([deployment('redis:7-alpine')]);
    expect(await deploy([deployment('redis:7')])).toEqual(['configured Deployment/web']);
    expect(images()).toEqual(['redis:7']);
  });
});

describe('an object that cannot be changed in place', () => {
  const immutable = (object: KubernetesObject, live: KubernetesObject | undefined) => {
    if (live !== undefined && live['data'].x !== object['data'].x) throw new FakeRefusal(422);
  };

  test('is made anew, and that is said', async () => {
    const { objects, deployer, deploy } = open();
    objects.admit = immutable;
    await deploy([configMap('a', { x: '1' })]);
    const [replaced] = await deployer.deploy(
      { manifests: [configMap('a', { x: '2' })], pins: [], maySwap: () => false, anyway: false },
      () => undefined,
      never,
    );
    expect(replaced).toMatchObject({ action: 'replaced', because: expect.stringContaining('ConfigMap') });
    expect(objects.journal).toEqual([
      'apply ConfigMap/a',
      'apply ConfigMap/a',
      'delete ConfigMap/a',
      'apply ConfigMap/a',
    ]);
  });

  test.each([
    ['an object that is invalid in itself', 422, () => false],
    ['another refusal', 403, () => true],
  ])('%s is refused and deletes nothing', async (_what, status, isValid) => {
    const { objects, deploy } = open();
    await deploy([configMap('a', { x: '1' })]);
    objects.isValid = isValid;
    objects.admit = () => {
      throw new FakeRefusal(status);
    };
    await expect(deploy([configMap('a', { x: '2' })])).rejects.toMatchObject({ status });
    expect(objects.objects.size).toBe(1);
  });

  test('comes back after its replacement failed and its manifest was put back', async () => {
    const { objects, deploy } = open();
    await deploy([configMap('a', { x: '1' })]);
    let refusals = 2;
    objects.admit = () => {
      refusals -= 1;
      if (refusals >= 0) throw new FakeRefusal(refusals === 1 ? 422 : 500);
    };
    await expect(deploy([configMap('a', { x: '2' })])).rejects.toMatchObject({ status: 500 });
    expect(objects.objects.size).toBe(0);
    expect(await deploy([configMap('a', { x: '1' })])).toEqual(['created ConfigMap/a']);
  });
});

describe('pruning', () => {
  test('deletes what no manifest has any more, dependants first', async () => {
    const { deploy, prune } = open();
    await deploy([configMap('a'), configMap('b'), deployment()]);
    expect(await prune([configMap('a')])).toEqual(['Deployment/web', 'ConfigMap/b']);
    expect(await prune([configMap('a')])).toEqual([]);
  });

  test('keeps an object that the cluster lists in another version', async () => {
    const { deploy, prune } = open();
    const autoscaler = (apiVersion: string) =>
      manifest({ apiVersion, kind: 'HorizontalPodAutoscaler', metadata: { name: 'a', namespace: 'default' } });
    await deploy([autoscaler('autoscaling/v1')]);
    const listed = [autoscaler('autoscaling/v2').object];
    expect(await prune([autoscaler('autoscaling/v1')], listed)).toEqual([]);
    expect(await prune([], listed)).toEqual(['HorizontalPodAutoscaler/a']);
    expect(await deploy([autoscaler('autoscaling/v1')])).toEqual(['created HorizontalPodAutoscaler/a']);
  });
});

test('an object that two services share is applied by one at a time', async () => {
  const { objects, deploy } = open();
  const both = await Promise.all([deploy([configMap('a')]), deploy([configMap('a')])]);
  expect(both).toEqual([['created ConfigMap/a'], ['unchanged ConfigMap/a']]);
  expect(objects.journal).toEqual(['apply ConfigMap/a']);
});
