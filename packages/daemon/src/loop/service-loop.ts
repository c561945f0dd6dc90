import path from 'node:path';
import { DevloopError, isAborted, toReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonEvent } from '@devloop/shared/protocol/event';
import type { PassTimes } from '@devloop/shared/protocol/service-state';
import { runHook } from '../hooks/run-hook.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import { isNamespaceDeleted } from '../link/session-namespace.ts';
import { nextStep } from '../plan/next-step.ts';
import type { ServiceSpec } from '../project/project.ts';
import type { Workload } from '../rollout/workload-status.ts';
import type { EventLog } from '../state/event-log.ts';
import { delay } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import { TaskSet } from '../support/task-set.ts';
import type { ContextScanner } from '../watch/scan-context.ts';
import { ChangeDetector, type SourceChange } from './change-detector.ts';
import { HookOutputs } from './hook-outputs.ts';
import { LiveObserver } from './live-observer.ts';
import { PassReporter } from './pass-reporter.ts';
import { declaredOutputs, type PassContext, runPass } from './run-pass.ts';
import { Source, type SourceContent } from './source.ts';

/** How often and after how long a pass is begun again that an API server refused which was not itself. */
const MOST_RETRIES = 5;
const RETRY_MS = 1000;
/** What a pass applies for that nobody asked for. */
const APPLYING = 'applying';
/** How many changed paths an event names. */
const NAMED_PATHS = 5;

type ChangeSeen = Extract<DaemonEvent, { type: 'change-seen' }>;
type Asked = NonNullable<ChangeSeen['asked']>;

export interface ServiceLoopOptions {
  readonly log: EventLog;
  readonly scanner: ContextScanner;
  /** Absolute; paths in events are relative to it. */
  readonly folder: string;
  /** What a pass works with; undefined while there is no cluster. */
  readonly context: () => PassContext | undefined;
  /** Told of an error that says that the cluster or its engine is gone. */
  readonly onUnreachable: () => void;
  readonly signal: AbortSignal;
}

/**
 * One service: sees its changes and runs its passes, one at a time, the newest content always last.
 *
 *     idle ──change──► pass ──live | failed──► idle
 *                       │ ▲
 *          newer change │ │ begins anew, once an apply in flight has ended
 *                       └─┘
 */
export class ServiceLoop {
  readonly #options: ServiceLoopOptions;
  readonly #tasks: TaskSet;
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  #spec: ServiceSpec;
  #source: Source | undefined;
  #detector: ChangeDetector | undefined;
  #outputs: HookOutputs | undefined;
  #content: SourceContent | undefined;
  #noticedAt = 0;
  #salt = '';
  #anyway = false;
  #pass: AbortController | undefined;
  #workloads: readonly Workload[] = [];
  /** Workloads whose pods are being given other images. */
  #swapping: readonly Workload[] = [];
  /** Raised by an afterReady hook. */
  #hookFailed = false;
  readonly #observer: LiveObserver;
  /** What the next pass applies for, in words. */
  #applying = APPLYING;
  #hasStarted = false;
  /** Times in a row that a pass was begun again because the API server was overloaded or starting. */
  #retries = 0;

  constructor(spec: ServiceSpec, options: ServiceLoopOptions) {
    this.#spec = spec;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#ended.signal]);
    this.#tasks = new TaskSet((error) => this.#reportBug(error));
    this.#observer = new LiveObserver(options.log, this.#tasks, () => this.observe(), this.#signal);
  }

  get spec(): ServiceSpec {
    return this.#spec;
  }

  get source(): Source | undefined {
    return this.#source;
  }

  /** Workloads that were applied last. */
  get workloads(): readonly Workload[] {
    return this.#workloads;
  }

