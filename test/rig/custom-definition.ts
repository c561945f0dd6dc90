import { randomBytes } from 'node:crypto';
import type { HttpAnswer } from './http-answer.ts';
import type { ApiObject, KubeApi } from './kube-api.ts';
import { poll } from './poll.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** A kind of custom resource, `Rollout`, in a group of its own, that nobody but the test is the controller of. */
export class CustomDefinition implements AsyncDisposable {
  readonly group = `scn-${randomBytes(4).toString('hex')}.example.com`;
  readonly #kube: KubeApi;

  private constructor(kube: KubeApi) {
    this.#kube = kube;
  }

  /** Resolves when the API server serves the kind. */
  static async open(kube: KubeApi): Promise<CustomDefinition> {
    const definition = new CustomDefinition(kube);
    const { group } = definition;
    const name = definition.#name;
    const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    await definition.#ask('POST', DEFINITIONS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'Rollout', plural: 'rollouts', singular: 'rollout' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
      },
    });
    await poll(
      () => kube.request(`/apis/${group}/v1/rollouts`),
      ({ status }) => status === 200,
      { what: `${name} is served` },
    );
    return definition;
  }

  /** An object of the kind; undefined while there is none. */
  async object(namespace: string, name: string): Promise<ApiObject | undefined> {
    const { status, body } = await this.#kube.request(
      `/apis/${this.group}/v1/namespaces/${namespace}/rollouts/${name}`,
    );
    return status === 200 ? JSON.parse(body) : undefined;
  }

  /** Writes what a controller would into an object's status. */
  async say(namespace: string, name: string, status: object): Promise<void> {
    const path = `/apis/${this.group}/v1/namespaces/${namespace}/rollouts/${name}`;
    await this.#ask('PATCH', path, { status }, 'application/merge-patch+json');
  }

  async delete(namespace: string, name: string): Promise<void> {
    await this.#ask('DELETE', `/apis/${this.group}/v1/namespaces/${namespace}/rollouts/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ask('DELETE', `${DEFINITIONS}/${this.#name}`);
  }

  get #name(): string {
    return `rollouts.${this.group}`;
  }

  async #ask(method: string, path: string, object?: object, type = 'application/json'): Promise<HttpAnswer> {
    const answer = await this.#kube.request(path, {
      method,
      headers: { 'content-type': type },
      ...(object === undefined ? {} : { body: JSON.stringify(object) }),
    });
    if (answer.status >= 400) throw new Error(`${method} ${path}: HTTP ${answer.status} ${answer.body}`);
    return answer;
  }
}
