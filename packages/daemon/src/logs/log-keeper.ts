import path from 'node:path';
import { fromReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonEvent } from '@devloop/shared/protocol/event';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { forgetServices } from '../log-store/forget-logs.ts';
import type { StoredSource } from '../log-store/log-source.ts';
import { LogWriter } from '../log-store/log-writer.ts';
import type { ServiceSpec } from '../project/project.ts';
import type { EventLog } from '../state/event-log.ts';
import type { Bell } from '../support/bell.ts';
import { delay } from '../support/delay.ts';
import { followChanges } from '../support/follow-changes.ts';
import { Succession } from '../support/succession.ts';
import { TaskSet } from '../support/task-set.ts';
import { ContainerEnds } from './container-ends.ts';
import { followContainer, storeGap } from './follow-container.ts';
import { followEnds } from './follow-ends.ts';
import { containersWithStatus, runOf } from './pod-runs.ts';
import { WorkloadOwners } from './pods-of-services.ts';
import { FOLLOW_TIMES } from './quiet-times.ts';
import { notWritten } from './store-errors.ts';

/** Pods that come or change this close together are looked at together. */
const TOGETHER_MS = 50;
/** How long until a disk that takes nothing is tried again. */
const RETRY_MS = 2000;
/** Output that waits for the disk is kept in memory up to this many lines a service. */
const MOST_WAITING_LINES = 10_000;

type Output = Extract<DaemonEvent, { type: 'output' }>;

interface WaitingOutput {
  readonly lines: { readonly at: string; readonly event: Output }[];
  /** Lines that came when there were too many. */
  leftOut: number;
}

/** Keeps the logs of all services on the disk: what their containers write, and what their builds and hooks said. */
export class LogKeeper implements AsyncDisposable {
  readonly #folder: string;
  readonly #log: EventLog;
  readonly #ended = new AbortController();
  readonly #tasks: TaskSet;
  readonly #writers = new Map<string, Promise<LogWriter>>();
  /** Who follows a container for a session stores its last line before the next one looks: else it would come twice. */
  readonly #followers = new Succession();
  readonly #stopListening: () => void;
  /** Output that is not stored yet, by service. */
  readonly #outputs = new Map<string, WaitingOutput>();
  #budgetBytes = 0;
  #isFailing = false;

