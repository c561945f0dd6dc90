import { setTimeout as delay } from 'node:timers/promises';
import { poll } from '../rig/poll.ts';
import { RunningSandbox } from '../rig/running-sandbox.ts';
import { SandboxClient } from '../rig/sandbox-client.ts';
import { now } from './clock.ts';
import { round, table } from './figures.ts';
import type { BenchOptions, BenchResult } from './main.ts';

const PODS = 1000;
const RATES = [10_000, 50_000];
const POD = '/api/v1/namespaces/default/pods/log-load';

/** What the sandbox delivers under its own loads: log lines to one follower, and many pods in a list. */
export async function sandbox({ runs: seconds = 5 }: BenchOptions): Promise<BenchResult> {
  await using running = await RunningSandbox.open();
  const client = new SandboxClient(running.folder);
  const logs = [];
  for (const perSecond of RATES) {
    process.stderr.write(`${perSecond} lines a second for ${seconds} s\n`);
    logs.push({ written_per_second: perSecond, ...(await delivered(client, perSecond, seconds)) });
  }
  process.stderr.write(`${PODS} pods\n`);
  const crowd = await listed(client);
  const text = `${table([
    ['lines written a second', 'delivered a second', 'missing in between'],
    ...logs.map((row) => [row.written_per_second, round(row.delivered_per_second), row.missing]),
  ])}

${table([
  [`${PODS} pods`, ''],
  ['made, ms', round(crowd.made_ms)],
  ['listed, ms', round(crowd.listed_ms)],
  ['list, MB', round(crowd.list_mb, 1)],
])}

One follower of one pod's log over the API, ${seconds} s each. Pods are objects of the API; nothing runs.`;
  return { json: { logs, crowd }, text };
}

async function delivered(client: SandboxClient, perSecond: number, seconds: number) {
  await client.fault({ is: 'log-lines', perSecond });
  await poll(
    async () => (await client.api(POD)).body,
    (pod) => pod.includes('"phase":"Running"'),
    { what: 'the load runs' },
  );
  using log = await client.follow(`${POD}/log?follow=true`);
  await log.line(() => true);
  const [startedAt, before] = [now(), log.lines.length];
  await delay(seconds * 1000);
  const [endedAt, lines] = [now(), log.lines.slice()];
  const numbers = lines.map((line) => Number(/^line (\d+) /.exec(line)?.[1]));
  const missing = numbers.filter((number, index) => number !== index + 1).length;
  await client.fault({ is: 'no-faults' });
  await poll(
    async () => (await client.api(POD)).status,
    (status) => status === 404,
    { what: 'the load is gone' },
  );
  return { delivered_per_second: ((lines.length - before) * 1000) / (endedAt - startedAt), missing };
}

async function listed(client: SandboxClient) {
  const startedAt = now();
  await client.fault({ is: 'pods', count: PODS });
  const madeAt = now();
  const { body } = await client.api('/api/v1/namespaces/crowd/pods');
  const listedAt = now();
  const { items } = JSON.parse(body) as { items: unknown[] };
  if (items.length !== PODS) throw new Error(`${items.length} pods are listed`);
  return { made_ms: madeAt - startedAt, listed_ms: listedAt - madeAt, list_mb: Buffer.byteLength(body) / 1e6 };
}
