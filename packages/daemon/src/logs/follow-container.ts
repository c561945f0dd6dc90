import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import type { ClusterView } from '../kubernetes/cluster-view.ts';
import type { StoredSource } from '../log-store/log-source.ts';
import type { LogWriter, StampedLines } from '../log-store/log-writer.ts';
import { Backoff, delay } from '../support/delay.ts';
import type { ContainerEnds } from './container-ends.ts';
import { type ContainerRun, runOf } from './pod-runs.ts';
import { type FollowTimes, QuietTimes } from './quiet-times.ts';
import { type ReadOutcome, type RunToRead, readRun } from './read-run.ts';
import { between, Silences } from './silences.ts';
import type { RunTimes } from './stored-overlap.ts';

/** Kubelets end a followed log at restarts of their own; how long until it is opened again. */
const REOPEN_MS = { first: 100, most: 3000 };
/** The log of a container that has ended is there at once or not at all, and its last line comes or never does. */
const MOST_IN_VAIN = 5;
const NOT_READ = 'devloop had not read it yet';

/** A container whose log is kept. */
export interface FollowedContainer {
  readonly pod: KubernetesObject;
  readonly container: string;
}

export interface FollowOptions {
  readonly session: { readonly api: ApiClient; readonly view: Pick<ClusterView, 'get' | 'changed'> };
  /** The engine's word on it; where that is missing, the kubelet's must do. */
  readonly ends: Pick<ContainerEnds, 'until'>;
  readonly writer: LogWriter;
  readonly times: FollowTimes;
  /** A clock in milliseconds. Default: this process's own. */
  readonly now?: () => number;
  readonly signal: AbortSignal;
}

type ContainerSource = Extract<StoredSource, { is: 'container' }>;

/**
 * Keeps the log of a container in the store until its pod is gone, through all its runs. Resolves then, or when the
 * signal is aborted; who calls again goes on where it was.
 */
