import { expect, test } from 'vitest';
import type { Manifest, ServiceSpec } from '../project/project.ts';
import { CurrentImages } from './current-images.ts';

function service(name: string, image?: string): ServiceSpec {
  const build = { context: '/p', dockerfile: '/p/Dockerfile', target: undefined, args: {}, image: image ?? '' };
  return {
    name,
    build: image === undefined ? undefined : build,
    manifests: [],
    generated: false,
    dependsOn: [],
    rollout: undefined,
    killAfterMs: false,
    readyTimeoutMs: 1,
    beforeBuild: undefined,
    afterReady: undefined,
    ports: [],
    env: { NAME: name },
  };
}

function pod(...images: string[]): Manifest[] {
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  return [
    {
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } },
      file: undefined,
      line: 1,
    },
  ];
}

const services = [service('web', 'acme/web'), service('api', 'acme/api'), service('db')];

test('pins what manifests name and what has been built, whatever registry and tag they give it', () => {
  const images = new CurrentImages();
  const manifests = pod('ghcr.io/acme/web:1', 'acme/api', 'redis');
  expect(images.missing(manifests, services, 'web')).toEqual(['api']);
  expect(images.pins(manifests, services, 'web')).toEqual([]);
  images.set('api', { reference: 'acme/api:devloop-1', imageId: 'sha256:1', digest: undefined });
  expect(images.missing(manifests, services, 'web')).toEqual([]);
  expect(images.pins(manifests, services, 'web')).toEqual([
    { image: 'acme/api', reference: 'acme/api:devloop-1', imageId: 'sha256:1', env: { NAME: 'api' } },
  ]);
  expect(images.pins(pod('redis'), services, 'web')).toEqual([]);
  images.clear();
  expect(images.get('api')).toBeUndefined();
});

test('of services that share an image, each has its own newest build', () => {
  const images = new CurrentImages();
  const shared = [service('front', 'hotel'), service('search', 'hotel')];
  images.set('front', { reference: 'hotel:devloop-1', imageId: 'sha256:1', digest: undefined });
  expect(images.missing(pod('hotel'), shared, 'front')).toEqual([]);
  expect(images.pins(pod('hotel'), shared, 'search')).toEqual([]);
  images.set('search', { reference: 'hotel:devloop-2', imageId: 'sha256:2', digest: undefined });
  expect(images.pins(pod('hotel'), shared, 'front')).toMatchObject([{ reference: 'hotel:devloop-1' }]);
  expect(images.pins(pod('hotel'), shared, 'search')).toMatchObject([{ reference: 'hotel:devloop-2' }]);
});
