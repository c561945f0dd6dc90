import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { ID, podObject } from '../rollout/live-objects.fake.ts';
import {
  choosePod,
  comingPods,
  contentOf,
  hasProgramEnded,
  isGoing,
  type PodCandidate,
  unprovenPod,
} from './choose-pod.ts';

const expected = new Map([['main', { reference: 'web:2', imageId: ID.two }]]);
const NEW = { image: 'web:2', imageId: ID.two };
/** The kubelet still tells of the container before. */
const EXCHANGED = { image: 'web:2', imageId: ID.one };
const candidate = (pod: KubernetesObject, more: Partial<PodCandidate> = {}): PodCandidate => {
  return { pod, expected, port: 80, ...more };
};
const chosen = (...candidates: PodCandidate[]) => choosePod(candidates)?.pod.metadata.name;
const born = (pod: KubernetesObject, creationTimestamp: string): KubernetesObject => {
  return { ...pod, metadata: { ...pod.metadata, creationTimestamp } };
};
const PORTS = [
  { name: 'http', containerPort: 8080 },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
];
const withPorts = (name: string, options: object = NEW) =>
  podObject(name, { ...options, spec: { containers: [{ name: 'main', image: 'web:2', ports: PORTS }] } });

test('the newest content that is ready, else the content before', () => {
  const old = candidate(podObject('old'));
  expect(chosen(old, candidate(podObject('new', NEW)))).toBe('new');
  expect(chosen(old, candidate(podObject('new', { ...NEW, ready: false })))).toBe('old');
  expect(chosen(old)).toBe('old');
  expect(chosen(candidate(podObject('new', { ...NEW, ready: false })))).toBeUndefined();
});

test('never one that is being ended', () => {
  expect(chosen(candidate(podObject('a', { ...NEW, deleted: true })))).toBeUndefined();
});

test('the younger of two that are alike, and any other before one that has refused', () => {
  const elder = candidate(born(podObject('elder', NEW), '2026-01-01T00:00:00Z'));
  const younger = candidate(born(podObject('younger', NEW), '2026-01-02T00:00:00Z'));
  expect(chosen(elder, younger)).toBe('younger');
  const refused = choosePod([elder, younger, candidate(podObject('old'))], { refusing: new Set(['uid-younger']) });
  expect(refused?.pod.metadata.name).toBe('elder');
  expect(choosePod([younger], { refusing: new Set(['uid-younger']) })?.pod.metadata.name).toBe('younger');
});

describe('one whose containers are being exchanged', () => {
  test.each<[boolean, string, object, Partial<PodCandidate>]>([
    [false, 'is called ready all the same', EXCHANGED, {}],
    [true, 'has started its new ones', { ...EXCHANGED, ready: false }, { started: new Set(['uid-a']) }],
    [false, 'is another that has', EXCHANGED, { started: new Set(['uid-b']) }],
    [true, 'has been told of', NEW, {}],
    [false, 'has been told of and is not ready', { ...NEW, ready: false }, { started: new Set(['uid-a']) }],
    [false, 'is about to, and its object does not tell', {}, { leaving: new Set(['uid-a']) }],
    [true, 'was about to, and has been told of', NEW, { leaving: new Set(['uid-a']) }],
    [true, 'is another that is about to', {}, { leaving: new Set(['uid-b']) }],
    [true, 'builds nothing here', EXCHANGED, { expected: new Map() }],
  ])('%s: it %s', (isChosen, _what, options, more) => {
    expect(chosen(candidate(podObject('a', options), more))).toBe(isChosen ? 'a' : undefined);
  });

  test.each<[boolean, string, object, Partial<PodCandidate>]>([
    [true, 'is about to', {}, { leaving: new Set(['uid-a']) }],
    [false, 'has ended its old ones', {}, { leaving: new Set(['uid-a']), ended: new Set(['uid-a']) }],
    [true, 'is another that has', {}, { leaving: new Set(['uid-a']), ended: new Set(['uid-b']) }],
    [false, 'is about to, and was not ready', { ready: false }, { leaving: new Set(['uid-a']) }],
    [false, 'is about to, and is deleted', { deleted: true }, { leaving: new Set(['uid-a']) }],
    [false, 'is said to be by its object only', EXCHANGED, {}],
  ])('takes what may be lost with its program, to the last: %s where it %s', (isChosen, _what, options, more) => {
    const only = candidate(podObject('a', options), more);
    expect(choosePod([only], { isRepeatable: true })?.pod.metadata.name).toBe(isChosen ? 'a' : undefined);
    expect(choosePod([only])).toBeUndefined();
    const other = candidate(born(podObject('other'), '2020-01-01T00:00:00Z'), more);
    expect(choosePod([only, other], { isRepeatable: true })?.pod.metadata.name).toBe('other');
  });

  test.each(['readinessProbe', 'startupProbe'])('waits for the word of its %s', (probe) => {
    const containers = [{ name: 'main', image: 'web:2', [probe]: {} }];
    const pod = podObject('a', { ...EXCHANGED, spec: { containers } });
    expect(chosen(candidate(pod, { started: new Set(['uid-a']) }))).toBeUndefined();
  });
});

