import { type DaemonClient, untilAborted } from '../daemon/daemon-client.ts';
import { ensureDaemon } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isCtrlC } from '../interruption.ts';
import { awaitLive } from '../live/await-live.ts';
import { count } from '../plain/count.ts';
import { PlainPrinter } from '../plain/plain-printer.ts';
import { PlainWriter } from '../plain/plain-writer.ts';
import { withPatience } from '../terminal/patience.ts';
import { displayPath } from '../terminal/report.ts';
import { whatStays } from '../wording/what-stays.ts';
import type { CommandContext } from './command-context.ts';
import { findOrInferProject } from './init.ts';
import { exitCodeOf } from './wait.ts';

export interface UpOptions {
  readonly detach: boolean;
  /** Plain lines, where there is a terminal too. */
  readonly plain: boolean;
  /** On a cluster of its own, which ends with the daemon. */
  readonly sandbox: boolean;
  readonly verbose: boolean;
  /** Write what was found where there is no devloop.yaml, without asking. */
  readonly yes: boolean;
  readonly timeoutSeconds: number;
}

/**
 * Starts the daemon if none runs, and follows it: full-screen on a terminal, else in plain lines; with `detach`, until
 * every service is live.
 */
export async function up(services: readonly string[], options: UpOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, signal, cwd } = context;
  const folder = await findOrInferProject(options.yes, context);
  const { sandbox } = options;
  if (terminal.isFullScreen && !options.detach && !options.plain) return showScreen(folder, services, sandbox, context);
  const { client, hello, started } = await withPatience(terminal, 'starting the daemon', () =>
    ensureDaemon(folder, { signal, sandbox }),
  );
  await terminal.print(
    terminal.palette.dim(
      `${started ? 'Started the daemon' : 'Attached to the daemon'} of ${displayPath(folder, cwd)} (process ${hello.pid}).`,
    ),
  );
  const printer = new PlainPrinter({
    cwd,
    verbose: options.verbose,
    ...(services.length > 0 && { services }),
  });
  using writer = new PlainWriter(printer, terminal);
  if (!options.detach) return follow(client, services, writer, context);
  const outcome = await awaitLive(client, {
    services,
    timeoutMs: options.timeoutSeconds * 1000,
    signal,
    show: (message) => writer.message(message),
  });
  if (outcome.is === 'live') {
    const names = outcome.services.map(({ name }) => name).join(', ');
    await terminal.print(
      `Live: ${names}. The daemon goes on: devloop status, devloop logs -f; devloop stop ends it, devloop down deletes all.`,
    );
  }
  return exitCodeOf(outcome);
}

const KEEPS_RUNNING =
  'Everything keeps running, and saves still go live. devloop up shows it again; devloop stop ends the daemon; devloop down deletes what it applied.';

async function showScreen(
  folder: string,
  services: readonly string[],
  sandbox: boolean,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, signal, cwd } = context;
  const { runUi } = await import('../ui/run-ui.ts');
  try {
    const ending = await runUi({ folder, cwd, services, sandbox, signal });
    switch (ending.is) {
      case 'left':
        await terminal.print(KEEPS_RUNNING);
        break;
      case 'stopped':
        await terminal.print(`The daemon has ended. ${whatStays(ending.sandbox)}`);
        break;
      case 'down':
        await terminal.print(`Deleted ${count(ending.objects.length, 'object')}. The daemon has ended.`);
    }
  } catch (error) {
    if (!isCtrlC(signal)) throw error;
    await terminal.print(KEEPS_RUNNING);
  }
  return EXIT.ok;
}

async function follow(
  client: DaemonClient,
  services: readonly string[],
  writer: PlainWriter,
  { terminal, signal }: CommandContext,
): Promise<ExitCode> {
  for await (const message of untilAborted(client.stream({ signal }), signal)) {
    await writer.message(message);
    if (message.type === 'snapshot') await warnOfUnknown(services, message.snapshot.services, terminal);
  }
  if (!signal.aborted) return EXIT.ok; // the daemon said goodbye
  if (!isCtrlC(signal)) throw signal.reason;
  await terminal.print(KEEPS_RUNNING);
  return EXIT.ok;
}

async function warnOfUnknown(
  services: readonly string[],
  known: readonly { readonly name: string }[],
  terminal: CommandContext['terminal'],
): Promise<void> {
  const unknown = services.filter((name) => !known.some((service) => service.name === name));
  if (known.length === 0 || unknown.length === 0) return;
  const names = known.map(({ name }) => name).join(', ');
  await terminal.complain(`There is no service ${unknown.join(', ')} yet; there are: ${names}.`);
}
