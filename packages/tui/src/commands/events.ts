import { StreamMessage } from '@devloop/shared/protocol/stream-message';
import { untilAborted } from '../daemon/daemon-client.ts';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isCtrlC } from '../interruption.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { CommandContext } from './command-context.ts';

/** Prints everything that happens, one JSON line each, as the daemon publishes it; notes go to stderr. */
export async function events(
  { after }: { readonly after: number | undefined },
  { terminal, signal, startFolder }: CommandContext,
): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const options = after === undefined ? { signal } : { after, signal };
  for await (const value of untilAborted(client.rawStream(options), signal)) {
    // an event that this version does not know is passed on all the same
    if (isEvent(value)) await terminal.print(JSON.stringify(value.published));
    const message = StreamMessage.safeParse(value).data;
    if (message?.type === 'gap') await terminal.complain(`devloop: ${message.missed} events are missing here`);
  }
  if (signal.aborted && !isCtrlC(signal)) throw signal.reason;
  return EXIT.ok;
}

function isEvent(value: unknown): value is { readonly published: unknown } {
  return (value as { readonly type?: unknown } | null)?.type === 'event';
}
