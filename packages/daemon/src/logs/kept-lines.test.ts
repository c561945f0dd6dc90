import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FakeKubelet } from './kubelet.fake.ts';
import { numbered, Stage } from './log-stage.fake.ts';

/** So short that many runs fit into a test. */
const TIMES = { quietMs: 150, firstMs: 300, aheadMs: 50, toldMs: 150, judgeMs: 300, rotationMs: 100 };
/** As long as a silence must be to be one. */
const SILENCE_MS = 310;

const HAPPENINGS = [
  'break',
  'end streams',
  'end streams in the midst of a line',
  'restart',
  'restart told late',
  'daemon',
  'rename',
  'left out',
  'emptied',
  'silence',
  'kubelet away',
  'kubelet away and end',
  'answer cut',
  'no id for a while',
  'emptied and broken',
  'told anew',
] as const;

/** A container that numbers its lines, and what happens to its log. */
class Play {
  readonly #stage: Stage;
  written = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async happen(what: (typeof HAPPENINGS)[number]): Promise<void> {
    const stage = this.#stage;
    const { kubelet } = stage;
    switch (what) {
      case 'break':
        return kubelet.breakOff();
      case 'end streams':
        return kubelet.endStreams();
      case 'end streams in the midst of a line':
        return kubelet.endStreams(this.#next());
      case 'restart':
        return this.#restart(kubelet);
      case 'restart told late':
        await this.writeOne();
        this.#restart(kubelet, false);
        await this.write(5);
        await kubelet.requested();
        await this.write(5);
        return kubelet.tell();
      case 'daemon':
        await this.#asked();
        return await stage.restartDaemon();
      case 'rename':
        await this.writeOne();
        return kubelet.rename();
      case 'left out':
        await this.writeOne();
        return kubelet.writeUntold([this.#next()], SILENCE_MS);
      case 'emptied':
        await this.writeOne();
        kubelet.rotate();
        return kubelet.sayNothing(SILENCE_MS);
      case 'emptied and broken':
        await this.writeOne();
        kubelet.write(this.#next(), this.#next());
        kubelet.rotate();
        return kubelet.breakOff();
      case 'told anew':
        await this.writeOne();
        kubelet.rename();
        await this.write(20);
        kubelet.tellAnew();
        await this.write(5);
        return kubelet.tellAnew();
      case 'silence':
        return kubelet.sayNothing(SILENCE_MS);
      case 'kubelet away':
        kubelet.shut();
        await this.write(3);
        await kubelet.requested();
        return kubelet.reopen();
      case 'kubelet away and end':
        kubelet.shut();
        await this.write(3);
        this.#restart(kubelet);
        await this.write(3);
        await kubelet.requested();
        return kubelet.reopen();
      case 'answer cut':
        await this.write(40);
        kubelet.endNextAnswerAfter(500);
        return kubelet.breakOff();
      case 'no id for a while':
        kubelet.hideId();
        await this.write(3);
        return kubelet.showId();
    }
  }

  async write(count: number): Promise<void> {
    this.#stage.kubelet.write(...numbered(this.written, count));
    this.written += count;
    await new Promise((resolve) => setImmediate(resolve)); // what was written is on its way
  }

  /** What a container said before its log was read for the first time is not missed. */
  async writeOne(): Promise<void> {
    await this.write(1);
    await this.#stage.stored(`line ${this.written - 1}`);
  }

  /** What a stream has left out just before its daemon ends, nobody asks for: resolves when the log has been asked. */
  async #asked(): Promise<void> {
    const { kubelet } = this.#stage;
    // the quiet log's last line, that of the judgement that may follow, and that of the next time
    const lastLines = () => kubelet.requests.filter((request) => /tailLines=1(&|$)/.test(request)).length;
    const enough = lastLines() + 3;
    while (lastLines() < enough) await kubelet.requested();
  }

  #next(): string {
    this.written += 1;
    return `line ${this.written - 1}`;
  }

  #restart(kubelet: FakeKubelet, isTold = true): void {
    kubelet.end(false);
    kubelet.start(isTold);
  }
}

type Gap = Extract<LogMessage, { type: 'gap' }>;

/** Numbers that came twice, late, or are missing where no gap is told: there, or by its times. */
function broken(messages: readonly LogMessage[], written: number) {
  const gaps = messages.filter((message): message is Gap => message.type === 'gap');
  const isTimeOfGap = (from: string, to: string) =>
    gaps.some((gap) => (gap.from ?? from) < to && from < (gap.to ?? to));
  const seen = new Set<number>();
  const found = { twice: [] as number[], late: [] as number[], silent: [] as number[] };
  let last = { number: -1, at: '' };
  let isTold = false;
  const skip = (to: number, at: string) => {
    if (isTold || isTimeOfGap(last.at, at)) return;
    for (let number = last.number + 1; number < to; number++) found.silent.push(number);
  };
  for (const message of messages) {
    if (message.type === 'gap') isTold = true;
    if (message.type !== 'lines') continue;
    for (const [at, text] of message.lines) {
      const number = Number(/^line (\d+)$/.exec(text)?.[1]);
      if (seen.has(number)) found.twice.push(number);
      else if (!(number > last.number)) found.late.push(number);
      else {
        skip(number, at);
        last = { number, at };
        isTold = false;
      }
      seen.add(number);
    }
  }
  skip(written, '9999');
  return found;
}

test('whatever breaks: no line twice, all in order, and none missing but where a gap is told', async () => {
  const happening = fc.constantFrom(...HAPPENINGS);
  const step = fc.oneof(fc.integer({ min: 1, max: 400 }), happening, happening);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      const stage = await Stage.open(TIMES);
      const play = new Play(stage);
      stage.follow();
      for (const now of steps) {
        if (typeof now === 'number') await play.write(now);
        else await play.happen(now);
      }
      await play.writeOne();
      stage.kubelet.end();
      await stage.completed();
      expect(broken(await stage.messages(), play.written)).toEqual({ twice: [], late: [], silent: [] });
      await stage[Symbol.asyncDispose]();
    }),
    { numRuns: 15, timeout: 20_000, examples: [[['left out', 'emptied', 1, 'restart told late']]] },
  );
}, 100_000);
