import { setTimeout as delay } from 'node:timers/promises';
import { DEVLOOP, DevloopRig } from '../rig/devloop-rig.ts';
import { mustRun } from '../rig/run-command.ts';
import { openTerminal, type TestTerminal } from '../rig/terminal.ts';
import { now } from './clock.ts';
import { median, percentile, round, table } from './figures.ts';
import { writeService } from './generated-services.ts';
import type { BenchOptions, BenchResult } from './main.ts';
import { cpuSeconds, residentMb } from './process-figures.ts';

const SERVICES = 20;
const LINES_PER_SECOND = 500;
const SIZE = { columns: 120, rows: 40 };
const OPENINGS = 5;
const SETTLE_MS = 5000;
const WATCH_MS = 20_000;
const PRESSES = 100;
const BETWEEN_PRESSES_MS = 120;
/** What terminals are told to clear the whole screen: ED 2, ED 3, and home followed by ED 0. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the sequences
const CLEARS = /\u001b\[[23]J|\u001b\[(?:1;1)?H\u001b\[0?J/g;

/** The screen on a real pseudo terminal, while twenty services write 10 000 lines a second. Linux only: it reads /proc. */
export async function tui({ runs: openings = OPENINGS }: BenchOptions): Promise<BenchResult> {
  await using rig = await DevloopRig.open('hello-service');
  await mustRun('rm', ['-r', rig.file('hello'), rig.file('k8s')]);
  const names = Array.from({ length: SERVICES }, (_, index) => `chat-${String(index + 1).padStart(2, '0')}`);
  const write = (name: string, linesPerSecond: number) =>
    writeService(rig.folder, { name, message: name, endsOnSigterm: true, nodePort: false, linesPerSecond });
  for (const name of names) await write(name, 0);
  await rig.writeConfig(`services:\n${names.map((name) => `  ${name}:\n`).join('')}`);
  await rig.up();
  await rig.events.stop();
  const { pid: daemon } = await rig.status();

  const open = () => openTerminal([process.execPath, DEVLOOP, '-C', rig.folder], { ...SIZE, env: rig.env });
  const firstPaints: number[] = [];
  for (let opening = 0; opening < openings; opening++) {
    const startedAt = now();
    await using terminal = open();
    await terminal.shows(/chat-01 .*live|live .*chat-01/);
    firstPaints.push(now() - startedAt);
    terminal.press('q');
    await terminal.exited;
    process.stderr.write(`first paint after ${round(firstPaints.at(-1) ?? 0)} ms\n`);
  }

  process.stderr.write('letting all services write\n');
  for (const name of names) await write(name, LINES_PER_SECOND);
  await rig.devloop(['wait', '--live', ...names, '--timeout', '180'], { timeoutMs: 200_000 });
  await using terminal = open();
  await terminal.shows('chat-01');
  terminal.press('L');
  await terminal.shows(/line \d+/);
  await delay(SETTLE_MS);
  const daemonBefore = await residentMb(daemon);
  const written = terminal.output.length;
  const cpu = await cpuSeconds(terminal.pid);
  const startedAt = now();
  const first = newestLine(terminal);
  await delay(WATCH_MS);
  const seconds = (now() - startedAt) / 1000;
  const share = ((await cpuSeconds(terminal.pid)) - cpu) / seconds;
  const bytes = Buffer.byteLength(terminal.output.slice(written)) / seconds;
  const lines = ((newestLine(terminal) - first) / seconds) * SERVICES;

  process.stderr.write(`pressing ${PRESSES} keys\n`);
  await using echo = openTerminal(['sh', '-c', 'stty raw -echo; echo ready; exec cat'], SIZE);
  await echo.shows('ready');
  const reactions: number[] = [];
  const echoes: number[] = [];
  for (let press = 0; press < PRESSES; press++) {
    await delay(BETWEEN_PRESSES_MS);
    const pressedAt = now();
    const opens = press % 2 === 0;
    terminal.press(opens ? '?' : 'escape');
    await (opens ? terminal.shows(HELP) : terminal.hides(HELP));
    reactions.push(now() - pressedAt);
    await delay(BETWEEN_PRESSES_MS);
    const echoedAt = now();
    echo.type(`\r<${press}>`); // always at the beginning of the line, so that nothing wraps
    await echo.shows(`<${press}>`);
    echoes.push(now() - echoedAt);
  }
  const daemonAfter = await residentMb(daemon);
  const clears = (terminal.output.slice(terminal.output.indexOf('chat-01')).match(CLEARS) ?? []).length;
  const interfaceMb = await residentMb(terminal.pid);
  terminal.press('q');
  await terminal.exited;

  const text = `${table([
    ['', 'measured', 'may be'],
    ['log lines a second', round(lines), ''],
    ['CPU of the interface, % of a core', round(share * 100, 1), 10],
    ['key to paint, median ms', round(median(reactions)), ''],
    ['key to paint, 99 % ms', round(percentile(reactions, 0.99)), 50],
    ['the same of cat, median ms', round(median(echoes)), ''],
    ['the same of cat, 99 % ms', round(percentile(echoes, 0.99)), ''],
    ['written to the terminal, kB/s', round(bytes / 1000, 1), 60],
    ['full-screen clears after the first paint', clears, 0],
    ['first paint on a running daemon, ms', round(median(firstPaints)), 300],
    ['memory of the interface, MB', round(interfaceMb), ''],
    ['memory of the daemon, MB', `${round(daemonBefore)} then ${round(daemonAfter)}`, ''],
  ])}

The logs of ${SERVICES} services together, on a terminal of ${SIZE.columns}×${SIZE.rows}, for ${WATCH_MS / 1000} s. Lines: by the numbers that they
carry. CPU: user and system time of the process. Key to paint: from the key to the frame that shows its effect, ${PRESSES}
times, in a terminal emulator that shares the machine; of cat: the same with a program that writes what it reads, on a
terminal of its own meanwhile, which is what this machine allows. First paint: from the start of the command to a frame with the
services, while these write nothing, the median of ${openings}.`;
  const json = {
    lines_per_second: round(lines),
    cpu_percent_of_core: round(share * 100, 2),
    key_to_paint_ms: { median: round(median(reactions), 1), p99: round(percentile(reactions, 0.99), 1) },
    cat_ms: { median: round(median(echoes), 1), p99: round(percentile(echoes, 0.99), 1) },
    bytes_per_second: round(bytes),
    clears_after_first_paint: clears,
    first_paint_ms: round(median(firstPaints)),
    interface_rss_mb: round(interfaceMb, 1),
    daemon_rss_mb: { before: round(daemonBefore, 1), after: round(daemonAfter, 1) },
  };
  return { json, text };
}

/** A title that only the help has. */
const HELP = /\bkeys\b/i;

/** The highest number of the lines that are shown. */
function newestLine(terminal: TestTerminal): number {
  const numbers = [...terminal.frame().matchAll(/line (\d+)/g)].map(([, number]) => Number(number));
  if (numbers.length === 0) throw new Error(`No log line is shown:\n${terminal.frame()}`);
  return Math.max(...numbers);
}