describe('until the new content is live', () => {
  const older = new Set(['uid-old']);
  const before = candidate(podObject('old'), { older });
  const ending = candidate(podObject('old', { deleted: true }), { older });
  const newest = candidate(podObject('new', NEW), { older });
  const unready = candidate(podObject('new', { ...NEW, ready: false }), { older });
  const proven = new Set([contentOf(newest)]);
  const refusing = new Set(['uid-new']);

  test.each<[string | undefined, string, PodCandidate[], Parameters<typeof choosePod>[1]]>([
    ['old', 'the newest has shown nothing', [before, newest], {}],
    ['new', 'the newest has taken a connection', [before, newest], { proven }],
    ['new', 'that has refused one since', [before, newest], { proven, refusing }],
    [undefined, 'it has, and is ready no more', [before, unready], { proven }],
    ['new', 'the one before is being ended', [ending, newest], {}],
    ['old', 'that is so and the request may be repeated', [ending, newest], { isRepeatable: true }],
    ['new', 'and the newest has taken one', [ending, newest], { isRepeatable: true, proven }],
    ['new', 'its program has ended', [{ ...ending, ended: older }, newest], { isRepeatable: true }],
    ['old', 'there is nothing newer yet', [before], {}],
  ])('%s serves where %s', (name, _where, candidates, about) => {
    expect(choosePod(candidates, about)?.pod.metadata.name).toBe(name);
  });

  test('what serves for a newer one says so, and the newer one is known', () => {
    expect(choosePod([before, newest])?.isOlder).toBe(true);
    expect(choosePod([before, newest], { proven })?.isOlder).toBe(false);
    expect(unprovenPod([before, newest], new Set())?.pod.metadata.name).toBe('new');
    expect(unprovenPod([before, newest], proven)).toBeUndefined();
    expect(unprovenPod([before, unready], new Set())).toBeUndefined();
  });

  test.each<[boolean, string, PodCandidate]>([
    [true, 'is being ended', { ...ending, ended: older }],
    [true, 'is being exchanged', { ...before, ended: older, leaving: older }],
    [false, 'stays', { ...before, ended: older }],
    [false, 'is being ended, and has not', ending],
  ])('a program has ended for the next one: %s where its pod %s', (has, _what, one) => {
    expect(hasProgramEnded([newest, one], 'uid-old')).toBe(has);
    expect(hasProgramEnded([newest, one], 'uid-new')).toBe(false);
  });

  test('afterwards the newest serves, whatever it has shown', () => {
    const live = [before, newest].map((one) => ({ ...one, older: new Set<string>() }));
    expect(chosen(...live)).toBe('new');
    const isLive = [ending, { ...newest, older: new Set<string>() }].map((one) => ({
      ...one,
      older: new Set<string>(),
    }));
    expect(choosePod(isLive, { isRepeatable: true })?.pod.metadata.name).toBe('new');
    expect(choosePod(isLive.slice(0, 1), { isRepeatable: true })).toBeUndefined();
  });

  test('a pod is another when its containers have been exchanged', () => {
    const started = new Set(['uid-old']);
    const exchanged = candidate(podObject('old', EXCHANGED), { older, started });
    expect(contentOf(exchanged)).not.toBe(contentOf(before));
    expect(contentOf(exchanged)).toBe(contentOf(candidate(podObject('old', NEW), { older })));
  });
});

test.each<[boolean, string, PodCandidate[]]>([
  [true, 'is gone', [candidate(podObject('b'))]],
  [true, 'is being ended', [candidate(podObject('a', { deleted: true }))]],
  [true, 'is about to be exchanged', [candidate(podObject('a'), { leaving: new Set(['uid-a']) })]],
  [true, 'is being exchanged', [candidate(podObject('a', EXCHANGED))]],
  [false, 'has been exchanged', [candidate(podObject('a', NEW), { leaving: new Set(['uid-a']) })]],
  [false, 'stays', [candidate(podObject('a', { ready: false }))]],
])('a pod is going: %s where it %s', (is, _what, candidates) => {
  expect(isGoing(candidates, 'uid-a')).toBe(is);
});

test('pods are coming that have a node and take nothing yet', () => {
  const onNode = (name: string, options: object = {}) =>
    podObject(name, { ...NEW, spec: { containers: [{ name: 'main', image: 'web:2' }], nodeName: 'node' }, ...options });
  const candidates = [
    candidate(onNode('serves')),
    candidate(onNode('starts', { ready: false })),
    candidate(onNode('ends', { ready: false, deleted: true })),
    candidate(onNode('ended', { ready: false, phase: 'Succeeded' })),
    candidate(podObject('waits', { ...NEW, ready: false })),
    candidate(onNode('leaves', { imageId: ID.one }), { leaving: new Set(['uid-leaves']) }),
  ];
  expect(comingPods(candidates).map(({ metadata }) => metadata.name)).toEqual(['starts', 'leaves']);
});

test('a port by its name, of TCP only; a declared number before one that is not', () => {
  expect(choosePod([candidate(withPorts('a'), { port: 'http' })])?.port).toBe(8080);
  expect(chosen(candidate(withPorts('a'), { port: 'dns' }))).toBeUndefined();
  expect(chosen(candidate(podObject('a', NEW), { port: 8080 }), candidate(withPorts('b'), { port: 8080 }))).toBe('b');
});