export async function followContainer(of: FollowedContainer, options: FollowOptions): Promise<void> {
  try {
    await new ContainerFollower(of, options).follow();
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
}

class ContainerFollower {
  readonly #of: FollowedContainer;
  readonly #options: FollowOptions;
  readonly #quiet: QuietTimes;
  readonly #backoff = new Backoff(REOPEN_MS.first, REOPEN_MS.most);
  /** Runs that are followed and may have said nothing yet, by id. */
  readonly #silent = new Map<string, ContainerSource>();
  /** Runs of which every line has been read. */
  readonly #complete = new Set<string>();
  /** What stood after the last line feed when the stream of the present run ended. */
  #unfinished: StampedLines | undefined;
  /** Of the run that was followed last. */
  #silences: Silences | undefined;
  /** Why the last stream is not known to have come to the end of its log. */
  #doubt: string | undefined = NOT_READ;

  constructor(of: FollowedContainer, options: FollowOptions) {
    this.#of = of;
    this.#quiet = new QuietTimes(options.times, options.now);
    this.#options = options;
    for (const { source, isComplete } of this.#open()) if (isComplete) this.#complete.add(source.id);
  }

  async follow(): Promise<void> {
    const { view } = this.#options.session;
    let done: string | undefined;
    for (;;) {
      const run = await view.changed.until(() => this.#runToRead(done), this.#options.signal);
      if (run === 'gone') break;
      await this.#readRunsBefore(run);
      if (!run.hasEnded) this.#complete.delete(run.id); // somebody has had the engine start it again
      if (!this.#complete.has(run.id)) await this.#read(run);
      done = run.id;
    }
    for (const source of this.#known().values()) {
      if (source.id === done) this.#storeUnfinished(source);
      const isComplete = this.#complete.has(source.id);
      const isDoubted = !isComplete && this.#doubt !== undefined;
      if (!isComplete && !isDoubted) this.#tellSilences(source);
      this.#end(source, isDoubted ? `the pod was gone before the rest could be read: ${this.#doubt}` : undefined);
    }
  }

  /** Reads a run until it is complete, another one is there, or the pod is gone. */
  async #read(run: ContainerRun): Promise<void> {
    const { signal } = this.#options;
    const source = this.#sourceOf(run.id, run.restarts);
    this.#silent.set(run.id, source);
    this.#unfinished = undefined;
    this.#doubt = NOT_READ; // whatever was read of the run before
    const { name: pod, namespace = '' } = this.#of.pod.metadata;
    const log = { namespace, pod, container: this.#of.container };
    const silences = new Silences(run.id, this.#options.session.api, log);
    this.#silences = silences;
    let vain = 0;
    let mustMeet = true;
    let isWhole = false;
    for (;;) {
      const present = this.#present;
      if (present === undefined) return;
      // a kubelet that has just been started may tell nothing of a container that it will find
      const now = runOf(present, this.#of.container) ?? run;
      if (now.id !== run.id) return;
      const { heardAt } = this.#quiet;
      const superseded = new AbortController();
      const watch = this.#abortWhenSuperseded(run, superseded);
      const which = { startedAtMs: run.startedAtMs, isPrevious: false, hasEnded: now.hasEnded, mustMeet, isWhole };
      const outcome = await this.#readInto(source, which, superseded.signal, silences);
      superseded.abort();
      await watch;
      signal.throwIfAborted();
      if (this.#quiet.heardAt !== heardAt) this.#backoff.reset();
      this.#judge(outcome);
      isWhole = outcome.is === 'broken' && outcome.isSetBack;
      // what was heard since has gone on with it
      if (this.#quiet.heardAt !== heardAt) this.#unfinished = undefined;
      if (outcome.is === 'ended' && outcome.because === undefined) this.#unfinished = outcome.unfinished;
      vain = vainAfter(vain, outcome);
      if (now.hasEnded && (outcome.is === 'ended' || vain === MOST_IN_VAIN)) {
        this.#storeUnfinished(source);
        if (this.#doubt !== undefined) this.#gap(source, `the cluster said: ${this.#doubt}`);
        this.#completed(source);
        return;
      }
      mustMeet = outcome.is !== 'unmet';
      if (!mustMeet) {
        // the log of the next run, or this one's with its beginning rotated away: its status will tell
        await this.#wait(
          (told) => told.id !== run.id,
          (enough) => delay(this.#options.times.toldMs, enough),
        );
      } else if (outcome.is !== 'ended' || now.hasEnded || !this.#hasEnded(run)) {
        // a stream that ended is opened again soon; at once, and for the last time, when its container has ended
        await this.#wait(
          (told) => told.id !== run.id || told.hasEnded !== now.hasEnded,
          (enough) => this.#backoff.wait(enough),
        );
      }
    }
  }

  /** The run that was followed has been replaced: what it said last is read from the log that the cluster keeps. */
  async #readRunsBefore(run: ContainerRun): Promise<void> {
    const { signal } = this.#options;
    const { previousId } = run;
    const known = this.#known();
    const before = [...known.values()].filter(({ id }) => id !== run.id);
    for (const source of before) {
      if (source.id === previousId) continue;
      const isComplete = this.#complete.has(source.id);
      this.#end(source, isComplete ? undefined : 'the container was started again twice before the rest could be read');
    }
    const seen = Math.max(-1, ...before.map(({ restarts }) => restarts));
    const unseen = run.restarts - seen - (previousId === undefined ? 1 : 2);
    const source = this.#sourceOf(previousId ?? run.id, Math.max(0, run.restarts - (previousId === undefined ? 0 : 1)));
    // of a run that is read already, those before it were told of when it began
    if (unseen > 0 && !known.has(run.id)) {
      const because = `${unseen === 1 ? 'one run' : `${unseen} runs`} of the container came and went unseen`;
      this.#gap(source, because);
    }
    if (previousId === undefined) return;
    if (this.#complete.has(previousId)) return;
    const which = {
      startedAtMs: run.previousStartedAtMs,
      endedAtMs: run.startedAtMs,
      isPrevious: true,
      hasEnded: true,
      mustMeet: false,
      isWhole: false,
    };
    const silences = this.#silences?.runId === previousId ? this.#silences : undefined;
    silences?.superseded();
    const readToMs = this.#options.writer.lastMsOf(source);
    let outcome = await this.#readInto(source, which, signal, silences);
    let vain = vainAfter(0, outcome);
    while ((outcome.is === 'broken' || (outcome.is === 'short' && vain < MOST_IN_VAIN)) && this.#isPresent(run)) {
      await this.#backoff.wait(signal);
      const isWhole = outcome.is === 'broken' && outcome.isSetBack;
      outcome = await this.#readInto(source, { ...which, isWhole }, signal, silences);
      vain = vainAfter(vain, outcome);
    }
    signal.throwIfAborted();
    const wasDoubted = this.#doubt;
    this.#judge(outcome);
    // started again meanwhile: then what was read may have been the log of another run
    const isOwn = this.#isPresent(run);
    if (!isOwn) this.#doubt ??= wasDoubted;
    if (this.#doubt !== undefined) {
      const because = `what the run before has said last could not be read: ${this.#doubt}`;
      if (isOwn) this.#gap(source, because);
      else storeGap(this.#options.writer, source, because, { readToMs: silences?.span?.fromMs ?? readToMs });
    }
    this.#completed(source);
  }

  /** A log has been read to its end, and cannot be asked any more what its stream left out. */
  #tellSilences(source: ContainerSource): void {
    const open = this.#openSilences(source);
    if (open === undefined || !this.#quiet.hasFilled) return;
    const because = 'the pod was gone before its log could be asked what its stream left out';
    const gap = { because, isPerhapsNone: true, ...between(open.fromMs, open.toMs) } as const;
    this.#options.writer.appendGap(source, gap, open.toMs);
  }

  /** Every line of a run has been read that could be had. */
  #completed(source: ContainerSource): void {
    this.#complete.add(source.id);
    this.#options.writer.complete(source, Date.now());
  }

  /** The log is gone, and nothing came after what stood behind its last line feed. */
  #storeUnfinished(source: ContainerSource): void {
    if (this.#unfinished !== undefined) this.#options.writer.append(source, this.#unfinished);
    this.#unfinished = undefined;
  }

  /** A log that has come to its end once and is not there any more has only been tidied up. */
  #judge({ is, because }: ReadOutcome): void {
    if (is === 'ended' && because === undefined) this.#doubt = undefined;
    else if (is === 'broken' || is === 'short' || this.#doubt !== undefined)
      this.#doubt = because ?? 'its stream broke off';
  }

  #readInto(
    source: ContainerSource,
    which: RunTimes & Pick<RunToRead, 'isPrevious' | 'hasEnded' | 'mustMeet' | 'isWhole'>,
    signal: AbortSignal,
    silences?: Silences,
  ): Promise<ReadOutcome> {
    const { name, namespace = '' } = this.#of.pod.metadata;
    const { session, ends, writer } = this.#options;
    return readRun(
      { namespace, pod: name, container: this.#of.container, source, ...which },
      {
        api: session.api,
        untilEnded: (until) => ends.until(source.id, until),
        writer,
        quiet: this.#quiet,
        silences,
        signal: AbortSignal.any([signal, this.#options.signal]),
      },
    );
  }

  /** Waits, but not longer than until the run that its status tells of is enough of a reason to go on, or its pod is gone. */
  async #wait(until: (now: ContainerRun) => boolean, longest: (signal: AbortSignal) => Promise<void>) {
    const { session, signal } = this.#options;
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const told = session.view.changed.until(() => {
      const present = this.#present;
      if (present === undefined) return true;
      const now = runOf(present, this.#of.container);
      return now !== undefined && until(now) ? true : undefined;
    }, either);
    await Promise.race([longest(either), told]).catch(() => undefined);
    over.abort();
    await told.catch(() => undefined);
    signal.throwIfAborted();
  }

  async #abortWhenSuperseded(run: ContainerRun, superseded: AbortController): Promise<void> {
    const signal = AbortSignal.any([this.#options.signal, superseded.signal]);
    try {
      await this.#options.session.view.changed.until(() => {
        const present = this.#present;
        const now = present && runOf(present, this.#of.container);
        return now !== undefined && now.id !== run.id ? true : undefined;
      }, signal);
      superseded.abort(new Error('the container runs anew'));
    } catch {
      // it is read no more
    }
  }

  /** The run that there is, unless it is known to the end. */
  #runToRead(done: string | undefined): ContainerRun | 'gone' | undefined {
    const present = this.#present;
    if (present === undefined) return 'gone';
    const run = runOf(present, this.#of.container);
    return run?.id === done && run?.hasEnded ? undefined : run;
  }

  #isPresent(run: ContainerRun): boolean {
    const present = this.#present;
    return present !== undefined && (runOf(present, this.#of.container) ?? run).id === run.id;
  }

  #hasEnded(run: ContainerRun): boolean {
    const present = this.#present;
    const now = present && runOf(present, this.#of.container);
    return now?.id === run.id && now.hasEnded;
  }

  get #present(): KubernetesObject | undefined {
    const { metadata } = this.#of.pod;
    const present = this.#options.session.view.get('Pod', metadata.namespace ?? '', metadata.name);
    return present?.metadata.uid === metadata.uid ? present : undefined;
  }

  /** Runs of this container that have not ended in the store, by id, and those of which nothing is stored yet. */
  #known(): ReadonlyMap<string, ContainerSource> {
    return new Map([...this.#silent, ...this.#open().map(({ source }) => [source.id, source] as const)]);
  }

  #open(): { readonly source: ContainerSource; readonly isComplete: boolean }[] {
    const { uid } = this.#of.pod.metadata;
    return this.#options.writer.open.flatMap(({ source, isComplete }) =>
      source.is === 'container' && source.uid === uid && source.container === this.#of.container
        ? [{ source, isComplete }]
        : [],
    );
  }

  #sourceOf(id: string, restarts: number): ContainerSource {
    const known = this.#known().get(id);
    const { name, uid = '' } = this.#of.pod.metadata;
    return known ?? { is: 'container', pod: name, uid, container: this.#of.container, id, restarts };
  }

  #end(source: ContainerSource, because: string | undefined): void {
    if (because !== undefined) this.#gap(source, because);
    this.#options.writer.end(source, Date.now());
    this.#silent.delete(source.id);
  }

  /** The rest of a run is not known, nor what its stream may have left out in silences of which nobody has been asked. */
  #gap(source: ContainerSource, because: string): void {
    const open = this.#openSilences(source);
    storeGap(this.#options.writer, source, because, open && { readToMs: open.fromMs });
  }

  /** From the first to the last silence of a run of which nobody has been asked. */
  #openSilences({ id }: ContainerSource): Silences['span'] {
    return this.#silences?.runId === id ? this.#silences.span : undefined;
  }
}

/** How often the log of a run that is over has been asked for in vain. */
function vainAfter(before: number, outcome: ReadOutcome): number {
  if (outcome.is === 'short') return outcome.hasFresh ? 0 : before + 1;
  return outcome.is === 'refused' ? before + 1 : before;
}

/**
 * Says that what a run said after its last stored line is not known.
 *
 * @param known up to when it is known, ms since the epoch, undefined: from nowhere on; where that is not its last stored line
 */
export function storeGap(
  writer: LogWriter,
  source: StoredSource,
  because: string,
  known?: { readonly readToMs: number | undefined },
): void {
  const lastMs = writer.lastMsOf(source);
  const fromMs = known === undefined ? lastMs : known.readToMs;
  const from = fromMs === undefined ? undefined : new Date(fromMs).toISOString();
  const now = Math.max(Date.now(), lastMs ?? 0); // the clock of the node may be ahead of this one
  writer.appendGap(source, { because, from, to: new Date(now).toISOString() }, now);
}
