import { DaemonClient } from '../daemon/daemon-client.ts';
import { endDaemon } from '../daemon/end-daemon.ts';
import { runtimeOf } from '../daemon/runtime.ts';
import { isAbsent } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import { withPatience } from '../terminal/patience.ts';
import { whatStays } from '../wording/what-stays.ts';
import type { CommandContext } from './command-context.ts';

/** Ends the daemon, of whatever version, and leaves the cluster as it is; a sandbox ends with it. */
export async function stop({ terminal, signal, startFolder }: CommandContext): Promise<ExitCode> {
  const client = new DaemonClient(runtimeOf(await findProjectFolder(startFolder)).socket);
  try {
    const hello = await client.helloOfAnyVersion(signal);
    await withPatience(terminal, 'waiting for the daemon to end', () => endDaemon(client, hello, signal));
    await terminal.print(`The daemon has ended. ${whatStays(hello.sandbox === true)}`);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await terminal.print('No daemon runs for this project.');
  }
  return EXIT.ok;
}
