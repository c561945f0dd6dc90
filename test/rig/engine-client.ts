import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { mustRun } from './run-command.ts';

export interface EngineAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

const TIMEOUT_MS = 60_000;

/** A Docker Engine over its wire, at the address that `minikube docker-env` tells. */
export class EngineClient {
  readonly #options: https.RequestOptions;

  private constructor(options: https.RequestOptions) {
    this.#options = options;
  }

  /** @param env in which `minikube` is that of the cluster */
  static async open(env: NodeJS.ProcessEnv): Promise<EngineClient> {
    const told = await mustRun('minikube', ['docker-env'], { env });
    const variable = (name: string) => new RegExp(`${name}="?([^"\\n]+)`).exec(told)?.[1];
    const host = new URL(variable('DOCKER_HOST') ?? '');
    if (host.protocol === 'unix:') return new EngineClient({ socketPath: host.pathname });
    const certificates = variable('DOCKER_CERT_PATH') ?? '';
    const pem = (name: string) => readFileSync(path.join(certificates, name));
    const tls = { ca: pem('ca.pem'), cert: pem('cert.pem'), key: pem('key.pem') };
    return new EngineClient({ protocol: 'https:', host: host.hostname, port: host.port, ...tls });
  }

  request(method: string, where: string, contentType: string, body: Buffer): Promise<EngineAnswer> {
    const headers = { connection: 'close', ...(body.length > 0 && { 'content-type': contentType }) };
    const { request } = this.#options.protocol === 'https:' ? https : http;
    const options = { ...this.#options, method, path: where, headers, agent: false as const };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }
}
