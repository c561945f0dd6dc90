import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubeApi } from '../rig/kube-api.ts';
import { RunningSandbox } from '../rig/running-sandbox.ts';
import { Comparison } from './comparison.ts';
import { EXPLAINED } from './explained.ts';
import { normalise } from './normalise.ts';
import { CONTRACT, type ContractStep } from './requests.ts';

const namespace = `contract-${randomBytes(3).toString('hex')}`;
/** For the table at the end. */
const compared = new Comparison(EXPLAINED);
let sandbox: RunningSandbox;
let servers: readonly [real: KubeApi, sandbox: KubeApi];

beforeAll(async () => {
  sandbox = await RunningSandbox.open();
  servers = [await KubeApi.open(), await KubeApi.open({ ...process.env, ...sandbox.environment })];
  await both({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  });
});

afterAll(async () => {
  await both({ method: 'DELETE', path: '/api/v1/namespaces/NS' });
  console.log(
    `${compared.requests} requests compared, ${compared.differences} differences, each explained in explained.ts or told as a failure`,
  );
  for (const server of servers) server.close();
  await sandbox[Symbol.asyncDispose]();
});

/** The same request to the real cluster and to the sandbox, and what each answers, comparable. */
async function both({ method, path, contentType = 'application/json', body }: ContractStep): Promise<unknown[]> {
  const ask = async (server: KubeApi) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await server.request(path.replaceAll('NS', namespace), {
      method,
      ...(text !== undefined && {
        headers: { 'content-type': contentType, 'content-length': String(Buffer.byteLength(text)) },
        body: text,
      }),
      timeoutMs: 30_000,
    });
    return { status: answer.status, body: normalise(parsed(answer.body), namespace) };
  };
  return await Promise.all(servers.map(ask));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

for (const { name, steps } of CONTRACT) {
  test(`both answer alike: ${name}`, async () => {
    const unexplained: string[] = [];
    for (const [index, step] of steps.entries()) {
      const [real, ours] = await both(step);
      unexplained.push(...compared.unexplained(`${index + 1} ${step.method} ${step.path}`, real, ours));
    }
    expect(unexplained).toEqual([]);
  });
}
