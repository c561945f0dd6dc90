import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonEvent, PublishedEvent } from '@devloop/shared/protocol/event';
import { type ForwardSummary, liveness, type ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { ClusterLink, DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { StreamMessage } from '@devloop/shared/protocol/stream-message';
import { diagnosticLines } from '../terminal/report.ts';
import { clusterLine } from '../wording/cluster-line.ts';
import { formatAge, formatDuration } from '../wording/duration.ts';
import { holdText } from '../wording/hold-text.ts';
import { passDuration, passParts } from '../wording/pass-timing.ts';
import { plainText } from '../wording/plain-text.ts';
import { changeText } from './change-text.ts';
import { count } from './count.ts';
import { OutputLines } from './output-lines.ts';
import type { PlainLine } from './plain-line.ts';
import { ServiceProgress } from './service-progress.ts';

export interface PlainPrinterOptions {
  /** Only these are spoken of; undefined: all. */
  readonly services?: readonly string[];
  /** Also the output of quick builds, each object, and what was superseded. */
  readonly verbose?: boolean;
  /** Without what is well already: for somebody who waits. */
  readonly brief?: boolean;
  /** Files are named relative to this folder. */
  readonly cwd: string;
}

type EventOf<T extends DaemonEvent['type']> = Extract<DaemonEvent, { type: T }>;

/** One service as the printer knows it. */
interface Voice {
  readonly progress: ServiceProgress;
  readonly output: OutputLines;
  heldFor: string;
}

/** Turns what the daemon sends into lines for people. Pure but for its memory: no clock, no stream. */
export class PlainPrinter {
  readonly #options: PlainPrinterOptions;
  readonly #voices = new Map<string, Voice>();
  readonly #warnings = new Map<string, string>();
  #cluster: ClusterLink | undefined;
  #clusterSinceMs = 0;
  #clusterToldMs = 0;
  #wasRejected = false;

  constructor(options: PlainPrinterOptions) {
    this.#options = options;
  }

  /** Width of the column with the names. */
  get labelWidth(): number {
    return Math.max(0, ...[...this.#voices.keys()].map((name) => name.length));
  }

  /** The lines for a message of the stream. */
  message(message: StreamMessage, nowMs: number): PlainLine[] {
    switch (message.type) {
      case 'hello':
        return [];
      case 'snapshot':
        return this.#snapshot(message.snapshot, nowMs);
      case 'event':
        return this.#spoken(this.#event(message.published), nowMs);
      case 'gap':
        return [project(`… ${message.missed} events are missing here`, 'warning')];
      case 'goodbye':
        return [project(`The daemon ends: ${plainText(message.reason)}`, 'warning')];
    }
  }

  /** The lines that are due because time has passed: what takes longer than a second. */
  tick(nowMs: number): PlainLine[] {
    const lines = this.#connecting(nowMs);
    for (const [service, { progress, output }] of this.#voices) {
      const due = output.due(nowMs);
      if (due.length > 0) progress.spoke(nowMs);
      lines.push(...due.map((text): PlainLine => ({ service, text, tone: 'dim' })));
      const told = progress.tell(nowMs);
      if (told !== undefined) lines.push({ service, text: told, tone: 'dim' });
    }
    return lines;
  }

  #connecting(nowMs: number): PlainLine[] {
    if (this.#cluster?.is !== 'connecting') return [];
    const quietMs = nowMs - Math.max(this.#clusterSinceMs, this.#clusterToldMs);
    const isFirst = this.#clusterToldMs < this.#clusterSinceMs;
    if (quietMs < (isFirst ? 1000 : 10_000)) return [];
    this.#clusterToldMs = nowMs;
    return [project(`connecting to the cluster · ${Math.floor((nowMs - this.#clusterSinceMs) / 1000)} s`, 'dim')];
  }

  #snapshot(snapshot: DaemonSnapshot, nowMs: number): PlainLine[] {
    this.#follow(snapshot.cluster, nowMs);
    this.#wasRejected = snapshot.diagnostics.length > 0;
    const lines: PlainLine[] = [];
    if (!this.#options.brief && snapshot.project !== '') {
      lines.push(project(`${snapshot.project}: ${clusterLine(snapshot.cluster)}`));
    }
    if (snapshot.cluster.is === 'lost') lines.push(...this.#remedy(undefined, snapshot.cluster.failure));
    lines.push(...this.#rejected(snapshot.diagnostics, snapshot.services.length > 0));
    for (const warning of snapshot.warnings) lines.push(...this.#warning(warning));
    for (const service of snapshot.services) {
      if (this.#concerns(service.name)) lines.push(...this.#spoken(this.#serviceNow(service, nowMs), nowMs));
    }
    return lines;
  }

  #serviceNow(service: ServiceSnapshot, nowMs: number): PlainLine[] {
    const { name, activity, failure, degraded, liveAt } = service;
    const voice = this.#voice(name);
    voice.progress.follow(activity, activity.is === 'working' ? Date.parse(activity.since) : nowMs);
    const say = (text: string, tone: PlainLine['tone'] = 'plain'): PlainLine => ({ service: name, text, tone });
    const word = liveness(service);
    const lines: PlainLine[] = [];
    switch (word) {
      case 'live': {
        // somebody who waits for the newest save must not take an older one for it
        if (this.#options.brief) break;
        const ageMs = liveAt === undefined ? 0 : nowMs - Date.parse(liveAt);
        lines.push(say(ageMs < 1000 ? 'live' : `live for ${formatAge(ageMs)}`, 'good'));
        break;
      }
      case 'failed':
        if (failure) lines.push(...this.#failure(name, 'failed', failure));
        break;
      case 'degraded':
        if (degraded) lines.push(...this.#failure(name, 'not well', degraded));
        break;
      case 'held':
      case 'working': {
        if (activity.is !== 'idle' && activity.hold) lines.push(...this.#held(name, activity.hold));
        else if (activity.is === 'working') lines.push(say(plainText(activity.detail), 'dim'));
        break;
      }
      case 'off':
        lines.push(say('not live yet', 'dim'));
    }
    for (const forward of service.forwards) {
      if (forward.status === 'listening') lines.push(say(forwardText(forward)));
      else if (forward.failure)
        lines.push(...this.#failure(name, `port ${forward.local} is not forwarded`, forward.failure));
    }
    return lines;
  }

  #event({ at, event }: PublishedEvent): PlainLine[] {
    if ('service' in event && event.service !== undefined && !this.#concerns(event.service)) return [];
    const atMs = Date.parse(at);
    switch (event.type) {
      case 'daemon-started':
        return [];
      case 'daemon-stopping':
        return [project(`The daemon is stopping: ${plainText(event.reason)}`, 'warning')];
      case 'cluster-changed':
        return this.#clusterChanged(event.cluster, atMs);
      case 'config-loaded':
        return this.#configLoaded(event);
      case 'config-rejected':
        this.#wasRejected = true;
        return this.#rejected(event.diagnostics, true);
      case 'warning-raised':
        return this.#warning(event.warning);
      case 'warning-cleared':
        return this.#warningCleared(event.code);
      case 'change-seen':
        return this.#said(event.service, changeText(event));
      case 'service-held': {
        const voice = this.#voice(event.service);
        voice.progress.follow({ is: 'held', hold: event.hold }, atMs);
        return this.#held(event.service, event.hold);
      }
      case 'service-paused':
        return this.#held(event.service, { reason: 'paused' });
      case 'service-resumed':
        this.#voice(event.service).heldFor = '';
        return [this.#say(event.service, 'resumed')];
      case 'service-scaled':
        return [this.#say(event.service, `scaled to ${count(event.replicas, 'replica')}`)];
      case 'service-rolled-back':
        return [this.#say(event.service, `rolled back to ${event.image}`)];
      case 'pod-deleted':
        return [this.#say(event.service, `deleted pod ${event.pod}`)];
      case 'pass-started': {
        const { progress, output } = this.#voice(event.service);
        const { service, revision } = event;
        this.#voice(service).heldFor = '';
        output.end();
        progress.follow({ is: 'working', revision, phase: 'hash', detail: 'hashing', since: at }, atMs);
        return [];
      }
      case 'phase-changed': {
        const { service, revision, phase, detail, hold } = event;
        const activity = { is: 'working' as const, revision, phase, detail, since: at, ...(hold && { hold }) };
        this.#voice(service).progress.follow(activity, atMs);
        return hold ? this.#held(service, hold) : [];
      }
      case 'build-started':
        this.#voice(event.service).output.begin(atMs);
        return this.#options.verbose ? [this.#say(event.service, `builds ${event.image}`, 'dim')] : [];
      case 'output':
        return this.#output(event, atMs);
      case 'image-ready':
        this.#voice(event.service).output.end();
        if (!this.#options.verbose) return [];
        return [this.#say(event.service, `${event.reused ? 'has' : 'built'} ${event.image}`, 'dim')];
      case 'object-applied':
        return this.#objectApplied(event);
      case 'pass-ended':
        return this.#passEnded(event, atMs);
      case 'service-degraded':
        return this.#failure(event.service, 'not well', event.failure);
      case 'service-recovered':
        return [this.#say(event.service, 'well again', 'good')];
      case 'images-pruned':
        if (!this.#options.verbose) return [];
        return [project(`removed ${count(event.images.length, 'old image')}: ${event.images.join(', ')}`, 'dim')];
      case 'forward-changed':
        return this.#forwardChanged(event);
      case 'forward-refused':
        return this.#failure(event.service, `localhost:${event.local}`, event.failure);
      default:
        return unknownEvent(event);
    }
  }

  #follow(cluster: ClusterLink, nowMs: number): void {
    if (cluster.is !== this.#cluster?.is) this.#clusterSinceMs = nowMs;
    this.#cluster = cluster;
  }

  #clusterChanged(cluster: ClusterLink, atMs: number): PlainLine[] {
    this.#follow(cluster, atMs);
    switch (cluster.is) {
      case 'connecting':
        return [];
      case 'connected':
        return this.#options.brief ? [] : [project(`connected: ${clusterLine(cluster)}`)];
      case 'lost':
        return [project(clusterLine(cluster), 'bad'), ...this.#remedy(undefined, cluster.failure)];
    }
  }

  #configLoaded({ services, added, removed, changed }: EventOf<'config-loaded'>): PlainLine[] {
    for (const name of removed) this.#voices.delete(name);
    for (const name of services) if (this.#concerns(name)) this.#voice(name);
    const isFirst = added.length === services.length && removed.length === 0;
    const parts = [
      ...(added.length > 0 && !isFirst ? [`added ${added.join(', ')}`] : []),
      ...(removed.length > 0 ? [`removed ${removed.join(', ')}`] : []),
      ...(changed.length > 0 ? [`changed ${changed.join(', ')}`] : []),
    ];
    const wasRejected = this.#wasRejected;
    this.#wasRejected = false;
    if (parts.length > 0) return [project(`The configuration is in force: ${parts.join('; ')}.`)];
    return wasRejected ? [project('The configuration is in order again.', 'good')] : [];
  }

  #rejected(diagnostics: EventOf<'config-rejected'>['diagnostics'], hasGoodOne: boolean): PlainLine[] {
    if (diagnostics.length === 0) return [];
    const next = hasGoodOne
      ? 'Until that is mended, the last good configuration stays in force.'
      : 'Mend that and save.';
    const found = diagnosticLines(diagnostics, this.#options.cwd).map((text) => project(text));
    return [project('The configuration has problems.', 'bad'), ...found, project(`→ ${next}`)];
  }

  #warning(warning: ErrorReport): PlainLine[] {
    const message = plainText(warning.message);
    if (this.#warnings.get(warning.code) === message) return [];
    this.#warnings.set(warning.code, message);
    return [project(`Note: ${message}`, 'warning'), ...this.#remedy(undefined, warning)];
  }

  #warningCleared(code: string): PlainLine[] {
    const message = this.#warnings.get(code);
    this.#warnings.delete(code);
    return message === undefined ? [] : [project(`No longer so: ${message}`, 'good')];
  }

  #held(service: string, hold: EventOf<'service-held'>['hold']): PlainLine[] {
    // the project's line about the cluster says it for all services; a turn to build mostly comes within the second
    if (hold.reason === 'waiting-for-cluster' || hold.reason === 'waiting-for-build-slot') return [];
    const text = holdText(hold);
    const voice = this.#voice(service);
    const reason = hold.reason === 'waiting-for-turn' ? hold.reason : text; // its place changes all the time
    if (voice.heldFor === reason) return [];
    voice.heldFor = reason;
    return [this.#say(service, text, 'dim')];
  }

  #output({ service, source, line }: EventOf<'output'>, atMs: number): PlainLine[] {
    const text = plainText(line);
    if (source !== 'build') return [this.#say(service, `${source}: ${text}`, 'dim')];
    return this.#voice(service)
      .output.line(text, atMs)
      .map((each) => this.#say(service, each, 'dim'));
  }

  #objectApplied({ service, object, action, because }: EventOf<'object-applied'>): PlainLine[] {
    const isLoud = action === 'replaced' || action === 'pruned';
    if (!isLoud && (!this.#options.verbose || action === 'unchanged')) return [];
    const why = because === undefined ? '' : `: ${plainText(because)}`;
    const what = action === 'pruned' ? `deleted ${object}, no manifest has it any more` : `${action} ${object}${why}`;
    return [{ service, text: what, tone: isLoud ? 'warning' : 'dim' }];
  }

  #passEnded({ service, outcome, kind, times, failure, note }: EventOf<'pass-ended'>, atMs: number): PlainLine[] {
    const voice = this.#voice(service);
    voice.progress.follow({ is: 'idle' }, atMs);
    voice.heldFor = '';
    switch (outcome) {
      case 'live': {
        voice.output.end();
        return [
          this.#say(service, `live in ${formatDuration(passDuration(times))}  (${passParts(times, kind)})`, 'good'),
          ...(note?.split('\n') ?? []).map((line) => this.#say(service, plainText(line))),
        ];
      }
      case 'superseded':
        voice.output.end();
        return this.#options.verbose ? [this.#say(service, 'given up for a newer change', 'dim')] : [];
      case 'failed':
        return failure ? this.#failure(service, 'failed', failure) : [this.#say(service, 'failed', 'bad')];
    }
  }

  #forwardChanged({ service, local, port, status, chosen, failure }: EventOf<'forward-changed'>): PlainLine[] {
    switch (status) {
      case 'listening':
        return [this.#say(service, forwardText({ local, port, chosen }))];
      case 'failed':
        return failure ? this.#failure(service, `port ${local} is not forwarded`, failure) : [];
      case 'closed':
        return this.#options.verbose ? [this.#say(service, `port ${local} is no longer forwarded`, 'dim')] : [];
    }
  }

  #failure(service: string, what: string, failure: ErrorReport): PlainLine[] {
    const proof = this.#voice(service).output.proof(failure.evidence.map(plainText));
    const [message = '', ...more] = failure.message.split('\n').map(plainText);
    return [
      ...proof.map((line) => this.#say(service, `  ${line}`, 'dim')),
      this.#say(service, `${what}: ${message}`, 'bad'),
      ...more.map((line) => this.#say(service, line)),
      ...this.#remedy(service, failure),
    ];
  }

  #remedy(service: string | undefined, { remedy }: ErrorReport): PlainLine[] {
    const lines = remedy.split('\n').map(plainText);
    return lines.map((line, index) => ({ service, text: `${index === 0 ? '→' : ' '} ${line}`, tone: 'plain' }));
  }

  /** Notes that services have been heard of, so that their progress keeps quiet for a while. */
  #spoken(lines: PlainLine[], nowMs: number): PlainLine[] {
    for (const { service } of lines) if (service !== undefined) this.#voices.get(service)?.progress.spoke(nowMs);
    return lines;
  }

  #say(service: string, text: string, tone: PlainLine['tone'] = 'plain'): PlainLine {
    return { service, text, tone };
  }

  #said(service: string, text: string | undefined): PlainLine[] {
    return text === undefined ? [] : [this.#say(service, text)];
  }

  #concerns(service: string): boolean {
    return this.#options.services === undefined || this.#options.services.includes(service);
  }

  #voice(service: string): Voice {
    let voice = this.#voices.get(service);
    if (voice === undefined) {
      voice = { progress: new ServiceProgress(), output: new OutputLines(this.#options.verbose ?? false), heldFor: '' };
      this.#voices.set(service, voice);
    }
    return voice;
  }
}

function project(text: string, tone: PlainLine['tone'] = 'plain'): PlainLine {
  return { service: undefined, text, tone };
}

function forwardText({ local, port, chosen }: Pick<ForwardSummary, 'local' | 'port' | 'chosen'>): string {
  return `localhost:${local} → ${port}${chosen ? ' (chosen)' : ''}`;
}

function unknownEvent(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}
