import { DevloopError, toReport } from '@devloop/shared/errors/devloop-error';
import type { ObjectName } from '@devloop/shared/protocol/command';
import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import { objectLines } from '../../commands/down.ts';
import { DaemonClient } from '../../daemon/daemon-client.ts';
import { endDaemon, processEnded } from '../../daemon/end-daemon.ts';
import { runtimeOf } from '../../daemon/runtime.ts';
import type { Attachment } from '../../daemon/start-daemon.ts';
import { openShell } from '../../exec/shell.ts';
import type { Intent } from '../app/intent.ts';
import type { Overlay } from '../app/overlay.ts';
import type { DaemonFeeds } from '../feed/daemon-feeds.ts';
import { span } from '../paint/row.ts';
import type { UiSession } from '../session.ts';
import type { LentTerminal } from '../terminal/lent-terminal.ts';
import { buildChoices, containerChoices } from './choices.ts';
import { copyToClipboard } from './clipboard.ts';
import { openInBrowser } from './open-url.ts';

/** How the screen was left. */
export type UiEnding =
  /** Everything keeps running. */
  | { readonly is: 'left' }
  /** The daemon has ended; `sandbox`: and its cluster with it. */
  | { readonly is: 'stopped'; readonly sandbox: boolean }
  | { readonly is: 'down'; readonly objects: readonly ObjectName[] };

export interface IntentContext {
  readonly folder: string;
  readonly session: UiSession;
  readonly feeds: DaemonFeeds;
  /** Undefined until the screen is there. */
  readonly terminal: () => LentTerminal | undefined;
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
  readonly end: (ending: UiEnding) => void;
}

/** Does what the user wants; says on the screen what came of it, whichever way it went. */
export async function runIntent(intent: Intent, context: IntentContext): Promise<void> {
  try {
    await attempt(intent, context);
  } catch (error) {
    if (!context.signal.aborted) context.session.say({ is: 'error', report: toReport(error) });
  }
}

async function attempt(intent: Intent, context: IntentContext): Promise<void> {
  const { session, feeds, terminal, signal, end, output } = context;
  const busy = (text: string) => session.say({ is: 'busy', text });
  switch (intent.is) {
    case 'command':
      await daemon(feeds).client.command(intent.command, signal);
      session.say({ is: 'done', text: intent.done });
      return;
    case 'ask-build':
      return ask(session, buildChoices(await detailOf(intent.service, context)));
    case 'ask-container': {
      const choices = containerChoices(await detailOf(intent.service, context));
      const [only, ...more] = choices.choices;
      return only !== undefined && more.length === 0 ? attempt(only.intent, context) : ask(session, choices);
    }
    case 'ask-down':
      busy('Asking the cluster what devloop applied…');
      return askDown(context);
    case 'shell':
      return terminal()?.lend(() => openShell(daemon(feeds).client, intent.target, signal));
    case 'open-url':
      await openInBrowser(intent.url, signal);
      session.say({ is: 'done', text: `Opened ${intent.url}` });
      return;
    case 'copy':
      copyToClipboard(intent.text, output);
      session.say({ is: 'done', text: `Copied ${intent.what}` });
      return;
    case 'start-daemon':
      return feeds.start();
    case 'restart-daemon':
      busy('Restarting the daemon…');
      return restart(context);
    case 'step-aside':
      return terminal()?.stepAside();
    case 'quit':
      return end({ is: 'left' });
    case 'stop-daemon': {
      const { client, hello } = daemon(feeds);
      busy('Stopping the daemon…');
      await endDaemon(client, hello, signal);
      return end({ is: 'stopped', sandbox: hello.sandbox === true });
    }
    case 'down': {
      const { client, hello } = daemon(feeds);
      busy('Deleting all that devloop applied…');
      const { objects } = await client.command({ type: 'down' }, signal);
      await processEnded(hello.pid, signal);
      return end({ is: 'down', objects });
    }
  }
}

/** @throws DevloopError `daemon/unreachable` while none answers */
function daemon(feeds: DaemonFeeds): Attachment {
  if (feeds.attachment !== undefined) return feeds.attachment;
  throw new DevloopError('daemon/unreachable', 'No daemon runs for this project.', 'Start it with S');
}

async function detailOf(service: string, { feeds, signal }: IntentContext): Promise<ServiceDetail> {
  for await (const message of daemon(feeds).client.detail(service, signal)) {
    if (message.type === 'detail') return message.detail;
  }
  throw new DevloopError('daemon/unreachable', 'The daemon ended meanwhile.', 'Start it with S');
}

function ask(session: UiSession, overlay: Overlay): void {
  session.act({ type: 'ask', overlay });
}

async function askDown({ session, feeds, signal }: IntentContext): Promise<void> {
  const { objects } = await daemon(feeds).client.command({ type: 'plan-down' }, signal);
  if (objects.length === 0) {
    session.say({ is: 'done', text: 'There is nothing in the cluster that devloop applied for this project.' });
    return;
  }
  ask(session, {
    is: 'confirm',
    question: `Delete these ${objects.length} objects, and stop?`,
    rows: objectLines(objects).map((line) => [span(line)]),
    scroll: 0,
    intent: { is: 'down' },
  });
}

/** Ends a daemon of whatever version, then starts this one's. */
async function restart({ folder, feeds, signal, session }: IntentContext): Promise<void> {
  const client = new DaemonClient(runtimeOf(folder).socket);
  await endDaemon(client, await client.helloOfAnyVersion(signal), signal);
  feeds.start();
  session.say({ is: 'done', text: 'The daemon was restarted.' });
}
