import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { findContainer } from './find-container.ts';

interface Given {
  readonly namespace?: string;
  readonly ready?: boolean;
  /** By name, whether it runs. */
  readonly containers?: Readonly<Record<string, boolean>>;
}

function pod(
  name: string,
  { namespace = 'shop', ready = true, containers = { web: true } }: Given = {},
): KubernetesObject {
  const statuses = Object.entries(containers).map(([container, runs]) => ({
    name: container,
    state: runs ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff' } },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `${namespace}/${name}` },
    spec: { containers: Object.keys(containers).map((container) => ({ name: container, image: `acme/${container}` })) },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: statuses,
    },
  };
}

const found = (pods: readonly KubernetesObject[], asked: Parameters<typeof findContainer>[1] = {}, newest = ['']) => {
  const isOwn = ({ image }: { readonly image?: string }) => image === 'acme/web';
  const place = findContainer({ service: 'web', pods, newest: new Set(newest), isOwn }, asked);
  return `${place.namespace}/${place.pod}/${place.container}`;
};

test.each([
  ['the one there is', [pod('a')], {}, 'shop/a/web'],
  [
    "the service's own, whatever stands before it",
    [pod('a', { containers: { proxy: true, web: true } })],
    {},
    'shop/a/web',
  ],
  ['another one, while that does not run', [pod('a', { containers: { proxy: true, web: false } })], {}, 'shop/a/proxy'],
  ['one that is ready', [pod('a', { ready: false }), pod('b')], {}, 'shop/b/web'],
  ['one that is not, where none is', [pod('a', { ready: false })], {}, 'shop/a/web'],
  ['the pod that is named', [pod('a'), pod('b')], { pod: 'b' }, 'shop/b/web'],
  ['its namesake', [pod('a'), pod('a', { namespace: 'test' })], { pod: 'a', namespace: 'test' }, 'test/a/web'],
  [
    'the container that is named',
    [pod('a', { containers: { web: true, proxy: true } })],
    { container: 'proxy' },
    'shop/a/proxy',
  ],
])('%s', (_, pods, asked, place) => {
  expect(found(pods, asked)).toBe(place);
});

test('of two that are ready, that of the newest content', () => {
  expect(found([pod('a'), pod('b')], {}, ['shop/b'])).toBe('shop/b/web');
});

test('where none fits, those that run are named', () => {
  expect(() => found([pod('a')], { pod: 'c' })).toThrow(
    expect.objectContaining({ code: 'command/refused', remedy: 'These run: web of a.' }),
  );
  expect(() => found([pod('a', { containers: { web: false } })])).toThrow(
    expect.objectContaining({ message: 'No container of web runs that a command could be run in.' }),
  );
});
