import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { RolloutKind } from '@devloop/shared/protocol/service-state';
import type { Applied } from '../deploy/deployer.ts';
import { isAlias } from '../deploy/deployer.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ImagePin } from '../deploy/pin-images.ts';
import { containersOf } from '../deploy/workload-images.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { lastLines } from '../logs/pod-logs.ts';
import { ContentBefore } from '../rollout/content-before.ts';
import { asksForExpected, type ExpectedImage, type ExpectedImages, expectedImage } from '../rollout/expected-images.ts';
import { halfSwapped } from '../rollout/half-swapped.ts';
import { forgetsStarts } from '../rollout/remind-of-starts.ts';
import { changedImages, isObserved, planSwap, type SwapPlan, swap } from '../rollout/swap.ts';
import { type TrackOptions, trackRollout } from '../rollout/track-rollout.ts';
import {
  type BuiltInWorkload,
  isTracked,
  type TrackedKind,
  type Workload,
  workloadStatus,
} from '../rollout/workload-status.ts';
import { instant } from '../support/instant.ts';
import type { CurrentImage } from './current-images.ts';
import { customWorkload, podlessNote, untilPodsAreKnown, withKnownPods } from './follow-custom.ts';
import type { Pass, PassContext, PassOutcome } from './run-pass.ts';

/** How long a swap waits for the controllers to have seen what was applied last. */
const OBSERVED_MS = 2000;

type Pins = readonly (ImagePin & CurrentImage)[];

/**
 * Carries out what applying left to a swap, then follows every workload until the new content serves.
 *
 * @param onStarted told when all containers have been started, if it comes to that
 */
export async function rollOut(
  applied: readonly Applied[],
  pins: Pins,
  pass: Pass,
  context: PassContext,
  onStarted: () => void,
): Promise<PassOutcome> {
  const { reporter, spec, superseded } = pass;
  const { session } = context;
  const kinds = new Set<RolloutKind>();
  const workloads: Workload[] = [];
  /** Custom resources that this session has not applied before. */
  const fresh: Workload[] = [];
  using before = new ContentBefore({ ...session, tasks: context.tasks });
  for (const one of applied) {
    const namespace = one.object.metadata.namespace;
    if (!(isTracked(one.object) || one.custom !== undefined) || namespace === undefined) continue;
    await session.view.follow(namespace, session.signal);
    kinds.add(kindOf(one));
    if (one.custom !== undefined) {
      const resource = await customWorkload(one.object, one.custom, pins, session);
      if (resource !== undefined) workloads.push(before.replacedBy(resource));
      if (resource !== undefined && isNew(one)) fresh.push(resource);
      continue;
    }
    const workload =
      one.action === 'swap'
        ? await carryOut(one, pins, pass, context, { kinds, before })
        : before.replacedBy(workloadOf(one.object, one.generation, pins));
    if (one.action !== 'swap') await replaceHalfSwapped(workload, session);
    workloads.push(workload);
  }
  reporter.times.appliedAt = instant();
  pass.onApplied(workloads);
  superseded.throwIfAborted();
  await untilPodsAreKnown(fresh, pass, session);
  const known = workloads.map((workload) => withKnownPods(workload, session.view));
  pass.onApplied(known);
  const outcome = await trackRollout(known, {
    view: session.view,
    engine: session.engine,
    touch: touchOf(session),
    onProgress: (detail) => reporter.phase('rollout', detail),
    onStarted,
    lastLines: (pod, container, previous) => lastLines(session.api, pod, container, previous, session.signal),
    timeoutMs: spec.readyTimeoutMs,
    signal: AbortSignal.any([superseded, session.signal]),
  });
  const kind = kinds.has('rolling')
    ? 'rolling'
    : kinds.has('replace')
      ? 'replace'
      : kinds.has('swap')
        ? 'swap'
        : 'none';
  const image = context.images.get(spec.name)?.reference;
  if (!outcome.ok) return { ok: false, kind, failure: outcome.failure, image };
  if (outcome.pulledAt !== undefined) reporter.times.pulledAt = outcome.pulledAt;
  if (outcome.startedAt !== undefined) reporter.times.containerStartedAt ??= outcome.startedAt;
  reporter.times.readyAt = outcome.readyAt;
  pass.onApplied(known.map(onceCompleted));
  for (const workload of known) context.history.saw(workloadStatus(workload, session.view).newest);
  const note = podlessNote(known, session.view);
  return { ok: true, kind, image, ...(note === undefined ? {} : { note }) };
}

/** Has pods made anew that no controller would ever look at, see {@link halfSwapped}. */
async function replaceHalfSwapped(workload: Workload, { objects, view, signal }: ClusterSession): Promise<void> {
  for (const seen of halfSwapped(workload, view)) {
    // The view may be behind a swap that has just been made.
    const pod = await objects.get({ ...seen, apiVersion: 'v1', kind: 'Pod' }, signal);
    const isSeen = pod?.metadata.uid === seen.metadata.uid;
    if (pod !== undefined && isSeen && !asksForExpected(pod, workload.expected)) await objects.delete(pod, signal);
  }
}

/** A Job that has completed stays so, whoever takes it away: `ttlSecondsAfterFinished` does. */
function onceCompleted(workload: Workload): Workload {
  return workload.resource === undefined && workload.kind === 'Job' ? { ...workload, completed: true } : workload;
}

function touchOf({ objects, link }: ClusterSession): TrackOptions['touch'] {
  return forgetsStarts(link.version) ? (pod, signal) => objects.touch(pod, signal) : undefined;
}

function isNew({ action, previous }: Applied): boolean {
  return action === 'replaced' || previous === undefined;
}

