import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EngineClient } from '../rig/engine-client.ts';
import { poll } from '../rig/poll.ts';
import { RunningSandbox } from '../rig/running-sandbox.ts';
import { tarOf } from '../rig/tar-of.ts';
import { Comparison } from './comparison.ts';
import { ENGINE_EXPLAINED } from './engine-explained.ts';
import { comparable, pick, shape } from './engine-normalise.ts';
import { ENGINE_CONTRACT, type EngineStep } from './engine-requests.ts';

/** What both engines know: the oldest that devloop's own client speaks. */
const API = '/v1.41';
const run = `contract-${randomBytes(3).toString('hex')}`;
const since = Math.floor(Date.now() / 1000) - 1;
const compared = new Comparison(ENGINE_EXPLAINED);
let sandbox: RunningSandbox;
let engines: readonly [real: EngineClient, sandbox: EngineClient];

beforeAll(async () => {
  sandbox = await RunningSandbox.open();
  engines = [await EngineClient.open(process.env), await EngineClient.open({ ...process.env, ...sandbox.environment })];
});

afterAll(async () => {
  for (const engine of engines) await removeAll(engine);
  console.log(`engine: ${compared.requests} requests compared, ${compared.differences} differences explained`);
  await sandbox[Symbol.asyncDispose]();
});

async function removeAll(engine: EngineClient): Promise<void> {
  const ask = async (method: string, where: string) => await engine.request(method, `${API}${where}`, '', Buffer.of());
  const list = async (where: string) => JSON.parse((await ask('GET', where)).body.toString());
  for (const { Id, Names } of await list('/containers/json?all=1')) {
    if (Names[0].includes(run)) await ask('DELETE', `/containers/${Id}?force=1`);
  }
  for (const { RepoTags } of await list('/images/json')) {
    for (const tag of RepoTags ?? []) if (tag.startsWith(`${run}:`)) await ask('DELETE', `/images/${tag}?force=1`);
  }
}

/** Files with the name of the run in their text. */
function mapped(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('THIS', run)]));
}

/** The same request to the real engine and to the sandbox's, and what each answers, comparable. */
async function both(step: EngineStep): Promise<unknown[]> {
  const where = step.path
    .replaceAll('THIS', run)
    .replaceAll('SINCE', String(since))
    .replaceAll('NOW', String(Date.now() / 1000));
  const target = /^\/v\d/.test(where) ? where : `${API}${where}`;
  const body =
    step.files !== undefined
      ? await tarOf(mapped(step.files))
      : Buffer.from(step.body === undefined ? '' : JSON.stringify(step.body).replaceAll('THIS', run));
  const type = step.files !== undefined ? 'application/x-tar' : 'application/json';
  const ask = async (engine: EngineClient) => {
    const { until = '' } = step;
    const answered = await poll(
      () => engine.request(step.method, target, type, body),
      (answer) => answer.body.includes(until),
      { what: `${target} tells ${until}` },
    );
    const answer = comparable(answered, run);
    if (step.pick !== undefined) return pick(answer, step.pick);
    return step.shape === undefined ? answer : shape(answer, step.shape);
  };
  return await Promise.all(engines.map(ask));
}

for (const { name, steps } of ENGINE_CONTRACT) {
  test(`both engines answer alike: ${name}`, async () => {
    const unexplained: string[] = [];
    for (const [index, step] of steps.entries()) {
      const [real, ours] = await both(step);
      unexplained.push(...compared.unexplained(`${index + 1} ${step.method} ${step.path}`, real, ours));
    }
    expect(unexplained).toEqual([]);
  });
}
