import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorReport } from '../../packages/shared/src/errors/devloop-error.ts';
import type { Command, CommandResult as Result } from '../../packages/shared/src/protocol/command.ts';
import type { DaemonEvent } from '../../packages/shared/src/protocol/event.ts';
import { type Liveness, liveness, type ServiceSnapshot } from '../../packages/shared/src/protocol/service-state.ts';
import type { DaemonSnapshot } from '../../packages/shared/src/protocol/snapshot.ts';
import { DetailMessage, LogMessage, ViewMessage } from '../../packages/shared/src/protocol/stream-message.ts';
import { isRunning } from '../../packages/shared/src/running-process.ts';
import { logsFolderOf, type RuntimeEnvironment, runtimePaths } from '../../packages/shared/src/runtime-paths.ts';
import { ensureDaemon } from '../../packages/tui/src/daemon/start-daemon.ts';
import { awaitLive } from '../../packages/tui/src/live/await-live.ts';
import { DaemonSocket, type MessageStream } from './daemon-socket.ts';
import { EventFeed, type EventMark, type EventPredicate, FROM_THE_START } from './event-feed.ts';
import { type HttpAnswer, type HttpRequest, plainRequest } from './http-answer.ts';
import { type ApiObject, KubeApi, type Resource } from './kube-api.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { ObjectWatch } from './object-watch.ts';
import { poll } from './poll.ts';
import { type FoundProcess, processesWithEnvironment } from './processes.ts';
import { ProjectFolder } from './project-folder.ts';
import { type CommandResult, mustRun, runCommand } from './run-command.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** The built command, as a user runs it. */
export const DEVLOOP = path.join(REPOSITORY, 'packages/tui/bundle/main.js');
const DAEMON = path.join(REPOSITORY, 'packages/daemon/bundle/main.js');
/** Names one run of the tests, in the environment of everything it starts. */
export const RUN_VARIABLE = 'DEVLOOP_RIG_RUN';

const RUN_LABEL = 'devloop-rig';

/** Selects every namespace of this run, so that its end can wait until all are gone. */
export function ofThisRun(): string {
  return `${RUN_LABEL}=${thisRun()}`;
}

function thisRun(): string {
  return process.env[RUN_VARIABLE] ?? 'alone';
}

const EVENT_TIMEOUT_MS = 60_000;
const UP_TIMEOUT_SECONDS = 180;
/** What is asked once may take long on a busy machine; what is asked again and again is rather asked anew. */
const ANSWER_TIMEOUT_MS = { once: 20_000, again: 5000 };

export interface RigOptions {
  /** `missing`: the namespace does not exist until devloop makes it. */
  readonly namespace?: 'exists' | 'missing';
  /** Where what is left behind is told. Default: disposal throws. */
  readonly onProblem?: (problem: string) => void;
}

export interface DevloopOptions {
  /** The exit code that the command must end with; null: any. */
  readonly expect?: number | null;
  readonly timeoutMs?: number;
  /** What it finds on its standard input. Default: nothing. */
  readonly input?: string;
}

/**
 * A copy of a fixture in a folder of its own, a namespace of its own, and the real command with its real daemon on
 * the real cluster. Leaves nothing behind, and says so if something is.
 */
export class DevloopRig extends ProjectFolder implements AsyncDisposable {
  readonly namespace: string;
  readonly runtimeFolder: string;
  readonly events = new EventFeed();
  readonly kube: KubeApi;
  /** Environment of the commands; a test may change it. */
  readonly env: Record<string, string | undefined>;
  readonly #options: RigOptions;
  readonly #scratch: string;
  readonly #commands: CommandResult[] = [];
  readonly #pids = new Set<number>();
  #nodeAddress: string | undefined;
  #report = '';

  private constructor(scratch: string, namespace: string, kube: KubeApi, options: RigOptions) {
    super(path.join(scratch, namespace)); // the folder's name is the project's name: unique too
    this.#scratch = scratch;
    this.#options = options;
    this.namespace = namespace;
    this.runtimeFolder = path.join(scratch, 'run');
    this.kube = kube;
    this.env = commandEnvironment({
      XDG_RUNTIME_DIR: this.runtimeFolder,
      XDG_STATE_HOME: path.join(scratch, 'state'),
    });
  }

