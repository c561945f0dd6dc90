import { expect, test } from 'vitest';
import { type ContainerRun, FINGERPRINT_LABEL, type ImageEngine } from '../build/image-engine.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { Bell } from '../support/bell.ts';
import { FakeLiveObjects, ID, podObject } from './live-objects.fake.ts';
import { trackRollout } from './track-rollout.ts';
import type { Workload } from './workload-status.ts';

const WORKLOAD: Workload = { kind: 'Pod', namespace: 'shop', name: 'web', generation: 0, expected: new Map() };

/** A view whose only pod the test replaces. */
class ChangingView extends FakeLiveObjects {
  readonly changed = new Bell();
  #pod: KubernetesObject;

  constructor(pod: KubernetesObject) {
    super();
    this.#pod = pod;
  }

  override get(): KubernetesObject {
    return this.#pod;
  }

  become(pod: KubernetesObject): void {
    this.#pod = pod;
    this.changed.ring();
  }
}

function startedNow(id: string, options: Parameters<typeof podObject>[1] = {}): KubernetesObject {
  const pod = podObject('web', { state: { running: { startedAt: new Date().toISOString() } }, ...options });
  pod['status'].containerStatuses[0].containerID = `docker://${id}`;
  return pod;
}

function track(
  view: ChangingView,
  container: (id: string) => ContainerRun | undefined,
  {
    workload = WORKLOAD,
    imageId = async () => undefined,
    imageLabels = async () => undefined,
    isBusy = async () => undefined,
  }: { workload?: Workload } & Partial<Pick<ImageEngine, 'imageId' | 'imageLabels' | 'isBusy'>> = {},
) {
  const asked: string[] = [];
  const outcome = trackRollout([workload], {
    view,
    engine: {
      imageId,
      imageLabels,
      isBusy,
      container: async (id) => {
        asked.push(id);
        return container(id);
      },
    },
    onProgress: () => undefined,
    lastLines: async () => ['no such file'],
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
  return { outcome, asked };
}

test('a program without a readiness probe that dies right after it was called ready never counts as live', async () => {
  const view = new ChangingView(startedNow('a'));
  const { outcome } = track(view, () => {
    const crash = { terminated: { exitCode: 3 } };
    const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
    // The kubelet tells of it later than the engine.
    setImmediate(() => view.become(startedNow('a', { ready: false, state: waiting, lastState: crash })));
    return { runs: false };
  });
  const { ok, failure } = (await outcome) as { ok: boolean; failure: { message: string; evidence: string[] } };
  expect([ok, failure.evidence]).toEqual([false, ['no such file']]);
  expect(failure.message).toContain('exit code 3');
});

test('one that still loads is not live yet, one that has come to rest is, at the instant when it was ready', async () => {
  const runs = [
    { forMs: 200, cpuMs: 100 },
    { forMs: 1100, cpuMs: 400 }, // long enough, but busy
    { forMs: 1350, cpuMs: 600 },
    { forMs: 1600, cpuMs: 605 },
    { forMs: 1650, cpuMs: 606 }, // once more: it may have been about to end
  ];
  let samples = 0;
  const { outcome } = track(new ChangingView(startedNow('a')), () => {
    const run = runs[samples];
    samples += 1;
    return run && { runs: true, ...run };
  });
  const begin = Date.now();
  const result = await outcome;
  expect([result.ok, samples]).toEqual([true, runs.length]);
  expect(result.ok && result.readyAt - begin).toBeLessThan(Date.now() - begin);
});

test('one that ends when it seems to have come to rest never counts as live', async () => {
  const view = new ChangingView(startedNow('a'));
  let samples = 0;
  const { outcome } = track(view, () => {
    samples += 1;
    if (samples < 3) return { runs: true, forMs: 2000, cpuMs: 100 };
    const state = { waiting: { reason: 'CrashLoopBackOff' } };
    setImmediate(() =>
      view.become(startedNow('a', { ready: false, state, lastState: { terminated: { exitCode: 3 } } })),
    );
    return { runs: false };
  });
  expect([(await outcome).ok, samples]).toEqual([false, 3]);
});

test('one that gets nothing of the processors while it loads is not taken for one that has come to rest', async () => {
  const view = new ChangingView(startedNow('a'));
  let samples = 0;
  const starved = () => {
    samples += 1;
    if (samples < 5) return { runs: true, forMs: 2000 + samples * 250, cpuMs: 100 } as const;
    setImmediate(() => view.become(startedNow('a', { ready: false, state: { terminated: { exitCode: 3 } } })));
    setImmediate(() =>
      view.become(startedNow('a', { ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } })),
    );
    return { runs: false } as const;
  };
  const { outcome } = track(view, starved, { isBusy: async () => true });
  expect([(await outcome).ok, samples]).toEqual([false, 5]);
});

test('one that loads for longer than most, and dies before the kubelet tells of it, never counts as live', async () => {
  const startedAt = Date.now() - 28_000; // two more seconds, and a container is past its start for who begins to look
  const pod = (options: Parameters<typeof podObject>[1]) => startedNow('a', options);
  const view = new ChangingView(pod({ state: { running: { startedAt: new Date(startedAt).toISOString() } } }));
  const { outcome } = track(
    view,
    () => {
      const forMs = Date.now() - startedAt;
      if (forMs < 31_000) return { runs: true, forMs, cpuMs: 100 };
      const state = { waiting: { reason: 'CrashLoopBackOff' } };
      setImmediate(() => view.become(pod({ ready: false, state, lastState: { terminated: { exitCode: 3 } } })));
      return { runs: false };
    },
    { isBusy: async () => true },
  );
  expect((await outcome).ok).toBe(false);
});

test('one that an engine cannot tell the threads of is judged by the time that it takes of the processors', async () => {
  let samples = 0;
  const atRest = () => {
    samples += 1;
    return { runs: true, forMs: 2000, cpuMs: 100 } as const;
  };
  const { outcome } = track(new ChangingView(startedNow('a')), atRest, { isBusy: async () => undefined });
  expect([(await outcome).ok, samples]).toEqual([true, 3]);
});

test('a container of another node cannot be asked about, and holds nothing back', async () => {
  const { outcome } = track(new ChangingView(startedNow('a')), () => undefined);
  expect((await outcome).ok).toBe(true);
});

test('a probe is proof, and so is having run for long', async () => {
  const probed = (probe: string) =>
    startedNow('a', { spec: { containers: [{ name: 'main', image: 'web:1', [probe]: {} }] } });
  const old = startedNow('b', { state: { running: { startedAt: '2026-01-01T00:00:00Z' } } });
  for (const pod of [probed('readinessProbe'), probed('startupProbe'), old]) {
    const { outcome, asked } = track(new ChangingView(pod), () => ({ runs: false }));
    expect([(await outcome).ok, asked]).toEqual([true, []]);
  }
});

/** A workload whose image was built here, and the ids of others that were accepted for it. */
function builtHere() {
  const likewise = new Set<string>();
  const expected = new Map([['main', { reference: 'web:1', imageId: ID.one, likewise }]]);
  return { workload: { ...WORKLOAD, expected }, likewise };
}

test('an image that somebody else built of the same content, and that has the name now, serves as well', async () => {
  const { workload, likewise } = builtHere();
  const names: string[] = [];
  const { outcome } = track(new ChangingView(podObject('web', { imageId: ID.two })), () => undefined, {
    workload,
    imageId: async (reference) => {
      names.push(reference);
      return ID.two;
    },
  });
  expect((await outcome).ok).toBe(true);
  expect([names, [...likewise]]).toEqual([['web:1'], [ID.two]]);
});

test.each([
  ['of three that built the same content, also the image serves that has lost the name to the last', ID.three],
  [
    'of two that built the same content, also the image serves that had lost the name before this daemon looked',
    ID.one,
  ],
])('%s', async (_title, named) => {
  const { workload, likewise } = builtHere();
  const fingerprints: Readonly<Record<string, string>> = { [ID.two]: 'same', 'web:1': 'same' };
  const { outcome } = track(new ChangingView(podObject('web', { imageId: ID.two })), () => undefined, {
    workload,
    imageId: async () => named,
    imageLabels: async (image) => ({ [FINGERPRINT_LABEL]: fingerprints[image] ?? 'none' }),
  });
  expect((await outcome).ok).toBe(true);
  expect([...likewise]).toEqual([ID.two]);
});

test('an image of other content never serves for one that has lost its name', async () => {
  const { workload, likewise } = builtHere();
  const view = new ChangingView(podObject('web', { imageId: ID.two }));
  const { outcome } = track(view, () => undefined, {
    workload,
    imageId: async () => ID.three,
    imageLabels: async (image) => {
      if (image === ID.two) setImmediate(() => view.become(podObject('web', { imageId: ID.one })));
      return image === ID.two ? {} : { [FINGERPRINT_LABEL]: 'new' };
    },
  });
  expect((await outcome).ok).toBe(true);
  expect(likewise.size).toBe(0);
});

test('a container of the old image, which the kubelet has not exchanged yet, never serves for the new one', async () => {
  const { workload, likewise } = builtHere();
  const view = new ChangingView(podObject('web', { imageId: ID.two }));
  const { outcome } = track(view, () => undefined, {
    workload,
    imageId: async () => ID.one,
    imageLabels: async (image) => {
      if (image === ID.two) setImmediate(() => view.become(podObject('web', { imageId: ID.one })));
      return { [FINGERPRINT_LABEL]: image === ID.two ? 'old' : 'new' };
    },
  });
  expect((await outcome).ok).toBe(true);
  expect(likewise.size).toBe(0);
});
