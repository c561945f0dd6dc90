import { EventRecorder } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { keyOf, nameOf } from './owned-objects.ts';
import { WorkQueue } from './work-queue.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const MANAGER = 'kube-controller-manager';
const PROVISIONER = 'k8s.io/minikube-hostpath';

/** Gives every claim a volume of its own at once, as minikube's provisioner does, and takes it away with the claim. */
export class VolumeBinder implements Disposable {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #queue = new WorkQueue((key) => this.#bind(key));
  readonly #listening = new DisposableStack();

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#events = new EventRecorder(store, { component: PROVISIONER });
    this.#listening.use(this.#queue);
    this.#listening.use(
      store.listen([CLAIMS], (change, claim) => {
        if (change === 'deleted') this.#release(claim);
        else this.#queue.add(keyOf(claim));
      }),
    );
    for (const claim of store.list(CLAIMS)) this.#queue.add(keyOf(claim));
  }

  [Symbol.dispose](): void {
    this.#listening.dispose();
  }

  #bind(key: string): void {
    const claim = this.#store.get(nameOf(CLAIMS, key));
    if (claim === undefined || claim['status']?.phase === 'Bound') return;
    const { metadata, spec } = claim;
    const name: string = spec.volumeName || `pvc-${metadata.uid}`;
    const volume = { resource: VOLUMES, namespace: undefined, name };
    if (this.#store.get(volume) === undefined) {
      if (spec.volumeName) return; // a volume that somebody has still to make
      this.#store.create(VOLUMES, volumeFor(claim, name));
      this.#events.record(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
    }
    const { accessModes, resources } = spec;
    this.#store.modify(
      nameOf(CLAIMS, key),
      (object) => ({
        ...object,
        spec: { ...object['spec'], volumeName: name },
        status: { phase: 'Bound', accessModes, capacity: { storage: resources?.requests?.storage } },
      }),
      MANAGER,
    );
    this.#store.modify(volume, (object) => ({ ...object, status: { phase: 'Bound' } }), MANAGER);
  }

  #release(claim: KubeObject): void {
    const name: string | undefined = claim['spec']?.volumeName;
    const volume = { resource: VOLUMES, namespace: undefined, name: name ?? '' };
    const isOwn = this.#store.get(volume)?.['spec']?.claimRef?.uid === claim.metadata.uid;
    if (isOwn) this.#store.delete(volume);
  }
}

function volumeFor({ metadata, spec }: KubeObject, name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': PROVISIONER } },
    spec: {
      capacity: { storage: spec.resources?.requests?.storage },
      accessModes: spec.accessModes,
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: spec.storageClassName ?? 'standard',
      volumeMode: spec.volumeMode ?? 'Filesystem',
      hostPath: { path: `/tmp/hostpath-provisioner/${metadata.namespace}/${metadata.name}`, type: '' },
      claimRef: {
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
    },
  };
}