  /** Workloads as they are to be: those that are being swapped before those that were applied. */
  get contents(): readonly Workload[] {
    return [...this.#swapping, ...this.#workloads];
  }

  /** Reads the source for the first time and begins. */
  async start(): Promise<void> {
    await this.#openSource();
    this.#changed('start', { content: this.#content, paths: [], noticedAt: instant() });
    this.#tasks.add(this.#run());
  }

  /** Takes over a changed config or changed manifests. */
  async update(spec: ServiceSpec, cause: 'config' | 'manifests'): Promise<void> {
    const sameBuild = JSON.stringify(spec.build) === JSON.stringify(this.#spec.build);
    this.#spec = spec;
    if (!sameBuild) await this.#openSource();
    this.#outputs = new HookOutputs(declaredOutputs(spec));
    this.#changed(cause, { content: this.#content, paths: [], noticedAt: instant() });
  }

  fileChanged(absolute: string): void {
    this.#detector?.event(absolute);
  }

  /** Looks at the source by content, whatever the notifications said. Answers with the revision that holds it. */
  async lookAgain(): Promise<number> {
    try {
      await this.#detector?.look();
    } catch (error) {
      if (!isAborted(error, this.#signal)) throw error; // the loop has ended: nothing is looked at any more
    }
    return this.#seenRevision();
  }

  /** Builds and rolls out again what is there. */
  rebuild(): number {
    this.#salt = Date.now().toString(36);
    this.#anyway = true;
    return this.#ask('rebuild');
  }

  /**
   * Begins a pass for something that the user asked for.
   *
   * @param applying what is done, in words: `restarting`
   */
  carryOut(asked: 'restart' | 'scale' | 'roll-back', applying: string): void {
    this.#applying = applying;
    this.#ask(asked);
  }

  /** Goes through everything again, because what the cluster has is not known any more. */
  recheck(): void {
    this.#changed('cluster', { content: this.#content, paths: [], noticedAt: instant() });
  }

  /** Compares what runs with what was live, and tells when that changes without a pass. */
  observe(): void {
    // A hook's failure says nothing about pods, so pods must not clear it.
    if (!this.#hookFailed) this.#observer.look(this.#spec.name, this.#workloads, this.#options.context()?.session);
  }

  /** Ends passes and waits for what they started. Nothing in the cluster is touched. */
  async close(): Promise<void> {
    this.#ended.abort(new Error('the service loop was closed'));
    await this.#tasks.ended();
  }

  async #openSource(): Promise<void> {
    const { build } = this.#spec;
    this.#outputs = new HookOutputs(declaredOutputs(this.#spec));
    if (build === undefined) {
      this.#source = undefined;
      this.#detector = undefined;
      this.#content = undefined;
      return;
    }
    const source = new Source(build, this.#options.scanner);
    await source.readRules();
    this.#source = source;
    const detector = new ChangeDetector(
      source,
      (change) => {
        if (this.#detector !== detector) return;
        this.#content = change.content;
        if (this.#hasStarted) this.#changed('files', change);
      },
      this.#tasks,
      this.#signal,
    );
    this.#hasStarted = false;
    this.#detector = detector;
    await detector.look();
    this.#hasStarted = true;
  }

  #ask(asked: Asked): number {
    this.#changed('asked', { content: this.#content, paths: [], noticedAt: instant() }, asked);
    return this.#seenRevision();
  }

  #seenRevision(): number {
    return this.#options.log.state.services.get(this.#spec.name)?.seenRevision ?? 0;
  }

  #changed(cause: ChangeSeen['cause'], change: SourceChange, asked?: Asked): void {
    if (cause === 'files') this.#salt = '';
    this.#noticedAt = change.noticedAt;
    this.#options.log.dispatch({
      type: 'change-seen',
      service: this.#spec.name,
      revision: this.#seenRevision() + 1,
      cause,
      ...(asked === undefined ? {} : { asked }),
      paths: change.paths.slice(0, NAMED_PATHS).map((file) => path.relative(this.#options.folder, file)),
      count: change.paths.length,
      noticedAt: change.noticedAt,
    });
    // A save that has to wait is no reason to give up what was begun before.
    const waits = nextStep(this.#options.log.state, this.#spec.name)?.step === 'hold' && this.#isPaused;
    if (!waits) this.#pass?.abort(new Error('superseded by newer content'));
  }

  get #isPaused(): boolean {
    return this.#options.log.state.services.get(this.#spec.name)?.paused === true;
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    const { name } = this.#spec;
    try {
      for (;;) {
        const revision = await log.until((state) => {
          const step = nextStep(state, name);
          if (step === undefined) return undefined;
          if (step.step === 'pass') return this.#options.context() === undefined ? undefined : step.revision;
          const { activity } = state.services.get(name) ?? {};
          const told = activity?.is === 'held' && JSON.stringify(activity.hold) === JSON.stringify(step.hold);
          if (!told) queueMicrotask(() => log.dispatch({ type: 'service-held', service: name, hold: step.hold }));
          return undefined;
        }, this.#signal);
        await this.#runOne(revision);
      }
    } catch (error) {
      if (!isAborted(error, this.#signal)) throw error;
    }
  }

  async #runOne(revision: number): Promise<void> {
    const { log } = this.#options;
    const service = this.#spec.name;
    const context = this.#options.context();
    if (context === undefined) return;
    const times: PassTimes = { noticedAt: this.#noticedAt, startedAt: instant(), endedAt: 0 };
    const reporter = new PassReporter(log, service, revision, times);
    const controller = new AbortController();
    this.#pass = controller;
    const anyway = this.#anyway;
    const applying = this.#applying;
    const { rolledBackTo, replicas } = log.state.services.get(service) ?? {};
    this.#anyway = false;
    this.#applying = APPLYING;
    this.#hookFailed = false;
    log.dispatch({ type: 'pass-started', service, revision });
    const ended = { type: 'pass-ended' as const, service, revision, times };
    try {
      const outcome = await runPass(
        {
          spec: this.#spec,
          content: this.#content,
          detector: this.#detector,
          outputs: this.#outputs,
          reporter,
          salt: this.#salt,
          anyway,
          rolledBackTo,
          replicas,
          applying,
          onSwapping: (workload) => {
            this.#swapping = [...this.#swapping, workload];
          },
          onApplied: (workloads) => {
            if (workloads.length > 0) this.#workloads = workloads;
            this.#swapping = [];
          },
          superseded: AbortSignal.any([controller.signal, this.#signal]),
        },
        context,
      );
      times.endedAt = instant();
      this.#retries = 0;
      const image = outcome.image === undefined ? {} : { image: outcome.image };
      if (!outcome.ok) {
        log.dispatch({ ...ended, outcome: 'failed', kind: outcome.kind, failure: outcome.failure, ...image });
        return;
      }
      const note = outcome.note === undefined ? {} : { note: outcome.note };
      log.dispatch({ ...ended, outcome: 'live', kind: outcome.kind, ...image, ...note });
      if (this.#spec.afterReady !== undefined && outcome.kind !== 'none') this.#tasks.add(this.#afterReady());
    } catch (error) {
      times.endedAt = instant();
      await this.#passThrew(error, ended, controller.signal, context);
      this.#anyway ||= anyway;
    } finally {
      this.#swapping = [];
      this.#pass = undefined;
    }
  }

  async #passThrew(
    error: unknown,
    ended: { type: 'pass-ended'; service: string; revision: number; times: PassTimes },
    superseded: AbortSignal,
    context: PassContext,
  ): Promise<void> {
    this.#signal.throwIfAborted();
    const { log, onUnreachable } = this.#options;
    if (isAborted(error, superseded) || error === superseded.reason) {
      log.dispatch({ ...ended, outcome: 'superseded', kind: 'none' });
      return;
    }
    if (error instanceof DevloopError && error.code === 'build/context-changed') {
      log.dispatch({ ...ended, outcome: 'superseded', kind: 'none' });
      this.#tasks.add(this.#lookAfterTornRead());
      return;
    }
    const isLost = await isClusterLost(error, context.session);
    this.#signal.throwIfAborted();
    if (isLost || context.session.signal.aborted) {
      // Not a failure of this content: it waits for the cluster and is gone through again when that is back.
      log.dispatch({ ...ended, outcome: 'superseded', kind: 'none' });
      this.recheck();
      if (isLost && !context.session.signal.aborted) onUnreachable();
      return;
    }
    log.dispatch({ ...ended, outcome: 'failed', kind: 'none', failure: toReport(error) });
    if (error instanceof ApiRefusal && error.isPassing && this.#retries < MOST_RETRIES) {
      this.#retries += 1;
      this.#tasks.add(delay(RETRY_MS * this.#retries, this.#signal).then(() => this.recheck()));
    }
  }

  /** The content changed between reading and sending without an event so far; a look finds what is there now. */
  async #lookAfterTornRead(): Promise<void> {
    const before = this.#seenRevision();
    await this.#detector?.look();
    if (this.#seenRevision() === before) this.recheck();
  }

  async #afterReady(): Promise<void> {
    const { log } = this.#options;
    const { afterReady, name, env } = this.#spec;
    if (afterReady === undefined) return;
    try {
      const tell = (line: string, stream: 'stdout' | 'stderr') =>
        log.dispatch({ type: 'output', service: name, source: 'afterReady', stream, line });
      await runHook('afterReady', afterReady, env, tell, this.#signal);
    } catch (error) {
      if (isAborted(error, this.#signal)) return;
      this.#hookFailed = true;
      log.dispatch({ type: 'service-degraded', service: name, failure: toReport(error) });
    }
  }

  #reportBug(error: unknown): void {
    if (isAborted(error, this.#signal)) return;
    this.#options.log.dispatch({ type: 'warning-raised', warning: toReport(error) });
  }
}

/** Whether a pass failed because what its session knows is no more: the cluster, its engine, or the project's namespace. */
async function isClusterLost(error: unknown, { api, namespace, signal }: PassContext['session']): Promise<boolean> {
  if (!(error instanceof DevloopError)) return false;
  if (error.code === 'cluster/unreachable' || error.code === 'engine/unreachable') return true;
  return error instanceof ApiRefusal && !error.isPassing && (await isNamespaceDeleted(api, namespace, signal));
}
