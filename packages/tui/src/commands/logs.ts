import { ALL_TIMES } from '@devloop/daemon/log-store/log-cursor';
import { readStored, storedServices } from '@devloop/daemon/log-store/read-stored';
import { loadProject } from '@devloop/daemon/project/load-project';
import { toReport } from '@devloop/shared/errors/devloop-error';
import { unknownService } from '@devloop/shared/errors/unknown-service';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { untilAborted } from '../daemon/daemon-client.ts';
import { logsOf } from '../daemon/runtime.ts';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode, exitCodeFor } from '../exit-codes.ts';
import { isCtrlC } from '../interruption.ts';
import { jsonRows } from '../logs/json-rows.ts';
import { LastLines } from '../logs/last-lines.ts';
import { type LogCriteria, LogFilter } from '../logs/log-filter.ts';
import { LogPrinter } from '../logs/log-printer.ts';
import { mergeByTime } from '../logs/merge-by-time.ts';
import { findProjectFolder } from '../project-folder.ts';
import { reportLines } from '../terminal/report.ts';
import type { CommandContext } from './command-context.ts';

export interface LogsOptions extends LogCriteria {
  readonly follow: boolean;
  /** How many of the last lines of each service that are wanted; undefined: all. */
  readonly tail: number | undefined;
  readonly sinceMs: number;
  readonly previous: boolean;
  readonly build: boolean;
  readonly json: boolean;
  readonly timestamps: boolean;
}

/**
 * Prints the log lines of services; none named: of all. Exits as grep does: 0 lines were printed, or nothing was looked
 * for; 1 no line was what was looked for; more than 1 an error.
 */
export async function logs(
  services: readonly string[],
  options: LogsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, signal } = context;
  const filter = new LogFilter(options);
  const printer = new LogPrinter(terminal.palette, options.timestamps);
  let found = 0;
  try {
    for await (const message of selected(services, options, filter, context)) {
      const rows = options.json ? jsonRows(message) : printer.lines(message);
      if (message.type !== 'gap') found += rows.length;
      for (const row of rows) await terminal.print(row);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    return await complain(error, context);
  }
  if (signal.aborted && !(options.follow && isCtrlC(signal))) throw signal.reason;
  return filter.isSelective && found === 0 ? EXIT.noMatch : EXIT.ok;
}

async function* selected(
  services: readonly string[],
  options: LogsOptions,
  filter: LogFilter,
  { signal, startFolder }: CommandContext,
): AsyncGenerator<LogMessage> {
  const folder = await findProjectFolder(startFolder);
  const { tail, follow } = options;
  // of lines that are looked for, the last are found here: who has them does not know which these are
  const isNarrowed = filter.isSelective || options.untilMs !== ALL_TIMES.untilMs;
  const last = tail !== undefined && isNarrowed ? new LastLines(tail) : undefined;
  const asked = { ...options, tail: isNarrowed ? undefined : tail };
  const source = follow ? followed(folder, services, asked, signal) : stored(folder, services, asked, signal);
  let isHistory = true;
  for await (const message of untilAborted(source, signal)) {
    if (message.type === 'caught-up') {
      isHistory = false;
      if (last !== undefined) yield* mergeByTime(last.streams());
      continue;
    }
    const wanted = filter.select(message);
    if (wanted === undefined) continue;
    if (last !== undefined && isHistory) last.add(wanted);
    else yield wanted;
  }
}

/** What the daemon has, then what comes. */
async function* followed(
  folder: string,
  services: readonly string[],
  { tail, sinceMs, build }: LogsOptions,
  signal: AbortSignal,
): AsyncGenerator<LogMessage> {
  const { client } = await attach(folder, signal);
  const since = sinceMs === ALL_TIMES.sinceMs ? {} : { sinceMs };
  yield* client.logs({ services, follow: true, tail, build, mark: true, ...since }, signal);
}

/** What is stored, whether a daemon runs or not. */
async function* stored(
  folder: string,
  asked: readonly string[],
  { tail, sinceMs, untilMs, previous, build }: LogsOptions,
  signal: AbortSignal,
): AsyncGenerator<LogMessage> {
  const logsFolder = logsOf(folder);
  const services = await servicesToRead(folder, logsFolder, asked, signal);
  const query = { times: { sinceMs, untilMs }, tailLines: tail, withBuilds: build, onlyPrevious: previous };
  yield* mergeByTime(services.map((service) => readStored(logsFolder, service, query)));
  yield { type: 'caught-up' };
}

/** @throws DevloopError `service/unknown` for one that is neither configured nor has ever said anything */
async function servicesToRead(
  folder: string,
  logsFolder: string,
  asked: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const there = await storedServices(logsFolder);
  if (asked.length === 0) return there;
  if (asked.every((service) => there.includes(service))) return asked;
  const outcome = await loadProject(folder, signal);
  const configured = outcome.ok ? outcome.project.services.map(({ name }) => name) : [];
  const known = [...new Set([...configured, ...there])];
  const unknown = asked.find((service) => !known.includes(service));
  if (unknown === undefined) return asked.filter((service) => there.includes(service));
  throw unknownService(unknown, known);
}

/** Exit code 1 says that nothing was found: an error has another one. */
async function complain(error: unknown, { terminal }: CommandContext): Promise<ExitCode> {
  const report = toReport(error);
  await terminal.complain(reportLines(report, terminal.errorPalette).join('\n'));
  const code = exitCodeFor(report.code);
  return code === EXIT.failed ? EXIT.usage : code;
}
