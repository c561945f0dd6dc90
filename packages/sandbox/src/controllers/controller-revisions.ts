import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { controllerOf, controllerReference } from './owned-objects.ts';
import { templateHash } from './template-hash.ts';

const RESOURCE = 'controllerrevisions.apps';
export const REVISION_HASH = 'controller-revision-hash';

/** The history of an owner's templates, the newest last: pkg/controller/history. */
export function revisionsOf(store: ObjectStore, owner: KubeObject): KubeObject[] {
  return store
    .list(RESOURCE, owner.metadata.namespace)
    .filter((revision) => controllerOf(revision)?.uid === owner.metadata.uid)
    .toSorted((a, b) => a['revision'] - b['revision']);
}

/** The revision of the owner's present template; made, or made the newest again, where it is not. */
export function presentRevision(store: ObjectStore, owner: KubeObject): KubeObject {
  const { namespace = 'default', name } = owner.metadata;
  const { template, selector } = owner['spec'];
  const hash = templateHash(template);
  const history = revisionsOf(store, owner);
  const next = (history.at(-1)?.['revision'] ?? 0) + 1;
  const target = { resource: RESOURCE, namespace, name: `${name}-${hash}` };
  const found = history.find(({ metadata }) => metadata.name === target.name);
  if (found === undefined) {
    return store.create(RESOURCE, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: target.name,
        namespace,
        labels: { ...selector.matchLabels, [REVISION_HASH]: hash },
        ownerReferences: [controllerReference(owner)],
      },
      data: { spec: { template: { ...template, $patch: 'replace' } } },
      revision: next,
    });
  }
  if (found === history.at(-1)) return found;
  return store.modify(target, (revision) => ({ ...revision, revision: next })) ?? found;
}

/** Deletes what the history has no room for and no pod is of. */
export function trimHistory(store: ObjectStore, owner: KubeObject, inUse: ReadonlySet<string>): void {
  const limit: number = owner['spec'].revisionHistoryLimit ?? 10;
  const free = revisionsOf(store, owner).filter(({ metadata }) => !inUse.has(metadata.name));
  for (const { metadata } of free.slice(0, Math.max(0, free.length - limit))) {
    store.delete({ resource: RESOURCE, namespace: metadata.namespace, name: metadata.name });
  }
}
