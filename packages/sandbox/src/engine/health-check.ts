import { PassThrough } from 'node:stream';
import { shellOf } from '../build/config-instructions.ts';
import type { RunConfig } from '../images/stored-image.ts';
import { nowNano, rfc3339Nano } from '../runtime/clock.ts';

const DEFAULT_MS = 30_000;
const DEFAULT_RETRIES = 3;
const NANOSECONDS_A_MS = 1e6;
/** As moby's daemon/health.go. */
const KEPT_RESULTS = 5;
const MOST_OUTPUT_BYTES = 4096;

/** How a container's health is looked after, times in milliseconds. */
export interface HealthCheck {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures so soon after the start do not count. */
  readonly startPeriodMs: number;
  /** After so many failures it is unhealthy. */
  readonly retries: number;
}

export type HealthStatus = 'starting' | 'healthy' | 'unhealthy';

/** moby's container.Health. */
export interface Health {
  readonly Status: HealthStatus;
  readonly FailingStreak: number;
  readonly Log: readonly HealthResult[];
}

interface HealthResult {
  readonly Start: string;
  readonly End: string;
  readonly ExitCode: number;
  readonly Output: string;
}

/** Runs a command in the container; the signal ends it. */
export type RunCheck = (command: readonly string[], output: PassThrough, signal: AbortSignal) => Promise<number>;

/** What Docker's HealthConfig means; undefined where it asks for nothing. */
export function readHealthCheck(
  config: Readonly<Record<string, unknown>> | undefined,
  image: RunConfig,
): HealthCheck | undefined {
  const [kind, ...words] = Array.isArray(config?.['Test']) ? config['Test'].map(String) : [];
  if (config === undefined || (kind !== 'CMD' && kind !== 'CMD-SHELL')) return undefined;
  const ms = (field: string, otherwise: number) => (Number(config[field]) || 0) / NANOSECONDS_A_MS || otherwise;
  return {
    command: kind === 'CMD' ? words : [...shellOf(image), words.join(' ')],
    intervalMs: ms('Interval', DEFAULT_MS),
    timeoutMs: ms('Timeout', DEFAULT_MS),
    startPeriodMs: ms('StartPeriod', 0),
    retries: Number(config['Retries']) || DEFAULT_RETRIES,
  };
}

/** The health after one more result. Pure. */
export function healthAfter(
  health: Health,
  result: HealthResult,
  { retries, isInStartPeriod }: { readonly retries: number; readonly isInStartPeriod: boolean },
): Health {
  const Log = [...health.Log, result].slice(-KEPT_RESULTS);
  if (result.ExitCode === 0) return { Status: 'healthy', FailingStreak: 0, Log };
  if (health.Status === 'starting' && isInStartPeriod) return { ...health, Log };
  const FailingStreak = health.FailingStreak + 1;
  return { Status: FailingStreak >= retries ? 'unhealthy' : health.Status, FailingStreak, Log };
}

/** Looks after one run of a container, from its start until it is disposed of. */
export class HealthMonitor implements Disposable {
  readonly #check: HealthCheck;
  readonly #run: RunCheck;
  readonly #changed: (status: HealthStatus) => void;
  readonly #over = new AbortController();
  readonly #startedMs = performance.now();
  #health: Health = { Status: 'starting', FailingStreak: 0, Log: [] };
  #timer: NodeJS.Timeout | undefined;

  /** @param changed told of each other status than the one before */
  constructor(check: HealthCheck, run: RunCheck, changed: (status: HealthStatus) => void) {
    this.#check = check;
    this.#run = run;
    this.#changed = changed;
    this.#plan();
  }

  get health(): Health {
    return this.#health;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#over.abort();
  }

  #plan(): void {
    // #look() never rejects
    this.#timer = setTimeout(() => void this.#look(), this.#check.intervalMs);
  }

  async #look(): Promise<void> {
    const { retries, startPeriodMs } = this.#check;
    const result = await this.#result();
    if (this.#over.signal.aborted) return;
    const before = this.#health.Status;
    const isInStartPeriod = performance.now() - this.#startedMs < startPeriodMs;
    this.#health = healthAfter(this.#health, result, { retries, isInStartPeriod });
    if (this.#health.Status !== before) this.#changed(this.#health.Status);
    this.#plan();
  }

  async #result(): Promise<HealthResult> {
    const { command, timeoutMs } = this.#check;
    const late = AbortSignal.timeout(timeoutMs);
    const output = new PassThrough();
    let text = '';
    output.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.length < MOST_OUTPUT_BYTES) text = (text + chunk).slice(0, MOST_OUTPUT_BYTES);
    });
    const Start = rfc3339Nano(nowNano());
    const ended = (ExitCode: number, Output: string) => ({ Start, End: rfc3339Nano(nowNano()), ExitCode, Output });
    try {
      const exitCode = await this.#run(command, output, AbortSignal.any([late, this.#over.signal]));
      return late.aborted
        ? ended(-1, `Health check exceeded timeout (${timeoutMs / 1000}s)${text === '' ? '' : `: ${text}`}`)
        : ended(exitCode, text);
    } catch (error) {
      return ended(-1, error instanceof Error ? error.message : String(error));
    }
  }
}
