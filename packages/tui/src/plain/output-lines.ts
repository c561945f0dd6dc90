/** How much of a quiet build is kept for the case that it fails. */
const KEPT_LINES = 20;
const FLOWS_AFTER_MS = 1000;

/**
 * The output of one service's build: kept back while the build may be a quick one, and let flow once it has taken a
 * second.
 */
export class OutputLines {
  #startedMs: number | undefined;
  #flows: boolean;
  readonly #verbose: boolean;
  #kept: string[] = [];
  #shown = new Set<string>();

  constructor(verbose: boolean) {
    this.#verbose = verbose;
    this.#flows = verbose;
  }

  begin(nowMs: number): void {
    this.#startedMs = nowMs;
    this.#flows = this.#verbose;
    this.#kept = [];
    this.#shown = new Set();
  }

  /** Takes a line and answers with those to print now. */
  line(text: string, nowMs: number): string[] {
    this.#startedMs ??= nowMs;
    this.#kept.push(text);
    if (!this.#flows && this.#kept.length > KEPT_LINES) this.#kept.shift();
    return this.due(nowMs);
  }

  /** The lines to print now that time has passed. */
  due(nowMs: number): string[] {
    if (this.#startedMs !== undefined && nowMs - this.#startedMs >= FLOWS_AFTER_MS) this.#flows = true;
    return this.#flows ? this.#take() : [];
  }

  /** The build has ended well: what was kept back is not needed. */
  end(): void {
    this.#startedMs = undefined;
    this.#kept = [];
  }

  /** What a failure has to show beyond what was printed: its evidence, or else what was kept back. */
  proof(evidence: readonly string[]): string[] {
    const kept = this.#take();
    const lines = evidence.length > 0 ? evidence.filter((line) => !this.#wasShown(line, kept)) : kept;
    this.#startedMs = undefined;
    return lines;
  }

  #wasShown(line: string, kept: readonly string[]): boolean {
    return this.#shown.has(line) && !kept.includes(line);
  }

  #take(): string[] {
    const lines = this.#kept;
    this.#kept = [];
    for (const line of lines) this.#shown.add(line);
    return lines;
  }
}
