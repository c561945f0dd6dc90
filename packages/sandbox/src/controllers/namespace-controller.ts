import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore, ResourceName } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import { NAMESPACED_RESOURCES } from './managed-resources.ts';
import { WorkQueue } from './work-queue.ts';

const RESOURCE = 'namespaces';
const MANAGER = 'kube-controller-manager';

/** Name of the ConfigMap with the certificate of the API server's authority, in every namespace. */
const ROOT_CERTIFICATE = 'kube-root-ca.crt';

/**
 * Furnishes every namespace with its ServiceAccount and the API server's certificate, and empties those that end:
 * pkg/controller/serviceaccount, certificates/rootcacertpublisher, namespace.
 */
export class NamespaceController implements Disposable {
  readonly #store: ObjectStore;
  readonly #rootCertificate: string;
  readonly #queue = new WorkQueue((name) => this.#sync(name));
  readonly #listening = new DisposableStack();

  /** @param rootCertificate PEM */
  constructor(store: ObjectStore, rootCertificate: string) {
    this.#store = store;
    this.#rootCertificate = rootCertificate;
    this.#listening.use(this.#queue);
    this.#listening.use(store.listen([RESOURCE], (_change, { metadata }) => this.#queue.add(metadata.name)));
    const contents = Object.values(NAMESPACED_RESOURCES);
    this.#listening.use(
      store.listen(contents, (change, { metadata }) => {
        if (change === 'deleted' && metadata.namespace !== undefined) this.#queue.add(metadata.namespace);
      }),
    );
    for (const { metadata } of store.list(RESOURCE)) this.#queue.add(metadata.name);
  }

  [Symbol.dispose](): void {
    this.#listening.dispose();
  }

  #sync(name: string): void {
    const target = { resource: RESOURCE, namespace: undefined, name };
    const namespace = this.#store.get(target);
    if (namespace === undefined) return;
    if (namespace.metadata.deletionTimestamp === undefined) this.#furnish(name);
    else if (this.#empty(name)) this.#finalize(target);
  }

  #furnish(namespace: string): void {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
    this.#ensure('serviceaccounts', account);
    this.#ensure('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: ROOT_CERTIFICATE,
        namespace,
        annotations: {
          'kubernetes.io/description':
            'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
        },
      },
      data: { 'ca.crt': this.#rootCertificate },
    });
  }

  #ensure(resource: ResourceName, object: KubeObject): void {
    const { namespace, name } = object.metadata;
    if (this.#store.get({ resource, namespace, name }) !== undefined) return;
    try {
      this.#store.create(resource, object);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error; // it has begun to end
    }
  }

  /** Deletes what is in it. Answers whether nothing is left. */
  #empty(namespace: string): boolean {
    for (const resource of Object.values(NAMESPACED_RESOURCES)) {
      for (const { metadata } of this.#store.list(resource, namespace)) {
        if (metadata.deletionTimestamp !== undefined) continue;
        const target = { resource, namespace, name: metadata.name };
        // What it owned may have gone with another before its turn came.
        if (this.#store.get(target) !== undefined) this.#store.delete(target, { propagationPolicy: 'Background' });
      }
    }
    return Object.values(NAMESPACED_RESOURCES).every((resource) => this.#store.list(resource, namespace).length === 0);
  }

  /** Takes the last word, `spec.finalizers`, out of the way: what `namespaces/finalize` is for. */
  #finalize(target: { resource: string; namespace: undefined; name: string }): void {
    this.#store.modify(target, (object) => ({ ...object, spec: { ...object['spec'], finalizers: [] } }), MANAGER);
    if (this.#store.get(target) !== undefined) this.#store.delete(target);
  }
}
