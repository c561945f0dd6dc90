import type { Command } from '@devloop/shared/protocol/command';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { CommandContext } from './command-context.ts';

/** What the daemon can be asked to do with what runs. */
export type Act = Extract<Command, { type: 'restart-service' | 'pause' | 'resume' | 'scale-service' | 'roll-back' }>;

/** Has the daemon do something with services, and says what comes of it. */
export async function act(what: Act, { terminal, signal, startFolder }: CommandContext): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  await terminal.print(await done(what, client, signal));
  return EXIT.ok;
}

async function done(what: Act, client: DaemonClient, signal: AbortSignal): Promise<string> {
  switch (what.type) {
    case 'restart-service':
      await client.command(what, signal);
      return `${what.service} is started again. See it: devloop status, devloop wait ${what.service}`;
    case 'scale-service':
      await client.command(what, signal);
      return `${what.service} is scaled to ${what.replicas}, until the daemon ends. See it: devloop status`;
    case 'roll-back': {
      const { image } = await client.command(what, signal);
      return `${what.service} goes back to ${image}, until its next save. See it: devloop status`;
    }
    case 'pause':
      return changed((await client.command(what, signal)).services, 'paused; saves wait for devloop resume');
    case 'resume':
      return changed((await client.command(what, signal)).services, 'resumed; what was saved meanwhile goes live');
  }
}

function changed(services: readonly string[], how: string): string {
  if (services.length === 0) return 'Nothing changed: that is how they were.';
  return `${services.join(', ')} ${services.length === 1 ? 'is' : 'are'} ${how}.`;
}
