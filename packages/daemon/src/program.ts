import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { type ErrorReport, toReport } from '@devloop/shared/errors/devloop-error';
import { logsFolderOf, runtimePaths, stateFolderOf } from '@devloop/shared/runtime-paths';
import type { EventLog } from './state/event-log.ts';

/** What is told to the process that started this one. */
type StartMessage = { readonly type: 'ready' } | { readonly type: 'failed'; readonly report: ErrorReport };

/**
 * The daemon's whole life. Its exit code tells how it ended.
 *
 * @param keepCode to be called once most of what a daemon does has been done
 */
export async function run(keepCode: () => Promise<void>): Promise<void> {
  // Meant for this process alone (they were read when it started), not for hooks and the commands it runs.
  delete process.env['MALLOC_ARENA_MAX'];
  delete process.env['MALLOC_TRIM_THRESHOLD_'];
  // --no-work: only answers, for a `down` where no daemon runs; bringing everything up first would be absurd.
  // --sandbox: on a cluster of its own, which ends with it.
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      'no-work': { type: 'boolean', default: false },
      sandbox: { type: 'boolean', default: false },
    },
  });
  if (values.folder === undefined) {
    process.stderr.write('usage: devloop-daemon --folder PROJECT_FOLDER [--no-work] [--sandbox]\n');
    process.exitCode = 2;
    return;
  }
  try {
    await serve(values.folder, !values['no-work'], values.sandbox, keepCode);
  } catch (error) {
    const report = toReport(error);
    process.stderr.write(`${report.message}\n${report.evidence.join('\n')}\n`);
    await tell({ type: 'failed', report });
    process.exitCode = 1;
  }
}

/** Runs the daemon of a folder until it is asked to end. Ends at once when another daemon has the folder. */
async function serve(folder: string, works: boolean, sandbox: boolean, keepCode: () => Promise<void>): Promise<void> {
  const environment = {
    env: process.env,
    uid: os.userInfo().uid,
    temporaryFolder: os.tmpdir(),
    homeFolder: os.homedir(),
    platform: process.platform,
  };
  const paths = runtimePaths(folder, environment);
  const logsFolder = logsFolderOf(folder, environment);
  const { takeLock } = await import('./api/daemon-lock.ts');
  const giveBack = await takeLock(paths, folder);
  if (giveBack === undefined) return await tell({ type: 'ready' });

  await using opened = new AsyncDisposableStack();
  opened.defer(giveBack);
  const [{ rememberProject }, { Daemon }, { ApiServer }, { ChokidarFileWatcher }, { logEvents }] = await Promise.all([
    import('./log-store/forget-logs.ts'),
    import('./loop/daemon.ts'),
    import('./api/api-server.ts'),
    import('./watch/chokidar-file-watcher.ts'),
    import('./state/log-file.ts'),
  ]);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const stop = Promise.withResolvers<string>();
  let limits: ErrorReport | undefined;
  if (sandbox) {
    const { SandboxProcess } = await import('./sandbox/sandbox-process.ts');
    const running = opened.use(await SandboxProcess.start((reason) => stop.resolve(reason)));
    Object.assign(process.env, running.environment); // kubeconfig, minikube and engine are looked up in it
    limits = running.limits;
  }
  const stateFolder = stateFolderOf(folder, environment);
  await rememberProject(stateFolder, folder);
  const options = { works, sandbox, stateFolder, logsFolder };
  const daemon = opened.use(new Daemon(folder, version, new ChokidarFileWatcher(), options));
  logEvents(daemon.log, (line) => process.stdout.write(`${line}\n`));
  opened.defer(keepingWhenLive(daemon.log, keepCode));
  const api = opened.use(new ApiServer(daemon, { version, sandbox }, stop.resolve));
  await api.listen(paths.socket);
  await daemon.start();
  if (limits !== undefined) daemon.log.dispatch({ type: 'warning-raised', warning: limits });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // A terminal that closes takes its processes with it; the daemon is to survive it.
    process.on(signal, () => {
      if (signal !== 'SIGHUP') stop.resolve(signal);
    });
  }
  await tell({ type: 'ready' });
  const reason = await stop.promise;
  daemon.log.dispatch({ type: 'daemon-stopping', reason });
}

/** By the first pass that has gone live, most of what the next daemon calls has been called. @returns waits for the keeping */
function keepingWhenLive(log: EventLog, keepCode: () => Promise<void>): () => Promise<void> {
  let kept = Promise.resolve();
  const stop = log.listen(({ event }) => {
    if (event.type !== 'pass-ended' || event.outcome !== 'live') return;
    stop();
    kept = keepCode();
  });
  return () => kept;
}

async function tell(message: StartMessage): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
  process.disconnect();
}