  static async open(fixture: string, options: RigOptions = {}): Promise<DevloopRig> {
    const scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'scn-')));
    const namespace = `scn-${fixture}-${randomBytes(3).toString('hex')}`;
    const rig = new DevloopRig(scratch, namespace, await KubeApi.open(), options);
    await mkdir(rig.runtimeFolder, { mode: 0o700 });
    await cp(path.join(REPOSITORY, 'fixtures', fixture), rig.folder, { recursive: true });
    if (existsSync(rig.file('devloop.yaml'))) {
      await writeFile(rig.file('devloop.yaml'), rig.withNamespace(await rig.read('devloop.yaml')));
    } else await rig.useContext();
    if (options.namespace !== 'missing') {
      await rig.kube.create('namespaces', undefined, {
        metadata: { name: namespace, labels: { [RUN_LABEL]: thisRun() } },
      });
    }
    return rig;
  }

  // --- files

  /** Saves `devloop.yaml`; the namespace of this rig comes after the text, so that its lines keep their numbers. */
  writeConfig(text: string): Promise<void> {
    return this.writeAtomic('devloop.yaml', this.withNamespace(text));
  }

  /** Has the context name the namespace, as for a project whose devloop.yaml is missing or names none. */
  async useContext(): Promise<void> {
    const kubeconfig = readKubeconfig();
    kubeconfig.contexts[0].context.namespace = this.namespace;
    this.env['KUBECONFIG'] = path.join(this.#scratch, 'kubeconfig');
    await writeFile(this.env['KUBECONFIG'], JSON.stringify(kubeconfig));
  }

  withNamespace(text: string): string {
    return `${text.trimEnd()}\ncluster:\n  namespace: ${this.namespace}\n`;
  }

  // --- the command

  async devloop(args: readonly string[], options: DevloopOptions = {}): Promise<CommandResult> {
    const { expect = 0, timeoutMs = 60_000, input } = options;
    const result = await runCommand(process.execPath, [DEVLOOP, '-C', this.folder, ...args], {
      cwd: this.#scratch,
      env: this.env,
      timeoutMs,
      ...(input === undefined ? {} : { input }),
    });
    this.#commands.push(result);
    if (expect !== null && result.code !== expect) {
      throw new Error(`devloop ${args.join(' ')}\nended with ${result.code}, not ${expect}:\n${result.output}`);
    }
    return result;
  }

  /** `up -d`, after which the daemon's events are followed from the first on, and those of the start are here. */
  async up(options: DevloopOptions = {}): Promise<CommandResult> {
    const args = ['up', '-d', '--timeout', String(UP_TIMEOUT_SECONDS)];
    const result = await this.devloop(args, { timeoutMs: (UP_TIMEOUT_SECONDS + 30) * 1000, ...options });
    await this.catchUp();
    return result;
  }

  /**
   * As {@link up}, without the process of the command, which takes a quarter as long as the daemon itself: for scenarios
   * that begin with what is live, and are not about its start. Where the daemon runs already, what was just saved is waited
   * for.
   */
  async start(): Promise<void> {
    const { folder, env } = this;
    const signal = AbortSignal.timeout((UP_TIMEOUT_SECONDS + 30) * 1000);
    const { client } = await ensureDaemon(folder, { signal, env, main: DAEMON });
    const outcome = await awaitLive(client, {
      services: [],
      timeoutMs: UP_TIMEOUT_SECONDS * 1000,
      signal,
      show: async () => undefined,
    });
    if (outcome.is !== 'live') throw new Error(`not live after the start: ${JSON.stringify(outcome)}`);
    await this.catchUp();
  }

  /** Follows the events, and waits until those are here that tell of what status tells. */
  async catchUp(): Promise<void> {
    this.follow();
    const { services } = await this.status();
    for (const { name, lastPass } of services) {
      if (!lastPass) continue;
      const tellsOfIt = (event: DaemonEvent) =>
        event.type === 'pass-ended' && event.service === name && event.times.endedAt === lastPass.times.endedAt;
      await this.event(tellsOfIt);
    }
  }

  /** Follows the events of the daemon that runs now; those that it has published before come first. */
  follow(): void {
    if (this.events.following) return;
    this.events.follow(this.socketPath);
  }

  async status(): Promise<DaemonSnapshot> {
    const snapshot = await this.socket.snapshot();
    this.#pids.add(snapshot.pid);
    return snapshot;
  }

  async service(name: string): Promise<ServiceSnapshot & { readonly liveness: Liveness }> {
    const snapshot = await this.status();
    const service = snapshot.services.find((candidate) => candidate.name === name);
    if (!service) throw new Error(`status knows ${snapshot.services.map((s) => s.name)}, not ${name}`);
    return { ...service, liveness: liveness(service) };
  }

  // --- the socket

  get socketPath(): string {
    return runtimePaths(this.folder, runtimeEnvironment(this.env)).socket;
  }

  /** Where the daemon keeps the logs of the services. */
  get logsFolder(): string {
    return logsFolderOf(this.folder, runtimeEnvironment(this.env));
  }

  get socket(): DaemonSocket {
    return new DaemonSocket(this.socketPath);
  }

  command<T extends Command['type']>(command: Extract<Command, { type: T }>): Promise<Extract<Result, { type: T }>> {
    return this.socket.command(command);
  }

  refusal(command: Command): Promise<ErrorReport> {
    return this.socket.refusal(command);
  }

  view(): Promise<MessageStream<ViewMessage>> {
    return this.socket.follow('/v1/view', ViewMessage);
  }

  detail(service: string): Promise<MessageStream<DetailMessage>> {
    return this.socket.follow(`/v1/detail?service=${service}`, DetailMessage);
  }

  /** @param query as in the address: `follow=1&build=1` */
  logs(query: string): Promise<MessageStream<LogMessage>> {
    return this.socket.follow(`/v1/logs?${query}`, LogMessage);
  }

  // --- events

  get eventsSoFar(): readonly DaemonEvent[] {
    return this.events.since(FROM_THE_START);
  }

  mark(): EventMark {
    return this.events.mark();
  }

  /** The first event that `predicate` accepts, of those after `since`; it may have happened already. */
  event<T extends DaemonEvent>(predicate: EventPredicate<T>, since?: EventMark, timeoutMs?: number): Promise<T>;
  event(predicate: (event: DaemonEvent) => boolean, since?: EventMark, timeoutMs?: number): Promise<DaemonEvent>;
  event(
    predicate: (event: DaemonEvent) => boolean,
    since: EventMark = FROM_THE_START,
    timeoutMs = EVENT_TIMEOUT_MS,
  ): Promise<DaemonEvent> {
    return this.events.find(predicate, since, timeoutMs);
  }

  // --- the cluster

  /** kubectl in this rig's namespace, for what is compared with kubectl. */
  kubectl(...args: readonly string[]): Promise<string> {
    return mustRun('kubectl', ['--namespace', this.namespace, ...args]);
  }

  objects(resource: Resource, selector?: string): Promise<ApiObject[]> {
    return this.kube.list(resource, this.namespace, selector);
  }

  object(resource: Resource, name: string): Promise<ApiObject> {
    return this.kube.get(resource, this.namespace, name);
  }

  create(resource: Resource, object: ApiObject): Promise<ApiObject> {
    return this.kube.create(resource, this.namespace, object);
  }

  /** Asks for a pod's end, as its user would. */
  deletePod(name: string): Promise<void> {
    return this.kube.delete('pods', this.namespace, name);
  }

  /**
   * Resolves when the pod is gone, so that only another can answer. It is deleted when it is told to run: a kubelet
   * before Kubernetes 1.22 that is still to tell so forgets the end of a pod until a minute later.
   */
  async deletePodAndWait(name: string): Promise<void> {
    await poll(
      () => this.object('pods', name),
      ({ status }) => status.phase === 'Running',
      { what: `pod ${name} runs` },
    );
    await this.deletePod(name);
    await poll(
      () => this.names('pods'),
      (names) => !names.includes(`pods/${name}`),
      { what: `pod ${name} is gone` },
    );
  }

  /** The names of what is there, as `pods/web-0`. */
  async names(...resources: readonly Resource[]): Promise<string[]> {
    const lists = await Promise.all(
      resources.map(async (resource) => {
        const objects = await this.objects(resource);
        return objects.map((object) => `${resource}/${object.metadata.name}`);
      }),
    );
    return lists.flat();
  }

  /** Waits until a Deployment is what `kubectl rollout status` calls successfully rolled out. */
  async rolledOut(name: string): Promise<void> {
    await poll(
      () => this.object('deployments', name),
      ({ metadata, spec, status }) =>
        status.observedGeneration >= metadata.generation &&
        status.updatedReplicas === spec.replicas &&
        status.replicas === spec.replicas &&
        status.availableReplicas === spec.replicas,
      { what: `Deployment ${name} is rolled out` },
    );
  }

  /** Pods that are not on their way out. */
  async pods(selector: string): Promise<ApiObject[]> {
    const pods = await this.objects('pods', selector);
    return pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  }

  /** Every image that a Deployment's template names from now on, in order. */
  watchImages(deployment: string): Promise<ObjectWatch> {
    return ObjectWatch.open(
      this.kube,
      [this.namespace, 'deployments', deployment],
      (object) => object.spec.template.spec.containers[0].image,
    );
  }

  /** What a Service answers now, through the API server's proxy. */
  served(service: string, request: string | (HttpRequest & { readonly path?: string }) = '/'): Promise<HttpAnswer> {
    const { path: where = '/', ...rest } = typeof request === 'string' ? { path: request } : request;
    return this.kube.throughService(this.namespace, service, where, { timeoutMs: ANSWER_TIMEOUT_MS.once, ...rest });
  }

  /** Waits until a Service answers with `body`. */
  async serves(service: string, body: string | RegExp, where = '/'): Promise<string> {
    const answer = await poll(
      () => this.served(service, { path: where, timeoutMs: ANSWER_TIMEOUT_MS.again }),
      (candidate) => candidate.status === 200 && matches(candidate.body, body),
      { what: `${service}${where} answers ${body}` },
    );
    return answer.body;
  }

  /** A request to a port of the node, as somebody outside the cluster sends it. */
  async throughNodePort(port: number, where = '/', request: HttpRequest = {}): Promise<HttpAnswer> {
    this.#nodeAddress ??= (await mustRun('minikube', ['ip'])).trim();
    return plainRequest(`http://${this.#nodeAddress}:${port}${where}`, request);
  }

  // --- what runs, and the end

  /** Processes of this rig: its daemon, and what that started. */
  processes(): FoundProcess[] {
    return processesWithEnvironment('XDG_RUNTIME_DIR', this.runtimeFolder);
  }

  /** Everything that helps to understand a failure. Complete once the rig is disposed of. */
  report(): string {
    return this.#report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const problems: string[] = [];
    const attempt = async (what: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        problems.push(`${what}: ${error instanceof Error ? error.message : error}`);
      }
    };
    const cluster = await this.#tables().catch(String);
    await attempt('stop', async () => this.#endDaemons());
    await attempt('events', () => this.events.stop());
    await attempt('processes', () => this.#expectNoProcess());
    await attempt('sockets', () => this.#expectNoSocket());
    const logs = await this.#daemonLogs();
    await attempt('daemon', async () => {
      const bug = logs
        .join('\n')
        .split('\n')
        .find((line) => line.includes('"internal/bug"'));
      if (bug !== undefined) throw new Error(`it has made a mistake: ${bug}`);
    });
    await attempt('events', async () => {
      const [line] = this.events.unreadable;
      if (line !== undefined) throw new Error(`a line of the stream is no event: ${line}`);
    });
    this.#report = this.#composeReport(cluster, logs);
    await attempt('namespace', async () => {
      if (this.#options.namespace === 'missing') await this.#claimNamespace(); // devloop has made it
      await this.kube.delete('namespaces', undefined, this.namespace);
      await this.kube.deletePods(this.namespace); // nobody waits for programs that ignore SIGTERM
    });
    this.kube.close();
    await attempt('folder', () => rm(this.#scratch, { recursive: true, force: true, maxRetries: 3 }));
    if (problems.length === 0) return;
    const text = `The rig could not be left clean.\n${problems.join('\n')}`;
    if (this.#options.onProblem) this.#options.onProblem(text);
    else throw new Error(text);
  }

  /** Has the end of the run wait for the namespace. */
  async #claimNamespace(): Promise<void> {
    await this.kube.patch('namespaces', undefined, this.namespace, {
      metadata: { labels: { [RUN_LABEL]: thisRun() } },
    });
  }

  /** What the cluster has of the rig, as kubectl shows it. */
  async #tables(): Promise<string> {
    const shown = ['deployments', 'replicasets', 'pods', 'services', 'events'] as const;
    const tables: string[] = [];
    // one after the other, for which one connection does
    for (const resource of shown) tables.push(await this.kube.table(resource, this.namespace));
    return tables.join('\n\n');
  }

  /** By the signal that ends a daemon like `devloop stop`, without the start of a command for each test. */
  #endDaemons(): void {
    const found = this.processes().filter(({ commandLine }) => commandLine.includes(DAEMON));
    for (const { pid } of found) this.#pids.add(pid);
    for (const pid of [...this.#pids].filter(isRunning)) {
      try {
        process.kill(pid, 'SIGTERM');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended in this very moment
      }
    }
  }

  async #expectNoProcess(): Promise<void> {
    const left = () => {
      const known = [...this.#pids].filter(isRunning);
      // all that runs on the machine is looked through only when these have ended
      return known.length > 0 ? known.map(String) : this.processes().map((one) => `${one.pid} ${one.commandLine}`);
    };
    try {
      await poll(
        async () => left(),
        (found) => found.length === 0,
        { what: 'no process is left after the daemon has ended', timeoutMs: 10_000 },
      );
    } catch (error) {
      for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL');
      throw error;
    }
  }

  async #expectNoSocket(): Promise<void> {
    const left = (await readdir(this.runtimeFolder, { recursive: true })).filter((name) => /\.(sock|lock)$/.test(name));
    if (left.length > 0) throw new Error(`left in the runtime folder after the daemon has ended: ${left.join(', ')}`);
  }

  async #daemonLogs(): Promise<string[]> {
    const names = (await readdir(this.runtimeFolder, { recursive: true })).filter((name) => name.endsWith('.log'));
    const texts = await Promise.all(names.map((name) => readFile(path.join(this.runtimeFolder, name), 'utf8')));
    return texts.map((text, index) => `--- ${names[index]}\n${text}`);
  }

  #composeReport(cluster: string, logs: readonly string[]): string {
    return [
      `--- commands of ${this.namespace}`,
      ...this.#commands.map((result) => `$ ${result.command} -> ${result.code}\n${result.output.slice(0, 4000)}`),
      '--- events',
      ...this.events.all.map((published) => JSON.stringify(published)),
      '--- cluster',
      cluster,
      ...logs,
      '---',
    ].join('\n');
  }
}

/** The environment of a command that a user starts: nothing of the test runner's own. */
export function commandEnvironment(
  more: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|VITE_|NODE_OPTIONS$|NODE_ENV$|TEST$)/.test(name),
  );
  return { ...Object.fromEntries(own), NO_COLOR: '1', ...more };
}

/** Where a command that is started with this environment has its daemon and the logs. */
export function runtimeEnvironment(env: RuntimeEnvironment['env']): RuntimeEnvironment {
  const [uid, temporaryFolder, homeFolder] = [userInfo().uid, tmpdir(), homedir()];
  return { env, uid, temporaryFolder, homeFolder, platform: process.platform };
}

/** A text that no run has built before, so that an image made of it is not there yet. */
export function unique(text: string): string {
  return `${text} ${randomBytes(6).toString('hex')}`;
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text);
}
