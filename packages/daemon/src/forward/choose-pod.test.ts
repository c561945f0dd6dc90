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

  /** The engine, or nobody, has told that its program was started; its kubelet is silent. */
  const untold = (more: object = {}) =>
    podObject('new', {
      ...NEW,
      ready: false,
      phase: 'Pending',
      spec: { nodeName: 'node', containers: [{ name: 'main', image: 'web:2' }], ...more },
      status: { containerStatuses: [] },
    });
  const coming = candidate(untold(), { older });
  const crashed = (status: object) =>
    candidate(podObject('new', { ...NEW, ready: false, spec: untold()['spec'], ...status }), { older });
  const terminated = { terminated: { exitCode: 1 } };
  const waiting = (reason: string) => ({ waiting: { reason } });

  test.each<[string | undefined, string, PodCandidate[], Parameters<typeof choosePod>[1]]>([
    ['old', 'its kubelet is silent, and nothing has shown that it takes connections', [before, coming], {}],
    ['new', 'its kubelet is silent, and it has taken a connection', [before, coming], { proven }],
    ['new', 'so it is, and refuses since', [before, coming], { proven, refusing }],
    [undefined, 'nothing has shown it, and the one before is gone', [coming], {}],
    ['new', 'it has shown it, and the one before is gone', [coming], { proven }],
    ['new', 'it has shown it, and who waited for it has ended', [{ ...coming, older: undefined }], { proven }],
    ['old', 'it is being ended', [before, { ...coming, pod: podObject('new', { ...NEW, deleted: true }) }], { proven }],
    ['old', 'it has shown it and failed', [before, crashed({ state: terminated })], { proven }],
    [
      'old',
      'it waits for being started again',
      [before, crashed({ state: waiting('CrashLoopBackOff'), lastState: terminated })],
      { proven },
    ],
    ['old', 'it was started again', [before, crashed({ ready: true, restarts: 1 })], { proven }],
    ['new', 'so it was, and the one before is being ended', [ending, crashed({ ready: true, restarts: 1 })], {}],
  ])('%s serves where of the newest pod %s', (name, _what, candidates, about) => {
    expect(choosePod(candidates, about)?.pod.metadata.name).toBe(name);
  });

  const status = (...containerStatuses: object[]) => ({ status: { phase: 'Pending', containerStatuses } });
  const asked = (pod: KubernetesObject, more: Partial<PodCandidate> = {}) => candidate(pod, { older, ...more });
  const creating = { name: 'main', image: 'web:2', imageID: '', state: waiting('ContainerCreating'), restartCount: 0 };
  const beside = {
    containers: [
      { name: 'main', image: 'web:2' },
      { name: 'beside', image: 'x' },
    ],
  };
  const started = new Set(['uid-new']);
  test.each<['started' | 'maybe' | false, string, PodCandidate]>([
    ['maybe', 'nobody has told', asked(untold())],
    ['maybe', 'the kubelet makes', asked({ ...untold(), ...status(creating) })],
    ['started', 'the engine has told', asked(untold(), { started })],
    ['started', 'the kubelet has told, and calls ready', newest],
    [false, 'the kubelet has told, and does not call ready', unready],
    ['started', 'has two containers, and the engine has told', asked(untold(beside), { started })],
    [false, 'has two containers, and nobody has told', asked(untold(beside))],
    [
      false,
      'has an init container, and nobody has told',
      asked(untold({ initContainers: [{ name: 'i', image: 'x' }] })),
    ],
    [false, 'has no node yet', asked(untold({ nodeName: undefined }))],
    [false, 'has the ports of its node', asked(untold({ hostNetwork: true }), { started })],
    [false, 'waits for somebody else’s word', asked(untold({ readinessGates: [{}] }), { started })],
    [false, 'cannot be made', asked({ ...untold(), ...status({ ...creating, state: waiting('ErrImagePull') }) })],
    [false, 'is being ended', asked({ ...untold(), metadata: podObject('new', { deleted: true }).metadata })],
    [false, 'asks for other content', asked(untold({ containers: [{ name: 'main', image: 'web:3' }] }), { started })],
    [false, 'takes the place of nothing', asked(untold(), { older: new Set(), started })],
    ...['readinessProbe', 'startupProbe'].map((probe): ['started' | 'maybe' | false, string, PodCandidate] => {
      const containers = [{ name: 'main', image: 'web:2', [probe]: {} }];
      return [false, `has a ${probe}`, asked(untold({ containers }), { started })];
    }),
  ])('is looked at: %s, one that %s', (is, _what, one) => {
    const found = unprovenPod([before, one], new Set());
    expect(found && (found.hasStarted ? 'started' : 'maybe')).toBe(is || undefined);
  });

  test('one that is known to have started is looked at before one that may have been', () => {
    const other = asked({ ...untold(), metadata: podObject('other').metadata });
    expect(unprovenPod([other, asked(untold(), { started })], new Set())?.pod.metadata.name).toBe('new');
    expect(unprovenPod([asked(untold(), { started }), other], new Set())?.pod.metadata.name).toBe('new');
  });

  test('what it has shown counts before and after its kubelet has told of it, until it is started again', () => {
    const told = contentOf(newest);
    expect(contentOf(coming)).toBe(told);
    expect(contentOf(asked({ ...untold(), ...status(creating) }))).toBe(told);
    expect(contentOf(unready)).toBe(told);
    expect(contentOf(crashed({ restarts: 1 }))).not.toBe(told);
    expect(contentOf(crashed({ restarts: 1 }))).not.toBe(contentOf(crashed({ restarts: 2 })));
    expect(contentOf(crashed({ imageId: ID.three }))).not.toBe(told);
  });

  test('what it has shown counts when newer content still is on its way', () => {
    const both = new Set(['uid-old', 'uid-new']);
    const three = new Map([['main', { reference: 'web:3', imageId: ID.three }]]);
    const late = (one: PodCandidate) => ({ ...one, expected: three, older: both });
    const elder = { ...before, pod: born(before.pod, '2026-01-01T00:00:00Z') };
    const younger = { ...coming, pod: born(coming.pod, '2026-01-02T00:00:00Z') };
    const found = choosePod([late(elder), late(younger)], { proven });
    expect([found?.pod.metadata.name, found?.isOlder]).toEqual(['new', true]);
    expect(choosePod([late(elder), late(younger)])?.pod.metadata.name).toBe('old');
  });

  test('what an exchanged pod has shown does not depend on how often it was started', () => {
    const swapped = new Set(['uid-new']);
    const now = (restarts: number) => candidate(podObject('new', { ...NEW, restarts }), { older: swapped });
    expect(contentOf(now(1))).toBe(contentOf(now(2)));
  });

  test('one that is only being made is not going', () => {
    expect(isGoing([asked({ ...untold(), ...status(creating) })], 'uid-new')).toBe(false);
    expect(comingPods([asked({ ...untold(), ...status(creating) }, { started })])).toHaveLength(1);
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