/** Swaps the images in place, or rolls the workload where it is in no state for that. */
async function carryOut(
  one: Applied,
  pins: Pins,
  pass: Pass,
  context: PassContext,
  { kinds, before }: { readonly kinds: Set<RolloutKind>; readonly before: ContentBefore },
): Promise<Workload> {
  const { reporter, spec, superseded } = pass;
  const { session, deployer } = context;
  await observed(one, session);
  // Whether a pod runs an image that was built elsewhere cannot be told by its id, so such a change rolls.
  const isBuiltHere =
    one.previous && changedImages(one.previous, one.object).every(({ image }) => isPinned(image, pins));
  const plan = one.previous && isBuiltHere ? planSwap(one.previous, one.object, session.view) : undefined;
  if (plan === undefined) {
    kinds.delete('swap');
    kinds.add('rolling');
    // A bare pod has no controller that would replace it.
    if (one.object.kind === 'Pod') await session.objects.deleteAndWait(one.object, session.signal);
    const result = await session.objects.apply(one.object, session.signal);
    const generation = result.metadata.generation ?? 0;
    deployer.remember(one.object, generation);
    return before.replacedBy(workloadOf(one.object, generation, pins));
  }
  const fresh = await withFreshNames(plan, pins, context);
  reporter.phase('rollout', 'swapping');
  const [leaving, ended, started] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const older = before.exchanged(fresh.pods);
  const sets = { leaving, ended, started, older };
  const workload = (generation: number) => ({ ...workloadOf(fresh.next, generation, pins), ...sets });
  pass.onSwapping(workload(one.generation));
  const generation = await swap(fresh, {
    objects: session.objects,
    engine: session.engine,
    killAfterMs: spec.killAfterMs,
    podReady: async (pod) => {
      await trackRollout([{ ...workload(0), kind: 'Pod', name: pod.metadata.name }], {
        view: session.view,
        touch: touchOf(session),
        onProgress: (detail) => reporter.phase('rollout', `${pod.metadata.name}: ${detail}`),
        lastLines: async () => [],
        timeoutMs: spec.readyTimeoutMs,
        signal: AbortSignal.any([superseded, session.signal]),
      });
    },
    onStarted: (at) => {
      reporter.times.containerStartedAt ??= at;
    },
    onPodLeaving: (uid) => leaving.add(uid),
    onPodEnded: (uid) => {
      ended.add(uid);
      session.view.changed.ring();
    },
    onPodStarted: (uid) => {
      started.add(uid);
      session.view.changed.ring();
    },
    tasks: context.tasks,
    superseded,
    signal: session.signal,
  });
  deployer.remember(fresh.next, generation);
  const { kind, metadata } = fresh.next;
  reporter.event({
    type: 'object-applied',
    service: spec.name,
    object: `${kind}/${metadata.name}`,
    action: 'configured',
  });
  return workload(generation);
}

/** Waits for the controllers to catch up with the pass before; a moment, where saves come close together. */
async function observed({ object, generation }: Applied, { view, signal }: ClusterSession): Promise<void> {
  const timeout = AbortSignal.timeout(OBSERVED_MS);
  try {
    await view.changed.until(
      () => isObserved(object, generation, view) || undefined,
      AbortSignal.any([signal, timeout]),
    );
  } catch (error) {
    if (!isAborted(error, timeout)) throw error; // it rolls instead
  }
}

/** The plan with images under names that its pods have not run; see {@link SwapHistory}. */
async function withFreshNames(plan: SwapPlan, pins: Pins, { history, session }: PassContext): Promise<SwapPlan> {
  history.saw(plan.pods);
  const next = structuredClone(plan.next);
  for (const container of containersOf(next)) {
    const pin = pins.find(({ reference }) => container.image === reference);
    if (pin === undefined) continue;
    const name = history.freshName(pin.reference, plan.pods);
    if (name === pin.reference) continue;
    const running = plan.pods.every((pod) =>
      containersOf(pod).some((one) => one.name === container.name && one.image === pin.reference),
    );
    if (running) continue; // this container does not change
    if (!(await giveName(pin.reference, name, session))) continue; // it waits for the back-off instead
    container.image = name;
  }
  return { ...plan, next };
}

/** Gives an image one more name, where the nodes find it too. */
async function giveName(reference: string, name: string, { engine, way, signal }: ClusterSession): Promise<boolean> {
  const built = way.builtReference(name);
  await engine.tag(way.builtReference(reference), built, signal);
  const { ok } = await way.bring(built, { line: () => undefined, progress: () => undefined }, signal);
  return ok;
}

function isPinned(image: string, pins: Pins): boolean {
  return pins.some(({ reference }) => image === reference || isAlias(image, reference));
}

function kindOf(applied: Applied): RolloutKind {
  switch (applied.action) {
    case 'swap':
      return 'swap';
    case 'replaced':
      return 'replace';
    case 'unchanged':
      return 'none';
    case 'created':
    case 'configured':
      return 'rolling';
  }
}

function workloadOf(object: KubernetesObject, generation: number, pins: Pins): BuiltInWorkload {
  const { namespace = '', name } = object.metadata;
  return { kind: object.kind as TrackedKind, namespace, name, generation, expected: expectedImages(object, pins) };
}

/** By container, the image that has to run: the pin's, under the name that was applied. */
function expectedImages(object: KubernetesObject, pins: Pins): ExpectedImages {
  const expected = new Map<string, ExpectedImage>();
  for (const { name, image } of containersOf(object)) {
    if (image === undefined) continue;
    const pin = pins.find(({ reference }) => image === reference || isAlias(image, reference));
    if (pin !== undefined) expected.set(name, expectedImage(image, pin));
  }
  return expected;
}
