import { setTimeout as delay } from 'node:timers/promises';
import { DevloopError, type ErrorReport, isAborted, toReport } from '@devloop/shared/errors/devloop-error';
import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { Hello, LogMessage, StreamMessage, ViewMessage } from '@devloop/shared/protocol/stream-message';
import type { DaemonClient } from '../../daemon/daemon-client.ts';
import { type Attachment, attach, ensureDaemon, isAbsent } from '../../daemon/start-daemon.ts';
import { LogSeam } from './log-seam.ts';
import type { DaemonLink } from './project-store.ts';

/** How many of the newest events and log lines are fetched at the beginning. */
const TAIL = { events: 400, lines: 2000 };
/** How long to wait before a daemon that is gone is sought again. */
const SEEK_MS = { first: 200, longest: 2000 };
/** A feed beside the view that breaks off alone is opened again after this long. */
const REOPEN_MS = 1000;
/** How often the daemon is asked whether it answers, and after how long without an answer it is called silent. */
const ASK_MS = { every: 3000, silent: 5000 };

/** Whose daemon it is. */
export interface FeedSource {
  readonly folder: string;
  /** Whether one that has to be started is to have a cluster of its own. */
  readonly sandbox: boolean;
}

/** What hears what the daemon sends. */
export interface FeedListener {
  link(link: DaemonLink): void;
  view(message: ViewMessage): void;
  event(message: StreamMessage): void;
  log(message: LogMessage): void;
  /** A daemon that the user wanted started did not start. */
  notStarted(report: ErrorReport): void;
}

/** Keeps the connection to the daemon of a project, across its ends and new beginnings. */
export class DaemonFeeds {
  readonly #of: FeedSource;
  readonly #listener: FeedListener;
  #attachment: Attachment | undefined;
  #mayStart = true;
  #toldForeign: string | undefined;
  #wake = new AbortController();
  readonly #seam = new LogSeam();
  /** The newest event that was told, and by which daemon. */
  #told = { pid: 0, seq: 0 };

  constructor(of: FeedSource, listener: FeedListener) {
    this.#of = of;
    this.#listener = listener;
  }

  /** The daemon that answers now, if one does. */
  get attachment(): Attachment | undefined {
    return this.#attachment;
  }

  /** Starts a daemon, if none is there. */
  start(): void {
    this.#mayStart = true;
    this.#toldForeign = undefined;
    this.#listener.link({ is: 'starting' });
    this.#wake.abort();
  }

  /**
   * Runs until aborted.
   *
   * @param painted resolves with the first frame: what is many lines is fetched only then
   * @throws DevloopError when the daemon cannot be started at the beginning
   */
  async run(signal: AbortSignal, painted: Promise<void>): Promise<void> {
    let waitMs = SEEK_MS.first;
    let isLost = false;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const wanted = this.#mayStart;
      this.#mayStart = false;
      try {
        const { folder, sandbox } = this.#of;
        this.#attachment = await (wanted ? ensureDaemon(folder, { signal, sandbox }) : attach(folder, signal));
        waitMs = SEEK_MS.first;
        isLost = false;
        await this.#follow(this.#attachment, signal, painted);
      } catch (error) {
        if (isAborted(error, signal)) return;
        if (!(error instanceof DevloopError)) throw error;
        const wasThere = this.#attachment !== undefined;
        const isForeign = error.code === 'daemon/version';
        if (attempt === 1 && !wasThere && !isForeign) throw error;
        if (isForeign) this.#foreign(toReport(error));
        else if (wasThere || wanted || (isLost && isAbsent(error))) {
          isLost = wasThere || wanted;
          this.#listener.link({ is: isLost ? 'lost' : 'gone' });
        }
        if (wanted && !wasThere && !isForeign) this.#listener.notStarted(toReport(error));
      } finally {
        this.#attachment = undefined;
      }
      await this.#wait(waitMs, signal);
      waitMs = Math.min(waitMs * 2, SEEK_MS.longest);
    }
  }

  /** Tells of a daemon of another version, once. */
  #foreign(report: ErrorReport): void {
    if (this.#toldForeign === report.message) return;
    this.#toldForeign = report.message;
    this.#listener.link({ is: 'foreign', report });
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    if (this.#mayStart) return;
    await Promise.allSettled([delay(ms, undefined, { signal: AbortSignal.any([signal, this.#wake.signal]) })]);
  }

  async #follow(attachment: Attachment, signal: AbortSignal, painted: Promise<void>): Promise<void> {
    const { client, hello } = attachment;
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    const feeds = [
      () => this.#events(client, hello, both),
      () => this.#logs(client, both),
      () => this.#askWhetherItAnswers(attachment, both),
    ];
    const beside = feeds.map(async (open) => {
      await painted;
      await again(open, both).catch((error) => over.abort(error));
    });
    try {
      for await (const message of client.view(both)) this.#listener.view(message);
    } finally {
      over.abort();
      await Promise.all(beside);
    }
  }

  /** Tells when the daemon has become silent, and when it answers again; that it has ended, the view tells. */
  async #askWhetherItAnswers({ client, hello }: Attachment, signal: AbortSignal): Promise<void> {
    const { pid } = hello;
    for (;;) {
      await delay(ASK_MS.every, undefined, { signal });
      let isSilent = false;
      const silence = setTimeout(() => {
        isSilent = true;
        this.#listener.link({ is: 'silent', pid });
      }, ASK_MS.silent);
      try {
        // asked once: what nobody accepts would fill the queue of its socket
        await client.answered(signal);
      } finally {
        clearTimeout(silence);
      }
      if (isSilent) this.#listener.link({ is: 'connected', pid });
    }
  }

  async #events(client: DaemonClient, hello: Hello, signal: AbortSignal): Promise<void> {
    const isKnown = this.#told.pid === hello.pid;
    const after = isKnown ? this.#told.seq : Math.max(0, hello.seq - TAIL.events);
    for await (const message of client.stream({ after, signal })) {
      if (message.type === 'event') this.#told = { pid: hello.pid, seq: message.published.seq };
      this.#listener.event(message);
    }
  }

  async #logs(client: DaemonClient, signal: AbortSignal): Promise<void> {
    const query = { services: [], follow: true, tail: TAIL.lines, build: true };
    this.#seam.begin();
    for await (const message of client.logs(query, signal)) {
      const joined = this.#seam.join(message);
      if (joined !== undefined) this.#listener.log(joined);
    }
  }
}

/** Follows the details of one service until aborted, across the ends of the daemon. */
export async function followDetail(
  feeds: DaemonFeeds,
  service: string,
  signal: AbortSignal,
  show: (detail: ServiceDetail) => void,
): Promise<void> {
  await again(async () => {
    const client = feeds.attachment?.client;
    if (client === undefined) return;
    for await (const message of client.detail(service, signal)) if (message.type === 'detail') show(message.detail);
  }, signal);
}

/**
 * Opens a feed again when it breaks off while the daemon is there, whatever is wrong: the view says what that is.
 *
 * @throws DevloopError `daemon/version` when what the daemon sends is not understood
 */
async function again(open: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await open();
    } catch (error) {
      if (!isAborted(error, signal) && !isPassing(error)) throw error;
    }
    await Promise.allSettled([delay(REOPEN_MS, undefined, { signal })]);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof DevloopError && error.code !== 'daemon/version';
}
