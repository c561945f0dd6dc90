import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { type ErrorReport, toReport } from '@devloop/shared/errors/devloop-error';
import type { Instance } from 'ink';
import type { Intent } from './app/intent.ts';
import type { UiEnding } from './effects/run-intent.ts';
import { DaemonFeeds, followDetail } from './feed/daemon-feeds.ts';
import { type Row, type Size, span } from './paint/row.ts';
import { themeFor } from './paint/theme.ts';
import { UiSession } from './session.ts';
import { FrameWriter } from './terminal/frame-writer.ts';
import { LentTerminal, type TerminalPart } from './terminal/lent-terminal.ts';
import { MouseReporting } from './terminal/mouse-reporting.ts';
import { TerminalInput } from './terminal/terminal-input.ts';

export type { UiEnding } from './effects/run-intent.ts';

export interface UiOptions {
  readonly folder: string;
  readonly cwd: string;
  /** Services to show; empty: all. */
  readonly services: readonly string[];
  /** On a cluster of its own, which ends with the daemon. */
  readonly sandbox: boolean;
  readonly signal: AbortSignal;
}

/**
 * Opens the full-screen interface on the daemon of a project, which is started if none runs, and resolves when the
 * user has left it. Whatever happens, the terminal is as it was before.
 */
export async function runUi(options: UiOptions): Promise<UiEnding> {
  // Log lines live long: in a young generation that grows, each of its collections would copy thousands of them, and
  // keys would wait meanwhile. One that stays small is collected often, in about a millisecond.
  setFlagsFromString('--semi-space-growth-factor=1');
  await using ui = new RunningUi(options);
  await ui.open();
  return await ui.ended;
}

/** A running daemon sends its state within this time. */
const SNAPSHOT_MS = 120;

/** The parts, connected, and their end. */
class RunningUi implements AsyncDisposable {
  readonly #options: UiOptions;
  readonly #over = new AbortController();
  readonly #ending = Promise.withResolvers<UiEnding>();
  /** Resolved with the first snapshot. */
  readonly #known = Promise.withResolvers<void>();
  /** Resolved with the first frame. */
  readonly #painted = Promise.withResolvers<void>();
  readonly #running = new Set<Promise<void>>();
  readonly #feeds: DaemonFeeds;
  readonly #session: UiSession;
  readonly #input = new TerminalInput(process.stdin, (event) => this.#session.mouse(event));
  readonly #mouse = new MouseReporting(process.stdout);
  readonly #writer = new FrameWriter(process.stdout, themeFor(process.env));
  #terminal: LentTerminal | undefined;
  #instance: Instance | undefined;
  #detail = new AbortController();

