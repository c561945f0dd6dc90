import type { ServerResponse } from 'node:http';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { openApiServer } from '../kubernetes/api-server.fake.ts';
import type { ClusterView } from '../kubernetes/cluster-view.ts';
import { Bell } from '../support/bell.ts';

/** A file of a log: whoever follows it knows only how far it has come, in bytes. */
interface LogFile {
  /** Stamped, each with its line feed. */
  records: { readonly at: number; readonly text: string }[];
  size: number;
}

interface Run {
  readonly id: string;
  readonly startedAt: string;
  file: LogFile;
  hasEnded: boolean;
}

interface Follower {
  readonly response: ServerResponse;
  readonly since: string | null;
  file: LogFile;
  /** How much of the file it has been told, in bytes. */
  at: number;
}

const INNER_STAMP = '2026-01-01T';
const POD = { namespace: 'shop', name: 'web-1', uid: 'u1' } as const;
export const CONTAINER = 'web';

/** The log of one container as a kubelet serves it, over a real connection that a test can break. */
export class FakeKubelet {
  readonly view: Pick<ClusterView, 'get' | 'changed'>;
  readonly #changed = new Bell();
  readonly #requests = new Bell();
  readonly #followers = new Set<Follower>();
  #runs: Run[] = [];
  #restarts = -1;
  #isThere = true;
  #refusesPresent = false;
  #isShut = false;
  #removed: string | undefined;
  #hidesId = false;
  #nextAnswerBytes: number | undefined;
  /** What its status says where that is late. */
  #toldPod: KubernetesObject | undefined;
  #clockMs = Date.UTC(2026, 0, 1);
  #silentMs = 0;
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
    const present = run?.hasEnded ? { terminated: { startedAt, containerID: id } } : { running: { startedAt } };
    const status = {
      name: CONTAINER,
      restartCount: this.#restarts,
      containerID: this.#hidesId ? '' : id,
      state: this.#hidesId ? { waiting: { reason: 'ContainerCreating' } } : present,
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
    this.#runs = [
      ...this.#runs.slice(-1),
      { id: `run-${this.#restarts}`, startedAt, file: emptyFile(), hasEnded: false },
    ];
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
    this.endStreams();
    if (isTold) this.#changed.ring();
  }

  /** The container that has ended runs again, under the same id, as somebody has it who tells the engine to start it. */
  resume(): void {
    this.#run.hasEnded = false;
    this.#changed.ring();
  }

  /** The status of the container tells neither that it runs nor its id, until {@link showId}. */
  hideId(): void {
    this.#hidesId = true;
    this.#changed.ring();
  }

  showId(): void {
    this.#hidesId = false;
    this.#changed.ring();
  }

  /** The container writes lines, which come a few to a millisecond. */
  write(...texts: string[]): void {
    for (const text of texts) this.#record(text);
    this.#tell();
  }

  /** The container writes what has no line feed, as far as anybody is told of it. */
  writeUnfinished(text: string): void {
    this.#add(`${new Date(this.#clockMs).toISOString()} ${text}`);
    this.#tell();
  }

  /** The container writes one line, as the records that its runtime keeps it as: each of them begins with a stamp. */
  writeRecords(line: string): void {
    const inner = line.indexOf(INNER_STAMP);
    const at = inner === -1 ? line.length : inner;
    this.writeUnfinished(line.slice(0, at));
    if (at < line.length) this.#add(line.slice(at));
    this.#tell();
  }

  /** The container writes a line that its streams leave out, as they do where the file was emptied for a moment. */
  skipForStreams(text: string): void {
    this.#record(text);
    for (const follower of this.#followers) follower.at = follower.file.size;
  }

  /** Breaks off every stream, as an API server does that ends. */
  breakOff(): void {
    for (const { response } of this.#followers) response.destroy();
    this.#followers.clear();
  }

  /**
   * Ends every stream as if its log were over, as a kubelet does that ends.
   *
   * @param inLine a line that the container writes, and of which the streams tell the first half
   */
  endStreams(inLine?: string): void {
    const line = inLine === undefined ? '' : this.#record(inLine);
    for (const { response } of this.#followers) response.end(line.slice(0, line.length / 2));
    this.#followers.clear();
  }

  /** The log ends here for who asks for it the next time, without more: its kubelet ends. @param bytes what it tells before */
  endNextAnswerAfter(bytes: number): void {
    this.#nextAnswerBytes = bytes;
  }

  /** Empties the log file. Streams that are open tell nothing until it is as long as it was. */
  rotate(): void {
    Object.assign(this.#run.file, emptyFile());
  }

  /** Renames the log file and begins another. Streams that are open go on with it. */
  rename(): void {
    this.#run.file = emptyFile();
    for (const follower of this.#followers) Object.assign(follower, { file: this.#run.file, at: 0 });
  }

  /**
   * The container writes lines into a file that is rotated away before those who follow the log have come to it: they go
   * on with the next file, as the kubelet does for who takes nothing meanwhile.
   *
   * @param ms how long they take, beyond what lines take anyway
   */
  writeUntold(texts: readonly string[], ms = 1000): void {
    for (const text of texts) this.#record(text);
    this.rename();
    this.sayNothing(ms);
  }

  /** Streams tell the file that they are in once more from its beginning. */
  tellAnew(): void {
    for (const follower of this.#followers) follower.at = 0;
    this.#tell();
  }

  /** The container says nothing for a while. */
  sayNothing(ms: number): void {
    this.#clockMs += ms;
    this.#silentMs += ms;
  }

  /** How much of its time has not really passed, because its container said nothing then. */
  get silentMs(): number {
    return this.#silentMs;
  }

  /** The clock of the node is set back. */
  setBack(ms: number): void {
    this.#clockMs -= ms;
  }

  /** The run before the present one is tidied up: the status does not tell of it any more. */
  tidyUp(): void {
    this.#runs = this.#runs.slice(-1);
    this.#changed.ring();
  }

  /** The log of the present run cannot be had, as where the kubelet has just been started. */
  refusePresent(): void {
    this.#refusesPresent = true;
  }

  /** The container that has ended is removed: its streams, and who asks for its log, are told that instead of lines. */
  removeContainer(): void {
    const { id } = this.#run;
    this.#removed = id;
    for (const { response } of this.#followers) {
      response.end(`rpc error: code = Unknown desc = Error: No such container: ${id}`);
    }
    this.#followers.clear();
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

  /** A line into the file. Answers it as it is told. */
  #record(text: string): string {
    this.#clockMs += this.#run.file.records.length % 3 === 0 ? 1 : 0;
    return this.#add(`${new Date(this.#clockMs).toISOString()} ${text}\n`);
  }

  #add(text: string): string {
    const { file } = this.#run;
    file.records.push({ at: file.size, text });
    file.size += text.length;
    return text;
  }

  /** Whoever follows the log is told what came behind the place up to which it has been told. */
  #tell(): void {
    for (const follower of this.#followers) {
      const { file, at, since, response } = follower;
      if (file.size <= at) continue;
      const told = file.records.filter((record) => record.at >= at && isSince(record.text, since));
      if (told.length > 0) response.write(told.map(({ text }) => text).join(''));
      follower.at = file.size;
    }
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
    if (run.id === this.#removed) {
      response.writeHead(200).end(`unable to retrieve container logs for docker://${run.id}`);
      return;
    }
    const since = searchParams.get('sinceTime');
    const tail = searchParams.get('tailLines');
    const limit = searchParams.get('limitBytes');
    const { file, hasEnded } = run;
    const wanted = file.records
      .slice(tail === null ? 0 : -Number(tail))
      .map(({ text }) => text)
      .filter((text) => isSince(text, since))
      .join('');
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    const follows = searchParams.get('follow') === 'true';
    const most = follows || isPrevious ? this.#nextAnswerBytes : undefined;
    if (most !== undefined && tail === null) {
      this.#nextAnswerBytes = undefined;
      response.end(wanted.slice(0, most));
      return;
    }
    response.write(wanted.slice(0, limit === null ? undefined : Number(limit)));
    if (!follows || hasEnded) {
      response.end();
      return;
    }
    const follower = { response, since, file, at: file.size };
    this.#followers.add(follower);
    response.once('close', () => this.#followers.delete(follower));
  }
}

function emptyFile(): LogFile {
  return { records: [], size: 0 };
}

function isSince(line: string, since: string | null): boolean {
  return since === null || Date.parse(line.split(' ')[0] ?? '') >= Date.parse(since);
}
