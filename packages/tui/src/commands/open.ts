import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import { openInBrowser } from '../ui/effects/open-url.ts';
import type { CommandContext } from './command-context.ts';
import { serviceNamed } from './service-named.ts';

/** Opens the first address of a service in the browser; where there is no browser, prints it. */
export async function open(service: string, { terminal, signal, startFolder }: CommandContext): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const [first] = serviceNamed(service, await client.snapshot(signal)).urls;
  if (first === undefined) {
    throw new DevloopError(
      'command/refused',
      `${service} has no address that a browser could open.`,
      `See why: devloop ports. Forward a port to it: devloop ports add ${service} LOCAL:PORT`,
    );
  }
  try {
    await openInBrowser(first.url, signal);
    await terminal.print(`Opened ${first.url}`);
  } catch (error) {
    if (signal.aborted || !(error instanceof DevloopError)) throw error;
    await terminal.print(first.url);
  }
  return EXIT.ok;
}
