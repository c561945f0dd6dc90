import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { AS_IT_IS } from '../ports/place.ts';
import { fakePodStreams } from '../ports/pod-streams.fake.ts';
import { ApiServer } from './api-server.ts';
import { type Certificates, issueCertificates } from './certificates.ts';
import { kubeconfigYaml } from './kubeconfig.ts';

let issued: Promise<Certificates> | undefined;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: what the server says, of any shape
  readonly body: any;
}

/** A running API server at a port, and a client of it. All end with the test. */
export async function openSandboxApi() {
  issued ??= issueCertificates(['localhost', '127.0.0.1']);
  const certificates = await issued;
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-api-'));
  const server = new ApiServer({ certificates, streams: fakePodStreams, place: AS_IT_IS, token: 'secret' });
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  await server.listen(listener);
  const kubeconfig = join(folder, 'kubeconfig');
  const { ca, clientCert: cert, clientKey: key } = certificates;
  const text = kubeconfigYaml({ server: url, ca, cert, key, context: 'sandbox', namespace: 'default' });
  await writeFile(kubeconfig, text);
  const agent = new https.Agent({ keepAlive: true, ca, cert, key });

  const request = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const length = text === undefined ? {} : { 'content-length': Buffer.byteLength(text) };
    const sent = https.request(new URL(path, url), {
      method,
      agent,
      headers: { 'content-type': 'application/json', 'user-agent': 'test', ...length, ...headers },
    });
    sent.end(text);
    const [answer] = await once(sent, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    const said = Buffer.concat(chunks).toString();
    const isJson = String(answer.headers['content-type']).startsWith('application/json');
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? JSON.parse(said) : said };
  };
  onTestFinished(async () => {
    agent.destroy();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  return { server, url, certificates, kubeconfig, agent, request };
}
