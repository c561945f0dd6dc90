import { expect, test } from 'vitest';
import { chooseDockerfiles, isDockerfile } from './choose-dockerfiles.ts';

test.each([
  ['Dockerfile', true],
  ['web/dockerfile', true],
  ['Containerfile', true],
  ['Dockerfile.dev', true],
  ['Dockerfile-worker', true],
  ['api/worker.Dockerfile', true],
  ['api.dockerfile', true],
  ['Dockerfile.dockerignore', false],
  ['Dockerfile.dev.dockerignore', false],
  ['MyDockerfile', false],
  ['Dockerfiles/readme', false],
])('%s', (file, is) => {
  expect(isDockerfile(file)).toBe(is);
});

test.each<[string, string[], string[], [string, string | undefined, string[]][]]>([
  ['one', ['web/Dockerfile'], [], [['web/Dockerfile', undefined, []]]],
  ['one by another name', ['web/Dockerfile.prod'], [], [['web/Dockerfile.prod', undefined, []]]],
  [
    'the plain one before others, which are choices',
    ['Dockerfile', 'Dockerfile.dev', 'Dockerfile.worker'],
    [],
    [['Dockerfile', undefined, ['Dockerfile.dev', 'Dockerfile.worker']]],
  ],
  [
    'the one to develop with where there is no plain one',
    ['Dockerfile.prod', 'Dockerfile.dev', 'Dockerfile.ci'],
    [],
    [['Dockerfile.dev', undefined, ['Dockerfile.prod', 'Dockerfile.ci']]],
  ],
  [
    'each where they are called by what they build',
    ['docker/api.Dockerfile', 'docker/worker.Dockerfile'],
    [],
    [
      ['docker/api.Dockerfile', 'api', []],
      ['docker/worker.Dockerfile', 'worker', []],
    ],
  ],
  [
    'another beside the plain one that a manifest names',
    ['shop/Dockerfile', 'shop/Dockerfile.worker', 'shop/Dockerfile.test'],
    ['acme/shop:1', 'acme/shop-worker:2'],
    [
      ['shop/Dockerfile', undefined, ['shop/Dockerfile.test']],
      ['shop/Dockerfile.worker', 'worker', []],
    ],
  ],
  [
    'another that a manifest names after the project and it',
    ['Dockerfile', 'Dockerfile.worker'],
    ['acme/site-worker'],
    [
      ['Dockerfile', undefined, []],
      ['Dockerfile.worker', 'worker', []],
    ],
  ],
])('%s', (_, files, images, chosen) => {
  expect(chooseDockerfiles(files, images, 'site').map((one) => [one.file, one.variant, one.alternatives])).toEqual(
    chosen,
  );
});
