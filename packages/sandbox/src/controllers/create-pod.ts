import type { EventRecorder } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import { controllerReference } from './owned-objects.ts';

export interface PodIdentity {
  /** Undefined: one is made from the owner's name. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Fields of the spec that win over the template's. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A pod from a controller's template: pkg/controller GetPodFromTemplate. */
export function podFromTemplate(owner: KubeObject, identity: PodIdentity = {}): KubeObject {
  const template = owner['spec'].template;
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { name, namespace = 'default' } = owner.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: identity.name ?? '',
      ...(identity.name === undefined && { generateName: `${name}-` }),
      namespace,
      labels: { ...labels, ...identity.labels },
      ...((annotations || identity.annotations) && { annotations: { ...annotations, ...identity.annotations } }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: { ...template.spec, ...identity.spec },
  };
}

/**
 * Creates a pod and tells of it on its owner: `SuccessfulCreate`, or `FailedCreate`.
 *
 * @throws StatusError
 */
export function createPod(store: ObjectStore, events: EventRecorder, owner: KubeObject, pod: KubeObject): KubeObject {
  try {
    const created = store.create('pods', pod);
    events.record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
    return created;
  } catch (error) {
    if (error instanceof StatusError) {
      events.record(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    }
    throw error;
  }
}

/** Deletes a pod and tells of it on its owner: `SuccessfulDelete`. One that is gone is no failure. */
export function deletePod(store: ObjectStore, events: EventRecorder, owner: KubeObject, pod: KubeObject): void {
  const { namespace, name } = pod.metadata;
  const target = { resource: 'pods', namespace, name };
  if (store.get(target) === undefined) return;
  store.delete(target);
  events.record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
}
