import type { PublishedEvent } from '@devloop/shared/protocol/event';
import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { LogMessage, StreamMessage, ViewMessage } from '@devloop/shared/protocol/stream-message';
import type { SuspendTerminal } from 'ink';
import type { Intent } from './app/intent.ts';
import { reduceUi, type UiAction } from './app/reduce-ui.ts';
import type { UiView } from './app/step.ts';
import { INITIAL_STATE, type Toast, type UiState } from './app/ui-state.ts';
import { detailContent } from './detail/detail-rows.ts';
import { EventTail } from './feed/event-tail.ts';
import { applyView, type DaemonLink, type ProjectView } from './feed/project-store.ts';
import { bodySize, frameRows, headerCount, type World } from './frame/frame.ts';
import type { Keyboard } from './ink/app.ts';
import type { KeyName } from './keys/key-binding.ts';
import type { MouseEvent } from './keys/mouse.ts';
import { LogStore } from './logs/log-store.ts';
import { logsHasWork } from './logs/reduce-logs.ts';
import { nextAgeMs } from './overview/next-age.ts';
import { PaintSchedule } from './paint/paint-schedule.ts';
import type { Row, Size } from './paint/row.ts';

/** How long it is said that something went well. */
const DONE_SHOWN_MS = 4000;

export interface SessionOptions {
  readonly size: () => Size;
  readonly cwd: string;
  /** Services to show; empty: all. */
  readonly only: readonly string[];
  readonly onIntent: (intent: Intent) => void;
  /** Told which service's details are on the screen. */
  readonly onOpen: (service: string | undefined) => void;
  readonly onFrame: (rows: readonly Row[]) => void;
  readonly onTerminal: (suspend: SuspendTerminal) => void;
}

