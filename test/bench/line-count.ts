/** How the numbered lines of all runs came out. */
export interface LineCount {
  /** Lines that were written. */
  readonly written: number;
  /** Lines that are not there, and nothing says so. */
  readonly lostSilently: number;
  /** Lines that are not there, where a gap is told. */
  readonly lostWithGap: number;
  readonly twice: number;
  /** Lines that came after a later one of the same run. */
  readonly outOfOrder: number;
  readonly gaps: number;
}

interface Run {
  readonly pod: string;
  readonly seen: Set<number>;
  readonly twice: number[];
  last: number;
  /** Missing lines before a gap that was told. */
  readonly excused: Set<number>;
  /** Missing lines, with the stamp of the line after them. */
  readonly holes: { readonly from: number; readonly to: number; readonly until: string }[];
  gapAfterLast: boolean;
}

const MOST_RANGES = 8;

/** A numbered line, and the last of a run, which says how many there were. */
const LINE = /\brun ([0-9a-f]{8}) line (\d+)/;
const END = /\brun ([0-9a-f]{8}) ended after (\d+) in (\S+)/;

/** A run as it tells of itself at its end. */
export interface EndedRun {
  readonly lines: number;
  readonly pod: string;
}

/** Counts the lines of many runs, as one observer has seen them. Pure. */
export class LineCounter {
  readonly #runs = new Map<string, Run>();
  readonly #ends = new Map<string, EndedRun>();
  /** Pods of which a gap was told, with the times until when they were, ms since the epoch; empty: of any. */
  readonly #gapPods = new Map<string, Set<number>>();
  #twice = 0;
  #outOfOrder = 0;
  #gaps = 0;

  /** Runs whose end was seen, by id. */
  get ends(): ReadonlyMap<string, EndedRun> {
    return this.#ends;
  }

  /** @param at its stamp, RFC 3339 */
  line(pod: string, text: string, at = ''): void {
    const [, id = '', number] = LINE.exec(text) ?? [];
    if (number !== undefined) {
      this.#add(this.#run(id, pod), Number(number), at);
      return;
    }
    const [, ended, count, inPod = ''] = END.exec(text) ?? [];
    if (ended !== undefined) this.#ends.set(ended, { lines: Number(count), pod: inPod });
  }

  /** A gap was told, of one pod or of all. @param to stamp of the line after it, which may have come long before, to the millisecond */
  gap(pod: string, to = ''): void {
    this.#gaps += 1;
    this.#gapPods.set(pod, new Set(this.#gapPods.get(pod)).add(Date.parse(to)));
    for (const run of this.#runs.values()) if (pod === '' || run.pod === pod) run.gapAfterLast = true;
  }

  /** @param truth what each run has written, as far as anybody knows; by id */
  result(truth: ReadonlyMap<string, EndedRun>): LineCount {
    const count = { written: 0, lostSilently: 0, lostWithGap: 0 };
    for (const [id, { lines, pod }] of truth) {
      const run = this.#runs.get(id);
      const isToldUnseen = run === undefined && (this.#gapPods.has(pod) || this.#gapPods.has(''));
      count.written += lines;
      for (let number = 0; number < lines; number++) {
        if (run?.seen.has(number)) continue;
        if (isToldUnseen || (run !== undefined && this.#isTold(run, number))) count.lostWithGap += 1;
        else count.lostSilently += 1;
      }
    }
    return { ...count, twice: this.#twice, outOfOrder: this.#outOfOrder, gaps: this.#gaps };
  }

  /** For each run of which lines are missing or came twice, which. */
  described(truth: ReadonlyMap<string, EndedRun>): string[] {
    return [...truth].flatMap(([id, { lines, pod }]) => {
      const run = this.#runs.get(id);
      if (run === undefined) return [`run ${id} of ${pod}: none of ${lines} lines`];
      const missing = Array.from({ length: lines }, (_, number) => number).filter((number) => !run.seen.has(number));
      const silent = missing.filter((number) => !this.#isTold(run, number));
      const what = [
        ...(missing.length === 0 ? [] : [`missing ${rangesOf(missing)}`]),
        ...(silent.length === 0 ? [] : [`silently ${rangesOf(silent)}`]),
        ...(run.twice.length === 0 ? [] : [`twice ${rangesOf(run.twice)}`]),
      ];
      return what.length === 0 ? [] : [`run ${id} of ${run.pod}, ${lines} lines: ${what.join('; ')}`];
    });
  }

  #isTold(run: Run, number: number): boolean {
    if (run.excused.has(number) || (run.gapAfterLast && number > run.last)) return true;
    const hole = run.holes.find(({ from, to }) => from <= number && number < to);
    const untilMs = Date.parse(hole?.until ?? '');
    return !Number.isNaN(untilMs) && this.#gapPods.get(run.pod)?.has(untilMs) === true;
  }

  #run(id: string, pod: string): Run {
    const run = this.#runs.get(id) ?? {
      pod,
      seen: new Set(),
      twice: [],
      last: -1,
      excused: new Set(),
      holes: [],
      gapAfterLast: false,
    };
    this.#runs.set(id, run);
    return run;
  }

  #add(run: Run, number: number, at: string): void {
    if (run.seen.has(number)) {
      this.#twice += 1;
      run.twice.push(number);
      return;
    }
    run.seen.add(number);
    if (number < run.last) {
      this.#outOfOrder += 1;
      return;
    }
    if (run.gapAfterLast) for (let missing = run.last + 1; missing < number; missing++) run.excused.add(missing);
    else if (number > run.last + 1) run.holes.push({ from: run.last + 1, to: number, until: at });
    run.gapAfterLast = false;
    run.last = number;
  }
}

/** Numbers in their order, as `3–7, 9`; of many ranges the first ones. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range !== undefined && number === range[1] + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  const texts = ranges.slice(0, MOST_RANGES).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return `${texts.join(', ')}${ranges.length > MOST_RANGES ? ', …' : ''} (${numbers.length})`;
}
