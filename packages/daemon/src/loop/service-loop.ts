import path from 'node:path';
import { DevloopError, type ErrorReport, isAborted, toReport } from '@devloop/shared/errors/devloop-error';
import type { PassTimes } from '@devloop/shared/protocol/service-state';
import { runHook } from '../hooks/run-hook.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import { lastLines } from '../logs/pod-logs.ts';
import { nextStep } from '../plan/next-step.ts';
import type { ServiceSpec } from '../project/project.ts';
import { diagnosisReport } from '../rollout/pod-diagnosis.ts';
import { type Workload, type WorkloadStatus, workloadStatus } from '../rollout/workload-status.ts';
import type { EventLog } from '../state/event-log.ts';
import { isRolloutFailure } from '../state/reduce.ts';
import { delay } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import { TaskSet } from '../support/task-set.ts';
import type { ContextScanner } from '../watch/scan-context.ts';
import { ChangeDetector, type SourceChange } from './change-detector.ts';
import { HookOutputs } from './hook-outputs.ts';
import { PassReporter } from './pass-reporter.ts';
import { declaredOutputs, type PassContext, runPass } from './run-pass.ts';
import { Source, type SourceContent } from './source.ts';

/** How often and after how long a pass is begun again that an API server refused which was not itself. */
const MOST_RETRIES = 5;
const RETRY_MS = 1000;
/** How many changed paths an event names. */
const NAMED_PATHS = 5;

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
  /** Raised by an afterReady hook; the observer of pods must not clear it. */
  #hookFailed = false;
  /** What is about to be told of as degraded. */
  #lookingFor: string | undefined;
  #hasStarted = false;
  /** Times in a row that a pass was begun again because the API server was overloaded or starting. */
  #retries = 0;

  constructor(spec: ServiceSpec, options: ServiceLoopOptions) {
    this.#spec = spec;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#ended.signal]);
    this.#tasks = new TaskSet((error) => this.#reportBug(error));
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
    await this.#detector?.look();
    return this.#seenRevision();
  }

  /** Builds and rolls out again what is there. */
  rebuild(): number {
    this.#salt = Date.now().toString(36);
    this.#anyway = true;
    this.#changed('asked', { content: this.#content, paths: [], noticedAt: instant() });
    return this.#seenRevision();
  }

  /** Goes through everything again, because what the cluster has is not known any more. */
  recheck(): void {
    this.#changed('cluster', { content: this.#content, paths: [], noticedAt: instant() });
  }

  /** Compares what runs with what was live, and tells when that changes without a pass. */
  observe(): void {
    const { log, context } = this.#options;
    const state = log.state.services.get(this.#spec.name);
    const view = context()?.session.view;
    if (state === undefined || view === undefined || state.activity.is !== 'idle' || this.#workloads.length === 0)
      return;
    if (state.seenRevision > state.attemptedRevision || this.#hookFailed) return;
    const statuses = this.#workloads.map((workload) => workloadStatus(workload, view));
    const wrong = statuses.find((status) => !status.done);
    const service = this.#spec.name;
    if (wrong === undefined) {
      if (state.degraded !== undefined || isRolloutFailure(state.failure))
        log.dispatch({ type: 'service-recovered', service });
      return;
    }
    if (state.failure !== undefined || state.liveRevision < state.attemptedRevision) return;
    const failure = wrong.diagnosis
      ? diagnosisReport(wrong.diagnosis, [])
      : {
          code: 'rollout/failed' as const,
          message: `What was live no longer is: ${wrong.detail}.`,
          remedy: `If it does not come back by itself: devloop rebuild ${service}`,
          evidence: [],
        };
    if (state.degraded?.message === failure.message || this.#lookingFor === failure.message) return;
    this.#lookingFor = failure.message;
    this.#tasks.add(this.#tellDegraded(failure, wrong, state.attemptedRevision));
  }

  /** Tells of what no longer is live, with the last words of the container at fault, unless a pass has begun since. */
  async #tellDegraded(failure: ErrorReport, { diagnosis, culprit }: WorkloadStatus, revision: number): Promise<void> {
    const { log, context } = this.#options;
    const session = context()?.session;
    const service = this.#spec.name;
    try {
      const evidence =
        session === undefined || culprit === undefined || diagnosis?.container === undefined
          ? []
          : await lastLines(session.api, culprit, diagnosis.container, diagnosis.previous, session.signal);
      const state = log.state.services.get(service);
      if (state?.activity.is !== 'idle' || state.attemptedRevision !== revision) return;
      log.dispatch({ type: 'service-degraded', service, failure: { ...failure, evidence } });
    } catch (error) {
      if (session?.signal.aborted !== true) throw error;
    } finally {
      this.#lookingFor = undefined;
    }
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

  #seenRevision(): number {
    return this.#options.log.state.services.get(this.#spec.name)?.seenRevision ?? 0;
  }

  #changed(cause: 'start' | 'files' | 'manifests' | 'config' | 'asked' | 'cluster', change: SourceChange): void {
    if (cause === 'files') this.#salt = '';
    this.#noticedAt = change.noticedAt;
    this.#options.log.dispatch({
      type: 'change-seen',
      service: this.#spec.name,
      revision: this.#seenRevision() + 1,
      cause,
      paths: change.paths.slice(0, NAMED_PATHS).map((file) => path.relative(this.#options.folder, file)),
      count: change.paths.length,
      noticedAt: change.noticedAt,
    });
    this.#pass?.abort(new Error('superseded by newer content'));
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
    this.#anyway = false;
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
          onApplied: (workloads) => {
            if (workloads.length > 0) this.#workloads = workloads;
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
      log.dispatch({ ...ended, outcome: 'live', kind: outcome.kind, ...image });
      if (this.#spec.afterReady !== undefined && outcome.kind !== 'none') this.#tasks.add(this.#afterReady());
    } catch (error) {
      times.endedAt = instant();
      this.#passThrew(error, ended, controller.signal, context);
      this.#anyway ||= anyway;
    } finally {
      this.#pass = undefined;
    }
  }

  #passThrew(
    error: unknown,
    ended: { type: 'pass-ended'; service: string; revision: number; times: PassTimes },
    superseded: AbortSignal,
    context: PassContext,
  ): void {
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
    const unreachable =
      error instanceof DevloopError && (error.code === 'cluster/unreachable' || error.code === 'engine/unreachable');
    if (unreachable || context.session.signal.aborted) {
      // Not a failure of this content: it waits for the cluster and is gone through again when that is back.
      log.dispatch({ ...ended, outcome: 'superseded', kind: 'none' });
      this.recheck();
      if (unreachable && !context.session.signal.aborted) onUnreachable();
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
