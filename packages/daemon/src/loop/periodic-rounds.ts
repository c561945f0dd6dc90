import path from 'node:path';
import { toReport } from '@devloop/shared/errors/devloop-error';
import type { ClusterSession } from '../link/cluster-session.ts';
import { forgetProjects } from '../log-store/forget-logs.ts';
import type { LogKeeper } from '../logs/log-keeper.ts';
import type { ServiceSpec } from '../project/project.ts';
import type { EventLog } from '../state/event-log.ts';
import { repeat } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import type { TaskSet } from '../support/task-set.ts';
import type { CurrentImages } from './current-images.ts';
import { pruneImages } from './image-prune.ts';
import type { ServiceLoop } from './service-loop.ts';

/** Quietest and busiest interval of the look by content that makes up for notifications that never came. */
const SAFETY_LOOK_MS = { calm: 30_000, degraded: 1000 };
/** Share of the time that looking by content may take. */
const SAFETY_LOOK_SHARE = 0.005;
const PRUNE_IMAGES_MS = 60_000;
/** When logs of what is no more are looked for the first time, and later on. */
const FORGET_MS = { first: 60_000, later: 24 * 3_600_000 };

export interface RoundsOptions {
  readonly log: EventLog;
  readonly images: CurrentImages;
  readonly loops: () => readonly ServiceLoop[];
  /** Whether notifications of files can't be relied on. */
  readonly isWatchDegraded: () => boolean;
  readonly session: () => ClusterSession | undefined;
  /** Name of the project, once it has been read. */
  readonly project: () => string | undefined;
  readonly logs: LogKeeper;
  readonly services: () => readonly ServiceSpec[];
  /** Where what is kept of the project is, beside that of other projects. */
  readonly stateFolder: string;
  readonly signal: AbortSignal;
}

/** Starts what the daemon does from time to time without a reason: looking by content, removing old images and old logs. */
export function startRounds(options: RoundsOptions, tasks: TaskSet): void {
  const { signal } = options;
  tasks.add(repeat(lookByContent(options), () => SAFETY_LOOK_MS.degraded, signal));
  tasks.add(
    repeat(
      () => removeOldImages(options),
      () => PRUNE_IMAGES_MS,
      signal,
    ),
  );
  let forgetMs = FORGET_MS.first;
  const forget = async () => {
    forgetMs = FORGET_MS.later;
    await forgetOldLogs(options);
  };
  tasks.add(repeat(forget, () => forgetMs, signal));
}

/** Looks at every source by content when it is time, for the notifications that never came. */
function lookByContent({ loops, isWatchDegraded }: RoundsOptions): () => Promise<void> {
  let nextAt = 0;
  return async () => {
    const startedAt = instant();
    if (startedAt < nextAt && !isWatchDegraded()) return;
    await Promise.all(loops().map((loop) => loop.lookAgain()));
    const took = instant() - startedAt;
    nextAt = startedAt + Math.max(SAFETY_LOOK_MS.calm, took / SAFETY_LOOK_SHARE);
  };
}

async function removeOldImages({ log, images, ...options }: RoundsOptions): Promise<void> {
  const session = options.session();
  const project = options.project();
  if (session === undefined || session.signal.aborted || project === undefined) return;
  try {
    const pruned = await pruneImages(session, project, images.references, session.signal);
    if (pruned.length > 0) log.dispatch({ type: 'images-pruned', images: pruned });
  } catch (error) {
    // Without a cluster there is nothing to tidy up; the next round tries again.
    if (!session.signal.aborted) log.dispatch({ type: 'warning-raised', warning: toReport(error) });
  }
}

async function forgetOldLogs({ logs, services, stateFolder, project }: RoundsOptions): Promise<void> {
  if (project() === undefined) return; // its services are not known
  await logs.forget(services);
  await forgetProjects(path.dirname(stateFolder), Date.now());
}
