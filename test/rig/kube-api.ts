import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { answerTo, type HttpAnswer, type HttpRequest } from './http-answer.ts';
import { readKubeconfig } from './kubeconfig.ts';

/** An object of any kind, as the API has it. */
// biome-ignore lint/suspicious/noExplicitAny: each kind has fields of its own, and the tests name them
export type ApiObject = any;

/** Where the API has the resources that the tests ask for, by the names in its paths. */
const GROUPS = {
  configmaps: 'api/v1',
  events: 'api/v1',
  namespaces: 'api/v1',
  nodes: 'api/v1',
  persistentvolumeclaims: 'api/v1',
  pods: 'api/v1',
  secrets: 'api/v1',
  serviceaccounts: 'api/v1',
  services: 'api/v1',
  deployments: 'apis/apps/v1',
  replicasets: 'apis/apps/v1',
  statefulsets: 'apis/apps/v1',
  jobs: 'apis/batch/v1',
} as const;

export type Resource = keyof typeof GROUPS;

/** Asks for rows as `kubectl get` prints them. */
const AS_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** The API server of the kubeconfig's current context, asked without kubectl. */
export class KubeApi {
  readonly #server: string;
  readonly #agent: https.Agent;
  readonly #token: string | undefined;

  private constructor(server: string, agent: https.Agent, token: string | undefined) {
    this.#server = server;
    this.#agent = agent;
    this.#token = token;
  }

  /** @param env of a user who has the cluster as the current context */
  static async open(env: NodeJS.ProcessEnv = process.env): Promise<KubeApi> {
    const config = readKubeconfig(env);
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    const agent = new https.Agent({
      ca: pem(cluster['certificate-authority-data']),
      cert: pem(user['client-certificate-data']),
      key: pem(user['client-key-data']),
      keepAlive: true,
    });
    return new KubeApi(cluster.server, agent, user.token);
  }

  /** Objects of a kind, of one namespace or of none. */
  async list(resource: Resource, namespace: string | undefined, selector = ''): Promise<ApiObject[]> {
    const query = `?labelSelector=${encodeURIComponent(selector)}`;
    return (await this.#ask('GET', `${pathTo(resource, namespace)}${query}`)).items;
  }

  async get(resource: Resource, namespace: string | undefined, name: string): Promise<ApiObject> {
    return await this.#ask('GET', `${pathTo(resource, namespace)}/${name}`);
  }

  async create(resource: Resource, namespace: string | undefined, object: ApiObject): Promise<ApiObject> {
    return await this.#ask('POST', pathTo(resource, namespace), object);
  }

  /** A merge patch. */
  async patch(resource: Resource, namespace: string | undefined, name: string, change: unknown): Promise<ApiObject> {
    return await this.#ask('PATCH', `${pathTo(resource, namespace)}/${name}`, change, 'application/merge-patch+json');
  }

  /** Asks for the end of an object and of what it owns, which may take a while. One that is not there is no failure. */
  async delete(resource: Resource, namespace: string | undefined, name: string): Promise<void> {
    const answer = await this.#send('DELETE', `${pathTo(resource, namespace)}/${name}?propagationPolicy=Background`);
    if (answer.status >= 400 && answer.status !== 404) throw refused('DELETE', `${resource}/${name}`, answer);
  }

  /** Ends all pods of a namespace without waiting for those that ignore SIGTERM. */
  async deletePods(namespace: string): Promise<void> {
    await this.#ask('DELETE', `${pathTo('pods', namespace)}?gracePeriodSeconds=1`);
  }

  /** The rows that `kubectl get` would print. */
  async table(resource: Resource, namespace: string): Promise<string> {
    const { body } = await this.request(pathTo(resource, namespace), { headers: { accept: AS_TABLE } });
    const { columnDefinitions, rows } = JSON.parse(body) as {
      columnDefinitions: { name: string }[];
      rows: { cells: unknown[] }[];
    };
    return [columnDefinitions.map(({ name }) => name), ...rows.map(({ cells }) => cells)]
      .map((cells) => cells.join('  '))
      .join('\n');
  }

  /**
   * Every state of an object from now on, as a watch tells it, the one that is there first, until `signal`.
   *
   * @param name undefined: of all in the namespace
   */
  async watch(
    resource: Resource,
    namespace: string,
    name: string | undefined,
    tell: (object: ApiObject) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const selector = name === undefined ? '' : `&fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
    const query = `?watch=1${selector}`;
    const request = https.request(new URL(`${pathTo(resource, namespace)}${query}`, this.#server), {
      agent: this.#agent,
      headers: this.#headers(),
      signal,
    });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`Watching ${resource}/${name ?? ''}: HTTP ${response.statusCode}`);
    createInterface({ input: response })
      .on('line', (line) => tell(JSON.parse(line).object))
      .on('error', () => undefined); // the end that the signal has asked for
  }

  /** A request to a service's endpoint, as the cluster balances it. `service` is `name:port`, or `name` for port 80. */
  throughService(namespace: string, service: string, path: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    // without the port, the API server looks for a port that has no name
    const endpoint = service.includes(':') ? service : `${service}:80`;
    return this.request(`/api/v1/namespaces/${namespace}/services/${endpoint}/proxy${path}`, request);
  }

  request(path: string, { method = 'GET', headers, body, timeoutMs = 5000 }: HttpRequest = {}): Promise<HttpAnswer> {
    const request = https.request(new URL(path, this.#server), {
      method,
      agent: this.#agent,
      headers: { ...this.#headers(), ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return answerTo(request, body);
  }

  close(): void {
    this.#agent.destroy();
  }

  #headers(): Record<string, string> {
    return this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
  }

  #send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<HttpAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { 'content-type': contentType, 'content-length': String(Buffer.byteLength(text ?? '')) };
    return this.request(path, { method, timeoutMs: 30_000, ...(text === undefined ? {} : { headers, body: text }) });
  }

  async #ask(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiObject> {
    const answer = await this.#send(method, path, body, contentType);
    if (answer.status >= 400) throw refused(method, path, answer);
    return JSON.parse(answer.body);
  }
}

function pathTo(resource: Resource, namespace: string | undefined): string {
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `/${GROUPS[resource]}${scope}/${resource}`;
}

function refused(method: string, what: string, { status, body }: HttpAnswer): Error {
  return new Error(`${method} ${what}: HTTP ${status} ${body}`);
}

function pem(data: string | undefined): Buffer | undefined {
  return data === undefined ? undefined : Buffer.from(data, 'base64');
}
