import type { DevloopRig } from '../rig/devloop-rig.ts';
import type { ApiObject } from '../rig/kube-api.ts';
import type { GeneratedService } from './generated-services.ts';

const NAME = 'prober';
/** How long the last answers of all may be on their way. */
const PENDING_MS = 1000;

/** What became of a question to one pod. */
export interface ProbeOutcome {
  /** Questions to several pods are asked together. */
  readonly round: number;
  /** ms of the prober's clock. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly answered: boolean;
}

/** A program in the cluster that asks the pods of a service again and again at their own addresses: neither devloop nor a Service is between. */
export function proberService(perSecond: number): GeneratedService {
  return { name: NAME, message: '', endsOnSigterm: true, nodePort: false, program: program(1000 / perSecond) };
}

/** Asks the pods of one service, old ones and new ones, from its beginning to its end. */
export class PodProber implements AsyncDisposable {
  readonly #rig: DevloopRig;
  readonly #watching = new AbortController();
  readonly #addresses = new Set<string>();
  #telling: Promise<unknown> = Promise.resolve();

  private constructor(rig: DevloopRig) {
    this.#rig = rig;
  }

  static async open(rig: DevloopRig, service: string): Promise<PodProber> {
    const prober = new PodProber(rig);
    const see = (pod: ApiObject) => {
      const { podIP } = pod.status;
      if (pod.metadata.labels?.app !== service || podIP === undefined || prober.#addresses.has(podIP)) return;
      prober.#addresses.add(podIP);
      prober.#telling = prober.#telling.then(() => prober.#ask(`/targets/${[...prober.#addresses]}`));
    };
    await rig.kube.watch('pods', rig.namespace, undefined, see, prober.#watching.signal);
    for (const pod of await rig.pods(`app=${service}`)) see(pod);
    await prober.#telling;
    await prober.#ask('/anew');
    return prober;
  }

  /** The outcomes of all questions since the beginning that have one. */
  async outcomes(): Promise<ProbeOutcome[]> {
    return JSON.parse(await this.#ask('/outcomes')) as ProbeOutcome[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching.abort();
    await this.#telling;
    await this.#ask('/targets/');
  }

  async #ask(path: string): Promise<string> {
    const { status, body } = await this.#rig.kube.throughService(this.#rig.namespace, NAME, path, {
      timeoutMs: 30_000,
    });
    if (status !== 200) throw new Error(`The prober answered ${status}: ${body}`);
    return body;
  }
}

/**
 * The longest that anybody waited who asked all pods in every round until one answered, longer than usual, ms: from the
 * beginning of a round in which no pod answered to the first answer after it.
 */
export function longestUnservedMs(outcomes: readonly ProbeOutcome[]): number {
  const rounds = new Map<number, { startedAt: number; answeredAt: number }>();
  for (const { round, startedAt, endedAt, answered } of outcomes) {
    const known = rounds.get(round) ?? { startedAt, answeredAt: Number.POSITIVE_INFINITY };
    known.startedAt = Math.min(known.startedAt, startedAt);
    if (answered) known.answeredAt = Math.min(known.answeredAt, endedAt);
    rounds.set(round, known);
  }
  const inOrder = [...rounds.values()].sort((a, b) => b.startedAt - a.startedAt);
  const lastAsked = inOrder[0]?.startedAt ?? 0;
  const lastAnswered = inOrder.find(({ answeredAt }) => Number.isFinite(answeredAt))?.startedAt;
  if (lastAnswered === undefined) throw new Error('The prober had no answer at all.');
  const pendingMs = lastAsked - lastAnswered;
  if (pendingMs > PENDING_MS)
    throw new Error(`The prober asked its last ${Math.round(pendingMs)} ms without an answer.`);
  let nextAnswerAt = Number.POSITIVE_INFINITY;
  const waits = inOrder.flatMap(({ startedAt, answeredAt }) => {
    nextAnswerAt = Math.min(nextAnswerAt, answeredAt);
    return Number.isFinite(nextAnswerAt) ? [nextAnswerAt - startedAt] : []; // the last ones may be still on their way
  });
  const sorted = waits.toSorted((a, b) => a - b);
  return (sorted.at(-1) ?? 0) - (sorted[Math.floor(sorted.length / 2)] ?? 0);
}

function program(everyMs: number): string {
  return `const http = require('node:http');
const net = require('node:net');
let targets = [];
let outcomes = [];
let round = 0;
const ask = (host, mine, into) => {
  const startedAt = performance.now();
  const socket = net.connect({ host, port: 8080, noDelay: true });
  let answered = false;
  socket.setTimeout(5000, () => socket.destroy());
  socket.on('connect', () => socket.write('GET / HTTP/1.1\\r\\nHost: pod\\r\\nConnection: close\\r\\n\\r\\n'));
  socket.on('data', () => { answered = true; socket.destroy(); });
  socket.on('error', () => undefined);
  socket.on('close', () => into.push({ round: mine, startedAt, endedAt: performance.now(), answered }));
};
setInterval(() => {
  round += 1;
  for (const host of targets) ask(host, round, outcomes);
}, ${everyMs});
http.createServer((request, response) => {
  const [, what, list = ''] = request.url.split('/');
  if (what === 'targets') {
    const hosts = list.split(',').filter((host) => host !== '');
    if (!hosts.every(net.isIP)) return response.writeHead(400).end('not addresses: ' + list);
    targets = hosts;
  }
  // questions that are still asked keep theirs, so that nothing of before is among what comes
  if (what === 'anew') outcomes = [];
  response.end(JSON.stringify(what === 'outcomes' ? outcomes : {}));
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;
}
