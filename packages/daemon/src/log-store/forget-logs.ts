import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { storedServices } from './read-stored.ts';
import { listSegments } from './segment-files.ts';

/** What was kept of a service or a project that is no more is kept so long after its last line. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** In the folder of what is kept of a project: which project folder that is. */
const PROJECT_FILE = 'project';

/**
 * Removes the logs of services that the project does not have any more, 30 days after their last line. What cannot be
 * removed now is left for the next time.
 */
export async function forgetServices(
  logsFolder: string,
  isWanted: (service: string) => boolean,
  nowMs: number,
): Promise<void> {
  for (const service of await storedServices(logsFolder).catch(() => [])) {
    const folder = path.join(logsFolder, service);
    const isOld = nowMs - (await lastWritten(folder)) >= KEPT_MS;
    if (!isOld || isWanted(service)) continue; // asked last: one may have come back meanwhile
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Notes which project folder it is of which something is kept in a folder. */
export async function rememberProject(stateFolder: string, projectFolder: string): Promise<void> {
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    await writeFile(path.join(stateFolder, PROJECT_FILE), `${projectFolder}\n`, { mode: 0o600 });
  } catch {
    // a home that cannot be written to: nothing is kept there that could have to be removed
  }
}

/**
 * Removes all that is kept of projects whose folder is gone, 30 days after the last line of their logs.
 *
 * @param base holds what is kept of each project in a folder
 */
export async function forgetProjects(base: string, nowMs: number): Promise<void> {
  const names = await readdir(base).catch(() => []);
  for (const name of names) {
    const folder = path.join(base, name);
    if (!(await isProjectGone(folder)) || nowMs - (await lastUse(folder)) < KEPT_MS) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** False where it is not known which project it is. */
async function isProjectGone(folder: string): Promise<boolean> {
  const file = path.join(folder, PROJECT_FILE);
  const project = (await readFile(file, 'utf8').catch(() => '')).trimEnd();
  if (!path.isAbsolute(project)) return false;
  return await stat(project).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** When a daemon of a project began, or kept a line of one of its services, the last time. */
async function lastUse(folder: string): Promise<number> {
  const logs = path.join(folder, 'logs');
  const services = await storedServices(logs).catch(() => []);
  const written = await Promise.all(services.map((service) => lastWritten(path.join(logs, service))));
  return Math.max(await changedAt(path.join(folder, PROJECT_FILE)), ...written);
}

async function lastWritten(folder: string): Promise<number> {
  const segments = await listSegments(folder).catch(() => []);
  return Math.max(await changedAt(folder), ...(await Promise.all(segments.map((segment) => changedAt(segment.path)))));
}

/** Now, where that cannot be told. */
async function changedAt(file: string): Promise<number> {
  return await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
}
