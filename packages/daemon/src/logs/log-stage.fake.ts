import path from 'node:path';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { onTestFinished } from 'vitest';
import { LOG_BEGINNING, LogCursor } from '../log-store/log-cursor.ts';
import { LogWriter } from '../log-store/log-writer.ts';
import { storedMessages } from '../log-store/stored-messages.ts';
import { instant } from '../support/instant.ts';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { ContainerEnds } from './container-ends.ts';
import { followContainer } from './follow-container.ts';
import { CONTAINER, FakeKubelet } from './kubelet.fake.ts';
import type { FollowTimes } from './quiet-times.ts';

/** Long enough for connections on one machine. */
const TIMES: FollowTimes = { quietMs: 300, firstMs: 2000, aheadMs: 100, toldMs: 500, judgeMs: 10_000, rotationMs: 100 };

/** A store, and who follows the container of a kubelet into it. */
export class Stage implements AsyncDisposable {
  readonly kubelet: FakeKubelet;
  /** What the engine tells. */
  readonly ends = new ContainerEnds();
  readonly #folder = path.join(temporaryFolder(), 'web');
  readonly #times: FollowTimes;
  writer: LogWriter;
  #ended = new AbortController();
  #following: Promise<void> = Promise.resolve();

  private constructor(kubelet: FakeKubelet, times: FollowTimes, writer: LogWriter) {
    this.kubelet = kubelet;
    this.#times = times;
    this.writer = writer;
  }

  /** @param times how patient who follows is */
  static async open(times = TIMES): Promise<Stage> {
    const stage = new Stage(await FakeKubelet.open(), times, undefined as unknown as LogWriter);
    await stage.#openWriter();
    onTestFinished(() => stage[Symbol.asyncDispose]());
    return stage;
  }

  follow(): void {
    const { kubelet, ends, writer } = this;
    this.#ended = new AbortController();
    this.#following = followContainer(
      { pod: kubelet.pod, container: CONTAINER },
      // in a silence that the kubelet makes up, time passes for who follows it, too
      {
        session: kubelet,
        ends,
        writer,
        times: this.#times,
        now: () => instant() + kubelet.silentMs,
        signal: this.#ended.signal,
      },
    );
  }

  /** Resolves when nothing more is to be read, because the pod is gone. */
  get followed(): Promise<void> {
    return this.#following;
  }

  /** The daemon ends, and another one takes its place. */
  async restartDaemon(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#openWriter();
    this.follow();
  }

  async messages(): Promise<LogMessage[]> {
    await this.writer.flushed();
    const cursor = new LogCursor(this.#folder, LOG_BEGINNING);
    const found: LogMessage[] = [];
    const what = { service: 'web', cursor, to: this.writer.committed, wants: () => true };
    for await (const message of storedMessages(what)) found.push(message);
    return found;
  }

  async texts(): Promise<string[]> {
    const lines = (await this.messages()).flatMap((message) => (message.type === 'lines' ? message.lines : []));
    return lines.map(([, text]) => text);
  }

  async gaps(): Promise<string[]> {
    return (await this.messages()).flatMap((message) => (message.type === 'gap' ? [message.because] : []));
  }

  /** Resolves when a line is stored. */
  async stored(text: string): Promise<void> {
    for (;;) {
      const { rings } = this.writer.changed;
      if ((await this.texts()).includes(text)) return;
      await this.writer.changed.rungSince(rings, new AbortController().signal);
    }
  }

  /** Resolves when a gap is stored. */
  async gap(): Promise<void> {
    for (;;) {
      const { rings } = this.writer.changed;
      if ((await this.gaps()).length > 0) return;
      await this.writer.changed.rungSince(rings, new AbortController().signal);
    }
  }

  /** Resolves when all is stored that was said. */
  async completed(): Promise<void> {
    for (;;) {
      const { rings } = this.writer.changed;
      if (this.writer.open.every(({ isComplete }) => isComplete)) return;
      await this.writer.changed.rungSince(rings, new AbortController().signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error('the daemon ended'));
    await this.#following;
    await this.writer[Symbol.asyncDispose]();
  }

  async #openWriter(): Promise<void> {
    const onFailure = (error: unknown) => {
      throw error;
    };
    const retry = () => Promise.reject(new Error('no second try'));
    this.writer = await LogWriter.open({ folder: this.#folder, budgetBytes: 1e8, onFailure, retry });
  }
}

export const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `line ${from + index}`);
