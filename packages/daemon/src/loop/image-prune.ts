import { IMAGE_LABEL, PROJECT_LABEL } from '../build/image-engine.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { imagesOf } from '../deploy/workload-images.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import type { ClusterSession } from '../link/cluster-session.ts';

/** Built images kept for each image name, the newest first, also where nothing names them: for the way back. */
const KEPT_IMAGES = 2;

/**
 * Removes built images that are no longer needed: all but the last {@link KEPT_IMAGES} of each image name, never one
 * that a pod or ReplicaSet anywhere in the cluster names.
 *
 * @param current references that a pass has just decided on and that no pod may name yet
 * @returns the references removed
 */
export async function pruneImages(
  { engine, way, api }: Pick<ClusterSession, 'engine' | 'way' | 'api'>,
  project: string,
  current: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string[]> {
  const built = await engine.imagesLabelled(PROJECT_LABEL, project, signal);
  const stale = staleReferences(built);
  if (stale.length === 0) return [];
  const named = await namedImages(api, signal);
  const removed: string[] = [];
  for (const reference of stale) {
    const inPods = way.podReference(reference);
    if (!named.has(inPods) && !current.has(inPods) && (await engine.removeReference(reference, signal)))
      removed.push(reference);
  }
  return removed;
}

/** References of all but the newest images of each image name. Pure. */
export function staleReferences(
  images: readonly { references: readonly string[]; created: number; labels: Readonly<Record<string, string>> }[],
): string[] {
  const byName = Map.groupBy(images, (image) => image.labels[IMAGE_LABEL] ?? '');
  return [...byName.values()].flatMap((group) =>
    group
      .toSorted((a, b) => b.created - a.created)
      .slice(KEPT_IMAGES)
      .flatMap((image) => image.references),
  );
}

async function namedImages(api: ApiClient, signal: AbortSignal): Promise<Set<string>> {
  const collections = [
    { path: '/api/v1/pods', kind: 'Pod' },
    { path: '/apis/apps/v1/replicasets', kind: 'ReplicaSet' },
  ];
  const lists = await Promise.all(
    collections.map(async ({ path, kind }) => {
      const list = await api.json<{ items: KubernetesObject[] }>(path, { signal });
      return list.items.flatMap((item) => imagesOf({ ...item, kind }));
    }),
  );
  return new Set(lists.flat());
}
