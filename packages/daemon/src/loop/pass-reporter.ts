import type { DaemonEvent } from '@devloop/shared/protocol/event';
import type { Hold, PassTimes, Phase } from '@devloop/shared/protocol/service-state';
import type { EventLog } from '../state/event-log.ts';

/** Tells where one pass is, and notes its instants. */
export class PassReporter {
  readonly service: string;
  readonly revision: number;
  readonly times: PassTimes;
  readonly #log: EventLog;
  #told = '';

  constructor(log: EventLog, service: string, revision: number, times: PassTimes) {
    this.#log = log;
    this.service = service;
    this.revision = revision;
    this.times = times;
  }

  phase(phase: Phase, detail: string, hold?: Hold): void {
    const told = JSON.stringify([phase, detail, hold]);
    if (told === this.#told) return;
    this.#told = told;
    const { service, revision } = this;
    this.event({ type: 'phase-changed', service, revision, phase, detail, ...(hold === undefined ? {} : { hold }) });
  }

  event(event: DaemonEvent): void {
    this.#log.dispatch(event);
  }
}