  /**
   * @param folder holds the folders of the services' logs
   * @param onError told of defects
   */
  constructor(folder: string, log: EventLog, onError: (error: unknown) => void) {
    this.#folder = folder;
    this.#log = log;
    this.#tasks = new TaskSet(onError);
    this.#stopListening = log.listen(({ at, event }) => {
      if (event.type === 'output') this.#addOutput(at, event);
    });
  }

  /** How many bytes the log of each service may take on the disk. */
  set budgetBytes(bytes: number) {
    this.#budgetBytes = bytes;
    const set = (writer: LogWriter) => {
      writer.budgetBytes = bytes;
    };
    for (const writer of this.#writers.values()) this.#tasks.add(writer.then(set));
  }

  /** The log of a service, to read on from. */
  writer(service: string): Promise<LogWriter> {
    let writer = this.#writers.get(service);
    if (writer === undefined) {
      writer = this.#open(service);
      this.#writers.set(service, writer);
    }
    return writer;
  }

  /** Follows every container of the services' pods until the session or the keeper ends. */
  async follow(session: ClusterSession, services: () => readonly ServiceSpec[], changed: Bell): Promise<void> {
    const signal = AbortSignal.any([session.signal, this.#ended.signal]);
    const followed = new Set<string>();
    const ends = new ContainerEnds();
    this.#tasks.add(followEnds(session.engine, ends, signal));
    const follow = (service: string, pod: KubernetesObject, container: string) => {
      const key = `${service}/${pod.metadata.uid}/${container}`;
      if (followed.has(key) || runOf(pod, container) === undefined) return;
      followed.add(key);
      const following = this.#followers.run(key, async () => {
        const writer = await this.writer(service);
        await followContainer({ pod, container }, { session, ends, writer, times: FOLLOW_TIMES, signal });
      });
      this.#tasks.add(following.finally(() => followed.delete(key)));
    };
    const look = () => {
      const owners = new WorkloadOwners(services(), session.namespace);
      for (const namespace of owners.namespaces) {
        for (const pod of session.view.all('Pod', namespace)) {
          for (const service of owners.servicesOf(pod, session.view)) {
            for (const container of containersWithStatus(pod)) follow(service, pod, container);
          }
        }
      }
      return true;
    };
    try {
      const { namespaces } = new WorkloadOwners(services(), session.namespace);
      await Promise.all(namespaces.map((namespace) => session.view.follow(namespace, signal)));
      for (const { name } of services()) await this.#endThoseGone(name, session);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    await followChanges(changed, look, { drained: async () => undefined, togetherMs: TOGETHER_MS, signal });
  }

  /** Removes the logs of services that are no more, once they are old. */
  async forget(services: () => readonly ServiceSpec[]): Promise<void> {
    const isWanted = (service: string) => this.#writers.has(service) || services().some(({ name }) => name === service);
    await forgetServices(this.#folder, isWanted, Date.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    this.#ended.abort(new Error('the daemon is stopping'));
    await this.#tasks.ended();
    const writers = await Promise.allSettled(this.#writers.values());
    for (const writer of writers) if (writer.status === 'fulfilled') await writer.value[Symbol.asyncDispose]();
  }

  async #open(service: string): Promise<LogWriter> {
    try {
      return await LogWriter.open({
        folder: path.join(this.#folder, service),
        budgetBytes: this.#budgetBytes,
        onFailure: (error) => this.#tellFailure(error),
        retry: (signal) => delay(RETRY_MS, signal),
        onWritten: () => this.#tellWritten(),
      });
    } catch (error) {
      this.#writers.delete(service); // who asks next tries again
      throw fromReport(notWritten(error, this.#folder));
    }
  }

  #tellFailure(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#log.dispatch({ type: 'warning-raised', warning: notWritten(error, this.#folder) });
  }

  #tellWritten(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#log.dispatch({ type: 'warning-cleared', code: 'logs/not-written' });
  }

  /** Pods that went while nobody looked have taken with them what they said last. */
  async #endThoseGone(service: string, session: ClusterSession): Promise<void> {
    const writer = await this.writer(service);
    const present = new Set<string | undefined>();
    for (const namespace of session.view.namespaces) {
      for (const { metadata } of session.view.all('Pod', namespace)) present.add(metadata.uid);
    }
    for (const { source, isComplete } of writer.open) {
      if (source.is !== 'container' || present.has(source.uid)) continue;
      if (!isComplete) storeGap(writer, source, 'the pod went while devloop did not follow it');
      writer.end(source, Date.now());
    }
  }

  #addOutput(at: string, event: Output): void {
    const waiting = this.#outputs.get(event.service);
    if (waiting !== undefined) {
      if (waiting.lines.length < MOST_WAITING_LINES) waiting.lines.push({ at, event });
      else waiting.leftOut += 1;
      return;
    }
    const lines = { lines: [{ at, event }], leftOut: 0 };
    this.#outputs.set(event.service, lines);
    this.#tasks.add(this.#storeOutput(event.service, lines));
  }

  async #storeOutput(service: string, waiting: WaitingOutput): Promise<void> {
    const writer = await this.writer(service);
    await writer.drained(this.#ended.signal).catch(() => undefined);
    this.#outputs.delete(service);
    const { lines, leftOut } = waiting;
    for (let from = 0; from < lines.length; ) {
      const source = lines[from]?.event.source ?? 'build';
      const next = lines.findIndex(({ event }, index) => index > from && event.source !== source);
      const together = lines.slice(from, next === -1 ? lines.length : next);
      const stored: StoredSource = { is: 'output', source };
      writer.append(stored, {
        payload: Buffer.from(together.map(({ at, event }) => `${at} ${event.line.replaceAll('\n', ' ')}\n`).join('')),
        lines: together.length,
        firstMs: Date.parse(together[0]?.at ?? ''),
        lastMs: Date.parse(together.at(-1)?.at ?? ''),
        isCut: false,
        isContinued: false,
      });
      from += together.length;
    }
    if (leftOut === 0) return;
    const because = `the disk took nothing: ${leftOut} lines of output were left out`;
    writer.appendGap({ is: 'output', source: lines.at(-1)?.event.source ?? 'build' }, { because }, Date.now());
  }
}
