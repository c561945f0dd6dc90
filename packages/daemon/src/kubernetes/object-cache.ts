import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { Bell } from '../support/bell.ts';
import type { ApiClient } from './api-client.ts';
import { ApiRefusal } from './api-errors.ts';
import { watchObjects } from './object-watch.ts';

/** The live objects of one collection, kept by a watch. */
export class ObjectCache {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #bell: Bell;
  readonly #listed = new Bell();
  #isListed = false;
  #refusal: ApiRefusal | undefined;

  /** @param bell rung after every change */
  constructor(bell: Bell) {
    this.#bell = bell;
  }

  get all(): Iterable<KubernetesObject> {
    return this.#objects.values();
  }

  /** By namespace and name. */
  get(namespace: string, name: string): KubernetesObject | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  /**
   * Resolves when the collection has been listed once.
   *
   * @throws ApiRefusal when this user may not list it
   */
  async listed(signal: AbortSignal): Promise<void> {
    await this.#listed.until(() => {
      if (this.#refusal !== undefined && !this.#isListed) throw this.#refusal;
      return this.#isListed || undefined;
    }, signal);
  }

  /** Follows the collection until the signal is aborted. */
  async follow(
    api: ApiClient,
    path: string,
    options: { onFailure: (error: unknown) => void; signal: AbortSignal },
  ): Promise<void> {
    const onFailure = (error: unknown) => {
      this.#refusal = error instanceof ApiRefusal && !error.isPassing ? error : undefined;
      this.#listed.ring();
      options.onFailure(error);
    };
    for await (const change of watchObjects(api, path, { ...options, onFailure })) {
      if (change.type === 'listed') {
        this.#objects.clear();
        for (const object of change.objects) this.#objects.set(keyOf(object), slim(object));
        this.#isListed = true;
        this.#listed.ring();
      } else if (change.type === 'changed') this.#objects.set(keyOf(change.object), slim(change.object));
      else this.#objects.delete(keyOf(change.object));
      this.#bell.ring();
    }
  }
}

function keyOf(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** Without the part of an object that is most of its size and that nobody here reads. */
function slim(object: KubernetesObject): KubernetesObject {
  delete object.metadata.managedFields;
  return object;
}
