import { once } from 'node:events';
import type { ApiObject, KubeApi, Resource } from './kube-api.ts';

/** What one field of an object was over time, as the API server tells it: a witness that is not devloop. */
export class ObjectWatch implements Disposable {
  readonly #values: string[] = [];
  readonly #ended = new AbortController();

  private constructor() {}

  /** Resolves when the first value is there. */
  static async open(
    kube: KubeApi,
    [namespace, resource, name]: readonly [string, Resource, string],
    field: (object: ApiObject) => string,
  ): Promise<ObjectWatch> {
    const watch = new ObjectWatch();
    const first = new EventTarget();
    const told = once(first, 'told');
    const { signal } = watch.#ended;
    await kube.watch(
      resource,
      namespace,
      name,
      (object) => {
        watch.#values.push(field(object));
        first.dispatchEvent(new Event('told'));
      },
      signal,
    );
    await told;
    return watch;
  }

  /** The values in their order, each as often as it newly came. The first is what was there at the beginning. */
  get values(): readonly string[] {
    return this.#values.filter((value, index) => index === 0 || value !== this.#values[index - 1]);
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
  }
}
