import { expect, test } from 'vitest';
import { ExpectedByImage, isOfExpected, runsExpected } from './expected-images.ts';
import { ID, podObject } from './live-objects.fake.ts';

const expected = new Map([['main', { reference: 'web:1', imageId: ID.one }]]);

test('the reference and the id have to fit', () => {
  expect(runsExpected(podObject('a'), expected)).toBe(true);
  expect(runsExpected(podObject('a', { imageId: ID.two }), expected)).toBe(false);
  expect(runsExpected(podObject('a', { image: 'web:0' }), expected)).toBe(false);
  expect(runsExpected(podObject('a', { status: { containerStatuses: [] } }), expected)).toBe(false);
});

test('a pod that runs nothing yet is of what it asks for', () => {
  const status = { containerStatuses: [] };
  expect(isOfExpected(podObject('a', { status }), expected)).toBe(true);
  expect(
    isOfExpected(
      podObject('a', { status: { containerStatuses: [{ name: 'main', image: 'web:1', imageID: '' }] } }),
      expected,
    ),
  ).toBe(true);
  expect(isOfExpected(podObject('a', { status, image: 'web:0' }), expected)).toBe(false);
  expect(isOfExpected(podObject('a', { imageId: ID.two }), expected)).toBe(false);
  expect(isOfExpected(podObject('a'), expected)).toBe(true);
});

test('what is not built here, and what is no main container, does not count', () => {
  expect(runsExpected(podObject('a'), new Map())).toBe(true);
  expect(runsExpected(podObject('a'), new Map([['init', { reference: 'web:9', imageId: ID.two }]]))).toBe(true);
});

test('where names of containers are not known, the image says what has to run', () => {
  const byImage = new ExpectedByImage([{ reference: 'localhost:5000/web:1', imageId: ID.one }]);
  expect(runsExpected(podObject('a', { image: 'localhost:5000/web:1' }), byImage)).toBe(true);
  expect(runsExpected(podObject('a', { image: 'localhost:5000/web:1', imageId: ID.two }), byImage)).toBe(false);
  expect(runsExpected(podObject('a', { image: 'web:0' }), byImage)).toBe(false);
  expect(runsExpected(podObject('a', { image: 'redis:7', imageId: ID.two }), byImage)).toBe(true);
});

test('an id with a digest is that of a repository; then the name counts', () => {
  const pulled = (image: string) => {
    const pod = podObject('a');
    pod['status'].containerStatuses[0].imageID = 'docker-pullable://web@sha256:abc';
    pod['status'].containerStatuses[0].image = image;
    return pod;
  };
  expect(runsExpected(pulled('docker.io/library/web:1'), expected)).toBe(true);
  expect(runsExpected(pulled('docker.io/library/web:2'), expected)).toBe(false);
});

test('the digest of what was pushed counts, whichever of its names the status has', () => {
  const pushed = new Map([['main', { reference: 'web:1', imageId: ID.one, digest: 'sha256:abc' }]]);
  const pulled = (imageID: string) => {
    const pod = podObject('a');
    pod['status'].containerStatuses[0].imageID = imageID;
    pod['status'].containerStatuses[0].image = 'localhost:5000/web:other';
    return pod;
  };
  expect(runsExpected(pulled('docker-pullable://localhost:5000/web@sha256:abc'), pushed)).toBe(true);
  expect(runsExpected(pulled('localhost:5000/web@sha256:abcd'), pushed)).toBe(false);
  expect(runsExpected(pulled(`docker://${ID.one}`), pushed)).toBe(true);
});