/** One user in front of the screen: what is known, what was pressed, and the frame that follows from both. */
export class UiSession implements Keyboard, Disposable {
  readonly #options: SessionOptions;
  readonly #events: EventTail;
  readonly #logs = new LogStore();
  readonly #schedule = new PaintSchedule(() => this.#paint());
  #state: UiState = INITIAL_STATE;
  #project: ProjectView = { link: { is: 'starting' }, snapshot: undefined };
  #detail: ServiceDetail | undefined;
  #open: string | undefined;
  #ageTimer: NodeJS.Timeout | undefined;
  #toastTimer: NodeJS.Timeout | undefined;
  #work: NodeJS.Immediate | undefined;
  /** The lines that the frame shows. */
  #shownLogs = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#events = new EventTail(options.cwd);
  }

  get project(): ProjectView {
    return this.#project;
  }

  keys(names: readonly KeyName[]): void {
    for (const key of names) this.#reduce({ type: 'key', key });
    this.#schedule.now();
  }

  paste(text: string): void {
    this.act({ type: 'pasted', text });
  }

  lend(suspendTerminal: SuspendTerminal): void {
    this.#options.onTerminal(suspendTerminal);
  }

  mouse(event: MouseEvent): void {
    const top = headerCount(this.#options.size());
    this.act({ type: 'mouse', event: event.is === 'click' ? { ...event, row: event.row - top } : event });
  }

  /** Something that the user sees at once. */
  act(action: UiAction): void {
    this.#reduce(action);
    this.#schedule.now();
  }

  /** Says what came of something. */
  say(toast: Toast): void {
    this.act({ type: 'toast', toast });
    clearTimeout(this.#toastTimer);
    if (toast.is === 'done') {
      this.#toastTimer = setTimeout(() => this.act({ type: 'toast-over', toast }), DONE_SHOWN_MS);
    }
  }

  /** Paints the frame again: the size may be another, or the terminal was lent. */
  repaint(): void {
    this.#schedule.now();
  }

  link(link: DaemonLink): void {
    this.#project = { ...this.#project, link };
    this.#schedule.now();
  }

  view(message: ViewMessage): void {
    const isFirst = this.#project.snapshot === undefined;
    this.#project = applyView(this.#project, message, this.#options.only);
    if (message.type === 'snapshot' || message.type === 'changed') this.#reduce({ type: 'services-changed' });
    if (isFirst) this.#schedule.now();
    else this.#schedule.soon();
  }

  event(message: StreamMessage): void {
    this.#events.add(message);
    if (message.type === 'event') this.#markCrash(message.published);
    if (this.#state.screen === 'overview') this.#schedule.soon();
  }

  log(message: LogMessage): void {
    this.#logs.add(message);
    if (this.#state.screen === 'logs') this.#schedule.soon();
  }

  /** Details of the service that is open. */
  details(detail: ServiceDetail): void {
    if (detail.service !== this.#open) return;
    this.#detail = detail;
    this.#schedule.soon();
  }

  [Symbol.dispose](): void {
    this.#schedule[Symbol.dispose]();
    clearTimeout(this.#ageTimer);
    clearTimeout(this.#toastTimer);
    clearImmediate(this.#work);
  }

  #reduce(action: UiAction): void {
    const { state, intents } = reduceUi(this.#state, action, this.#uiView());
    this.#state = state;
    const open = state.screen === 'detail' ? state.selected : undefined;
    if (open !== this.#open) {
      this.#open = open;
      this.#detail = undefined;
      this.#options.onOpen(open);
    }
    for (const intent of intents) this.#options.onIntent(intent);
  }

  #uiView(): UiView {
    const { snapshot, link } = this.#project;
    const services = snapshot?.services ?? [];
    const body = bodySize(this.#state, this.#options.size());
    return {
      services,
      link,
      sandbox: snapshot?.cluster.is === 'connected' && snapshot.cluster.product === 'sandbox',
      body,
      logs: this.#logs,
      detailEnd: this.#detailEnd(body),
    };
  }

  #detailEnd(body: Size): number {
    const service = this.#project.snapshot?.services.find(({ name }) => name === this.#open);
    if (service === undefined) return 0;
    const input = { detail: this.#detail, service, scroll: 0, cursor: 0, nowMs: Date.now() };
    return Math.max(0, detailContent(input, body.columns).length - body.rows);
  }

  #world(): World {
    return {
      project: this.#project,
      state: this.#state,
      detail: this.#detail,
      logs: this.#logs,
      events: this.#events.of(this.#state.selected),
      nowMs: Date.now(),
      cwd: this.#options.cwd,
    };
  }

  /** The logs have a mark where a container ended. */
  #markCrash({ at, event }: PublishedEvent): void {
    const isCrash = event.type === 'service-degraded' || event.type === 'pass-ended';
    if (!isCrash || event.failure === undefined) return;
    if (event.type === 'pass-ended' && event.failure.code !== 'rollout/failed') return;
    this.#logs.crash(event.service, '', '', at, event.failure.message);
  }

  #paint(): void {
    if (this.#state.screen === 'logs' && this.#shownLogs !== this.#logs.version) {
      this.#shownLogs = this.#logs.version;
      this.#reduce({ type: 'logs', action: { type: 'stored' } });
    }
    const world = this.#world();
    this.#options.onFrame(frameRows(world, this.#options.size()));
    this.#workOn();
    clearTimeout(this.#ageTimer);
    const next = nextAgeMs(this.#project.snapshot?.services ?? [], world.nowMs);
    if (next !== undefined) this.#ageTimer = setTimeout(() => this.#schedule.soon(), next);
  }

  /** Goes on looking through the logs while nothing else is to be done. */
  #workOn(): void {
    if (this.#work !== undefined || this.#state.screen !== 'logs' || !logsHasWork(this.#state.logs, this.#logs)) return;
    this.#work = setImmediate(() => {
      this.#work = undefined;
      this.#reduce({ type: 'logs', action: { type: 'work' } });
      this.#schedule.soon();
      this.#workOn();
    });
  }
}
