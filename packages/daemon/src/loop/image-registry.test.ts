import { expect, test } from 'vitest';
import type { Manifest, ServiceSpec } from '../project/project.ts';
import { ImageRegistry } from './image-registry.ts';

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
  const registry = new ImageRegistry();
  const manifests = pod('ghcr.io/acme/web:1', 'acme/api', 'redis');
  expect(registry.missing(manifests, services, 'web')).toEqual(['api']);
  expect(registry.pins(manifests, services, 'web')).toEqual([]);
  registry.set('api', { reference: 'acme/api:devloop-1', imageId: 'sha256:1', digest: undefined });
  expect(registry.missing(manifests, services, 'web')).toEqual([]);
  expect(registry.pins(manifests, services, 'web')).toEqual([
    { image: 'acme/api', reference: 'acme/api:devloop-1', imageId: 'sha256:1', env: { NAME: 'api' } },
  ]);
  expect(registry.pins(pod('redis'), services, 'web')).toEqual([]);
  registry.clear();
  expect(registry.get('api')).toBeUndefined();
});

test('of services that share an image, each has its own newest build', () => {
  const registry = new ImageRegistry();
  const shared = [service('front', 'hotel'), service('search', 'hotel')];
  registry.set('front', { reference: 'hotel:devloop-1', imageId: 'sha256:1', digest: undefined });
  expect(registry.missing(pod('hotel'), shared, 'front')).toEqual([]);
  expect(registry.pins(pod('hotel'), shared, 'search')).toEqual([]);
  registry.set('search', { reference: 'hotel:devloop-2', imageId: 'sha256:2', digest: undefined });
  expect(registry.pins(pod('hotel'), shared, 'front')).toMatchObject([{ reference: 'hotel:devloop-1' }]);
  expect(registry.pins(pod('hotel'), shared, 'search')).toMatchObject([{ reference: 'hotel:devloop-2' }]);
});
