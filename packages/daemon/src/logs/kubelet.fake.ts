import type { ServerResponse } from 'node:http';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { openApiServer } from '../kubernetes/api-server.fake.ts';
import type { ClusterView } from '../kubernetes/cluster-view.ts';
import { Bell } from '../support/bell.ts';

interface Run {
  readonly id: string;
  readonly startedAt: string;
  /** Stamped, each with its line feed. */
  lines: string[];
  hasEnded: boolean;
}

const POD = { namespace: 'shop', name: 'web-1', uid: 'u1' } as const;
export const CONTAINER = 'web';

/** The log of one container as a kubelet serves it, over a real connection that a test can break. */
export class FakeKubelet {
  readonly view: Pick<ClusterView, 'get' | 'changed'>;
  readonly #changed = new Bell();
  readonly #requests = new Bell();
  readonly #followers = new Set<ServerResponse>();
  #runs: Run[] = [];
  #restarts = -1;
  #isThere = true;
  #refusesPresent = false;
  #isShut = false;
  #untoldBytes = 0;
  /** What its status says where that is late. */
  #toldPod: KubernetesObject | undefined;
  #clockMs = Date.UTC(2026, 0, 1);
  readonly requests: string[];
  readonly api: Awaited<ReturnType<typeof openApiServer>>['api'];

  private constructor(opened: Awaited<ReturnType<typeof openApiServer>>) {
    this.api = opened.api;
    this.requests = opened.requests;
    this.view = { changed: this.#changed, get: () => (this.#isThere ? (this.#toldPod ?? this.pod) : undefined) };
  }

  /** Its container runs. Ends with the test. */
  static async open(): Promise<FakeKubelet> {
    const kubelets: FakeKubelet[] = [];
    const opened = await openApiServer((_request, response, url) => {
      for (const kubelet of kubelets) kubelet.#answer(response, url);
    });
    const kubelet = new FakeKubelet(opened);
    kubelets.push(kubelet);
    kubelet.start();
    return kubelet;
  }

  get pod(): KubernetesObject {
    const [run, previous] = this.#runs.toReversed();
    const startedAt = run?.startedAt;
    const id = `docker://${run?.id}`;
    const status = {
      name: CONTAINER,
      restartCount: this.#restarts,
      containerID: id,
      state: run?.hasEnded ? { terminated: { startedAt, containerID: id } } : { running: { startedAt } },
      lastState:
        previous === undefined
          ? {}
          : { terminated: { containerID: `docker://${previous.id}`, startedAt: previous.startedAt } },
    };
    return { apiVersion: 'v1', kind: 'Pod', metadata: { ...POD }, status: { containerStatuses: [status] } };
  }

  /**
   * The container begins a run. Of those before, the kubelet keeps the last.
   *
   * @param isTold false: its status tells of the run before until {@link tell}
   */
  start(isTold = true): void {
    this.#toldPod = isTold ? undefined : this.pod;
    this.#restarts += 1;
    this.#clockMs += 1000;
    const startedAt = new Date(this.#clockMs).toISOString().replace(/\.\d+Z/, 'Z');
    this.#runs = [...this.#runs.slice(-1), { id: `run-${this.#restarts}`, startedAt, lines: [], hasEnded: false }];
    if (isTold) this.#changed.ring();
  }

  /** The status of the container tells what is so. */
  tell(): void {
    this.#toldPod = undefined;
    this.#changed.ring();
  }

  /** The container ends. @param isTold false: its status does not say so yet */
  end(isTold = true): void {
    this.#run.hasEnded = true;
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
    if (isTold) this.#changed.ring();
  }

  /** The container writes lines, which come a few to a millisecond. */
  write(...texts: string[]): void {
    for (const text of texts) {
      this.#clockMs += this.#run.lines.length % 3 === 0 ? 1 : 0;
      const line = `${new Date(this.#clockMs).toISOString()} ${text}\n`;
      this.#run.lines.push(line);
      this.#untoldBytes -= line.length;
      if (this.#untoldBytes < 0) for (const follower of this.#followers) follower.write(line);
    }
  }

  /** The container writes what has no line feed, as far as anybody is told of it. */
  writeUnfinished(text: string): void {
    const line = `${new Date(this.#clockMs).toISOString()} ${text}`;
    this.#run.lines.push(line);
    for (const follower of this.#followers) follower.write(line);
  }

  /** Breaks off every stream, as an API server does that ends. */
  breakOff(): void {
    for (const follower of this.#followers) follower.destroy();
    this.#followers.clear();
  }

  /** Ends every stream as if its log were over, as a kubelet does that ends. */
  endStreams(): void {
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }

  /** Empties the log file. Streams that are open tell nothing until it is as long as it was. */
  rotate(): void {
    this.#untoldBytes = this.#run.lines.join('').length;
    this.#run.lines = [];
  }

  /** Renames the log file and begins another. Streams that are open go on with it. */
  rename(): void {
    this.#run.lines = [];
  }

  /**
   * The container writes lines into a file that is rotated away before those who follow the log have come to it: they go
   * on with the next file, as the kubelet does for who takes nothing meanwhile.
   *
   * @param ms how long they take, beyond what lines take anyway
   */
  writeUntold(texts: readonly string[], ms = 1000): void {
    const followers = [...this.#followers];
    this.#followers.clear();
    this.write(...texts);
    this.rename();
    this.#clockMs += ms;
    for (const follower of followers) this.#followers.add(follower);
  }

  /** The container says nothing for a while. */
  sayNothing(ms: number): void {
    this.#clockMs += ms;
  }

  /** The log of the present run cannot be had, as where the kubelet has just been started. */
  refusePresent(): void {
    this.#refusesPresent = true;
  }

  /** The kubelet ends: streams end as if their logs were over, and nobody answers for it until it is started anew. */
  shut(): void {
    this.#isShut = true;
    this.endStreams();
  }

  /** The kubelet is started anew. */
  reopen(): void {
    this.#isShut = false;
  }

  /** The pod is gone. */
  remove(): void {
    this.#isThere = false;
    this.breakOff();
    this.#changed.ring();
  }

  /** Resolves when a log has been asked for the next time, and what there is has been sent. */
  async requested(): Promise<void> {
    await this.#requests.next(new AbortController().signal);
  }

  get #run(): Run {
    return this.#runs.at(-1) as Run;
  }

  #answer(response: ServerResponse, { searchParams }: URL): void {
    queueMicrotask(() => this.#requests.ring());
    if (this.#isShut) {
      const message = 'Get "https://192.168.49.2:10250/": dial tcp 192.168.49.2:10250: connect: connection refused';
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
      return;
    }
    const isPrevious = searchParams.get('previous') === 'true';
    const run = isPrevious ? this.#runs.at(-2) : this.#run;
    if (!this.#isThere || run === undefined || (this.#refusesPresent && !isPrevious)) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"not found"}');
      return;
    }
    const since = searchParams.get('sinceTime');
    const tail = searchParams.get('tailLines');
    const wanted = run.lines.filter(
      (line) => since === null || Date.parse(line.split(' ')[0] ?? '') >= Date.parse(since),
    );
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    const limit = searchParams.get('limitBytes');
    const text = wanted.slice(tail === null ? 0 : -Number(tail)).join('');
    response.write(text.slice(0, limit === null ? undefined : Number(limit)));
    if (searchParams.get('follow') !== 'true' || run.hasEnded) response.end();
    else this.#followers.add(response);
    response.once('close', () => this.#followers.delete(response));
  }
}
