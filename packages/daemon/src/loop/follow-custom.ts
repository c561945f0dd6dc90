import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { CustomKind } from '../deploy/custom-kind.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ImagePin } from '../deploy/pin-images.ts';
import { imagesOf } from '../deploy/workload-images.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { ExpectedByImage, expectedImage } from '../rollout/expected-images.ts';
import {
  type CustomWorkload,
  healthOf,
  type LiveObjects,
  ownedWorkloads,
  type Workload,
} from '../rollout/workload-status.ts';
import type { CurrentImage } from './current-images.ts';
import type { Pass } from './run-pass.ts';

/** How long a controller has to make the first of what it makes of a custom resource, where nothing says that it will. */
const CONTROLLER_MS = 5000;

/**
 * A custom resource that was applied, as it is followed: by what some controller makes of it.
 *
 * @returns undefined where it is gone already
 */
export async function customWorkload(
  object: KubernetesObject,
  { images, pods }: CustomKind,
  pins: readonly (ImagePin & CurrentImage)[],
  { objects, view, signal }: Pick<ClusterSession, 'objects' | 'view' | 'signal'>,
): Promise<CustomWorkload | undefined> {
  const { apiVersion, kind } = object;
  const { namespace = '', name } = object.metadata;
  if (pods !== false) await view.followCustom({ apiVersion, kind, namespace }, signal);
  const live = await objects.get(object, signal);
  if (live?.metadata.uid === undefined) return undefined;
  const named = imagesOf(object, images);
  const expected = pins
    .filter(({ reference }) => named.includes(reference))
    .map((pin) => expectedImage(pin.reference, pin));
  return {
    kind,
    namespace,
    name,
    generation: live.metadata.generation ?? 0,
    expected: new ExpectedByImage(expected),
    resource: { apiVersion, uid: live.metadata.uid, pods: pods === undefined ? 'if-any' : pods ? 'wanted' : 'none' },
  };
}

/** Gives controllers a while for what they make of custom resources that need not have pods. */
export async function untilPodsAreKnown(
  workloads: readonly Workload[],
  { reporter, superseded }: Pick<Pass, 'reporter' | 'superseded'>,
  { view, signal }: Pick<ClusterSession, 'view' | 'signal'>,
): Promise<void> {
  const look = () =>
    podless(workloads, view).every((one) => one.resource.pods !== 'if-any' || isWell(one, view)) || undefined;
  if (look()) return;
  reporter.phase('rollout', 'seeing whether there will be pods');
  const timeout = AbortSignal.timeout(CONTROLLER_MS);
  try {
    await view.changed.until(look, AbortSignal.any([superseded, signal, timeout]));
  } catch (error) {
    superseded.throwIfAborted();
    if (!isAborted(error, timeout)) throw error;
  }
}

/** A custom resource of which something was made has pods from now on: without them it would not be live any more. */
export function withKnownPods(workload: Workload, view: Pick<LiveObjects, 'ownedBy'>): Workload {
  if (workload.resource?.pods !== 'if-any' || podless([workload], view).length > 0) return workload;
  return { ...workload, resource: { ...workload.resource, pods: 'wanted' } };
}

/** Says of which custom resources it is not known more than that they were applied. */
export function podlessNote(
  workloads: readonly Workload[],
  view: Pick<LiveObjects, 'ownedBy' | 'custom'>,
): string | undefined {
  const untold = podless(workloads, view).filter((workload) => !isWell(workload, view));
  const notes = untold.map(({ kind, name, resource }) => {
    const why =
      resource.pods === 'none' ? 'devloop.yaml says that it has no pods' : 'no controller has made pods of it';
    return `${kind}/${name} was applied, and ${why}: that is all that live means`;
  });
  return notes.length === 0 ? undefined : notes.join('\n');
}

/** Whether its own status says that it is well: then its controller is through with it. */
function isWell(workload: CustomWorkload, view: Pick<LiveObjects, 'custom'>): boolean {
  const health = healthOf(workload, view);
  return health !== undefined && health !== 'gone' && health.is === 'well';
}

function podless(workloads: readonly Workload[], view: Pick<LiveObjects, 'ownedBy'>): CustomWorkload[] {
  return workloads
    .filter((workload) => workload.resource !== undefined)
    .filter(
      ({ resource, namespace }) =>
        resource.pods === 'none' || ownedWorkloads(resource.uid, namespace, view).length === 0,
    );
}
