import { readFileSync } from 'node:fs';
import https from 'node:https';
import { answerTo, type HttpAnswer, type HttpRequest } from './http-answer.ts';
import { mustRun } from './run-command.ts';

/**
 * The API server of the kubeconfig's current context, for what kubectl cannot do fast enough: a request to a pod or
 * a service through the API server's proxy, which needs no route to the pods' network.
 */
export class KubeApi {
  readonly #server: string;
  readonly #agent: https.Agent;
  readonly #token: string | undefined;

  private constructor(server: string, agent: https.Agent, token: string | undefined) {
    this.#server = server;
    this.#agent = agent;
    this.#token = token;
  }

  /** @param env in which kubectl finds the cluster */
  static async open(env: NodeJS.ProcessEnv = process.env): Promise<KubeApi> {
    const text = await mustRun('kubectl', ['config', 'view', '--minify', '--raw', '--flatten', '-o', 'json'], { env });
    const config = JSON.parse(text);
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    const agent = new https.Agent({
      ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: pem(user['client-certificate-data'], user['client-certificate']),
      key: pem(user['client-key-data'], user['client-key']),
      keepAlive: true,
    });
    return new KubeApi(cluster.server, agent, user.token);
  }

  /** A request to a service's endpoint, as the cluster balances it. `service` is `name:port`, or `name` for port 80. */
  throughService(namespace: string, service: string, path: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    // without the port, the API server looks for a port that has no name
    const endpoint = service.includes(':') ? service : `${service}:80`;
    return this.request(`/api/v1/namespaces/${namespace}/services/${endpoint}/proxy${path}`, request);
  }

  request(path: string, { method = 'GET', headers, body, timeoutMs = 5000 }: HttpRequest = {}): Promise<HttpAnswer> {
    const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const request = https.request(new URL(path, this.#server), {
      method,
      agent: this.#agent,
      headers: { ...authorization, ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return answerTo(request, body);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function pem(data: string | undefined, file: string | undefined): Buffer | undefined {
  if (data) return Buffer.from(data, 'base64');
  return file === undefined ? undefined : readFileSync(file);
}
