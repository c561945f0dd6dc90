import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differOnlyInImages } from './images-only.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { type ImagePin, pinObject } from './pin-images.ts';
import { imagesOf } from './workload-images.ts';

const pin: ImagePin = { image: 'acme/web', reference: 'acme/web:dev-1', env: {} };
const options = { namespace: 'shop', isNamespaced: true, project: 'demo', pins: [pin] };

function pod(...images: string[]): KubernetesObject {
  const containers = images.map((image, index) => ({ name: `c${index}`, image, imagePullPolicy: 'Always' }));
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } }, spec: { containers } };
}

describe('pinObject', () => {
  test.each([
    'acme/web',
    'acme/web:1.0',
    'docker.io/acme/web',
    'ghcr.io/acme/web@sha256:abc',
    'localhost:5000/acme/web:x',
  ])('replaces %s', (image) => {
    const { object, pinned } = pinObject(pod(image, 'redis:7'), options);
    expect(pinned).toBe(true);
    expect(object['spec'].containers).toEqual([
      { name: 'c0', image: 'acme/web:dev-1', imagePullPolicy: 'IfNotPresent' },
      { name: 'c1', image: 'redis:7', imagePullPolicy: 'Always' },
    ]);
  });

  test.each(['web', 'acme/webapp', 'other/acme/web'])('leaves %s', (image) => {
    const { object, pinned } = pinObject(pod(image), options);
    expect(pinned).toBe(false);
    expect(imagesOf(object)).toEqual([image]);
  });

  test('leaves the secrets for pulling as they are, of pods and of accounts', () => {
    const secrets = [{ name: 'ours' }, { name: 'theirs' }];
    const bare = pod('acme/web', 'redis:7');
    const withSecrets = { ...bare, spec: { ...bare['spec'], imagePullSecrets: secrets, serviceAccountName: 'puller' } };
    const pinned = pinObject(withSecrets, options).object['spec'];
    expect(pinned).toMatchObject({ imagePullSecrets: secrets, serviceAccountName: 'puller' });
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'puller' },
      imagePullSecrets: secrets,
    };
    expect(pinObject(account, options).object['imagePullSecrets']).toEqual(secrets);
  });

  test('gives a namespace where one is missing and possible, and always the label', () => {
    const bare: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    expect(pinObject(bare, options).object.metadata).toEqual({
      name: 'a',
      namespace: 'shop',
      labels: { 'devloop.dev/project': 'demo' },
    });
    expect(pinObject(bare, { ...options, isNamespaced: false }).object.metadata).not.toHaveProperty('namespace');
    const elsewhere = { ...bare, metadata: { name: 'a', namespace: 'other', labels: { tier: 'x' } } };
    expect(pinObject(elsewhere, options).object.metadata).toEqual({
      name: 'a',
      namespace: 'other',
      labels: { tier: 'x', 'devloop.dev/project': 'demo' },
    });
  });

  test('merges the environment by name, in the pinned containers only', () => {
    const written = pod('acme/web', 'redis');
    written['spec'].containers[0].env = [
      { name: 'A', value: '1' },
      { name: 'B', valueFrom: { fieldRef: {} } },
    ];
    const { object } = pinObject(written, { ...options, pins: [{ ...pin, env: { B: '2', C: '3' } }] });
    expect(object['spec'].containers[0].env).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
      { name: 'C', value: '3' },
    ]);
    expect(object['spec'].containers[1]).not.toHaveProperty('env');
  });

  test('leaves the manifest alone, says the same twice, and differs between two builds in images only', () => {
    const names = fc.constantFrom('acme/web', 'acme/web:1', 'redis', 'docker.io/library/redis:7', 'nginx@sha256:0');
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (images) => {
        const manifest = pod(...images);
        const before = structuredClone(manifest);
        const first = pinObject(manifest, options);
        expect(manifest).toEqual(before);
        expect(pinObject(first.object, options)).toEqual(first);
        const second = pinObject(manifest, { ...options, pins: [{ ...pin, reference: 'acme/web:dev-2' }] });
        expect(differOnlyInImages(first.object, second.object)).toBe(true);
      }),
    );
  });
});

describe('differOnlyInImages', () => {
  const one = pod('a', 'b');
  test('images, and the order of keys, do not count', () => {
    expect(differOnlyInImages(one, pod('a', 'c'))).toBe(true);
    const { kind, ...rest } = one;
    expect(differOnlyInImages(one, { ...rest, kind } as KubernetesObject)).toBe(true);
  });

  test('all else counts', () => {
    expect(differOnlyInImages(one, pod('a'))).toBe(false);
    expect(differOnlyInImages(one, { ...one, metadata: { name: 'web' } })).toBe(false);
    const annotated = structuredClone(pod('x', 'b'));
    annotated['spec'].containers[0].args = ['--debug'];
    expect(differOnlyInImages(one, annotated)).toBe(false);
    const withoutImage = structuredClone(one);
    delete withoutImage['spec'].containers[0].image;
    expect(differOnlyInImages(one, withoutImage)).toBe(false);
  });
});