  readonly #onCrash = (error: unknown) => this.#ending.reject(error);
  readonly #onInterruption = () => this.#ending.reject(this.#options.signal.reason);
  readonly #onResize = () => {
    this.#writer.forget();
    this.#session.repaint();
  };
  readonly #onStop = () => this.#start(this.#terminal?.stepAside());
  readonly #onContinue = () => this.#start(this.#terminal?.takeAgain());

  constructor(options: UiOptions) {
    this.#options = options;
    this.#session = new UiSession({
      size: screenSize,
      cwd: options.cwd,
      only: options.services,
      onIntent: (intent) => this.#do(intent),
      onOpen: (service) => this.#follow(service),
      onFrame: (rows) => this.#writer.paint(rows),
      onTerminal: (suspend) => {
        const screen: TerminalPart = {
          off: () => this.#writer.off(),
          on: () => {
            this.#writer.on();
            session.repaint();
          },
        };
        this.#terminal = new LentTerminal(suspend, [this.#mouse, screen]);
      },
    });
    const session = this.#session;
    this.#feeds = new DaemonFeeds(
      { folder: options.folder, sandbox: options.sandbox },
      {
        link: (link) => {
          session.link(link);
          if (link.is === 'foreign') this.#offerRestart(link.report);
        },
        view: (message) => {
          session.view(message);
          if (message.type === 'snapshot') this.#known.resolve();
        },
        event: (message) => session.event(message),
        log: (message) => session.log(message),
        notStarted: (report) => session.say({ is: 'error', report }),
      },
    );
    this.#ending.promise.catch(() => undefined); // whoever waits for it hears of it
  }

  /** Settles when the user leaves, or when something ends the screen. */
  get ended(): Promise<UiEnding> {
    return this.#ending.promise;
  }

  async open(): Promise<void> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    signal.addEventListener('abort', this.#onInterruption, { once: true });
    process.on('uncaughtException', this.#onCrash);
    this.#start(this.#feeds.run(this.#signal, this.#painted.promise));
    // what a running daemon says comes before the library is loaded, so that the first frame holds it; that a daemon
    // cannot be started is said on the ordinary screen
    await Promise.race([this.#known.promise, delay(SNAPSHOT_MS, undefined, { signal: this.#signal }), this.ended]);
    if (this.#session.project.snapshot !== undefined) {
      this.#input.setRawMode(true); // keys wait for the terminal library, and do not echo into the frame
      this.#writer.enter();
      this.#session.repaint();
    }
    const app = await Promise.race([import('./ink/app.ts'), this.ended]);
    if (!('mountApp' in app)) return;
    process.on('SIGTSTP', this.#onStop);
    process.on('SIGCONT', this.#onContinue);
    this.#input.setRawMode(true);
    this.#instance = app.mountApp({ keyboard: this.#session, input: this.#input, output: process.stdout });
    this.#writer.entered();
    process.stdout.on('resize', this.#onResize); // after the terminal library, which erases what it thinks is its own
    this.#session.repaint();
    this.#instance.waitUntilExit().catch(this.#onCrash); // only an error of its own ends it by itself
    this.#mouse.on();
    this.#painted.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    this.#painted.resolve();
    process.off('SIGTSTP', this.#onStop);
    process.off('SIGCONT', this.#onContinue);
    process.stdout.off('resize', this.#onResize);
    this.#mouse[Symbol.dispose]();
    this.#instance?.unmount();
    this.#writer[Symbol.dispose]();
    this.#input.setRawMode(false);
    this.#session[Symbol.dispose]();
    await Promise.all(this.#running);
    this.#options.signal.removeEventListener('abort', this.#onInterruption);
    process.off('uncaughtException', this.#onCrash);
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([this.#options.signal, this.#over.signal]);
  }

  /** Keeps hold of work that goes on beside the screen; its failure ends the screen. */
  #start(work: Promise<void> | undefined): void {
    if (work === undefined) return;
    const settled = work.catch(this.#onCrash).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
  }

  #do(intent: Intent): void {
    this.#start(this.#run(intent));
  }

  async #run(intent: Intent): Promise<void> {
    const { runIntent } = await import('./effects/run-intent.ts'); // not needed for the first frame
    await runIntent(intent, {
      folder: this.#options.folder,
      session: this.#session,
      feeds: this.#feeds,
      terminal: () => this.#terminal,
      output: process.stdout,
      signal: this.#signal,
      end: this.#ending.resolve,
    });
  }

  /** Follows the details of the service that is open, and no longer those of the one before. */
  #follow(service: string | undefined): void {
    this.#detail.abort();
    this.#detail = new AbortController();
    if (service === undefined) return;
    const signal = AbortSignal.any([this.#signal, this.#detail.signal]);
    const followed = followDetail(this.#feeds, service, signal, (detail) => this.#session.details(detail));
    this.#start(followed.catch((error) => this.#session.say({ is: 'error', report: toReport(error) })));
  }

  #offerRestart(report: ErrorReport): void {
    const rows = [report.message, '', 'What runs in the cluster stays as it is.'].map((text): Row => [span(text)]);
    this.#session.act({
      type: 'ask',
      overlay: {
        is: 'confirm',
        question: 'Restart the daemon with this version?',
        rows,
        scroll: 0,
        intent: { is: 'restart-daemon' },
      },
    });
  }
}

function screenSize(): Size {
  return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
}
