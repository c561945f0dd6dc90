import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isAtLeast } from '../../packages/daemon/src/doctor/judge.ts';

const SHARED_MEMORY = '/dev/shm';
const TMPFS_MAGIC = 0x01021994; // statfs(2)
/** All tests together never have a tenth of it at a time. */
const ROOM_BYTES = 1024 ** 3;
/** Since then a file in memory has attributes of its user's, in which an overlay keeps what was removed (`tmpfs(5)`). */
const FIRST_LINUX = '6.6';
/** In the folder for temporary files (`module.enableCompileCache()`). */
const COMPILE_CACHE = 'node-compile-cache';

/**
 * A new private folder in memory, where files and folders by the thousand are made and removed for less than on a disk;
 * undefined where there is none that does for tests what a disk does.
 */
export async function memoryFolder(): Promise<string | undefined> {
  if (process.platform !== 'linux' || isAtLeast(release(), FIRST_LINUX) !== true) return undefined;
  const memory = await statfs(SHARED_MEMORY).catch(() => undefined);
  if (memory?.type !== TMPFS_MAGIC || memory.bavail * memory.bsize < ROOM_BYTES) return undefined;
  const folder = await mkdtemp(path.join(SHARED_MEMORY, 'devloop-'));
  if (await runsPrograms(folder)) {
    await keepCompileCache(folder);
    return folder;
  }
  await rm(folder, { recursive: true });
  return undefined;
}

/** What Node keeps among temporary files of what it has compiled is for the next time too. */
async function keepCompileCache(folder: string): Promise<void> {
  const kept = path.join(tmpdir(), COMPILE_CACHE);
  await mkdir(kept, { recursive: true });
  await symlink(kept, path.join(folder, COMPILE_CACHE));
}

/** Not where it is mounted `noexec`, as by Docker. */
async function runsPrograms(folder: string): Promise<boolean> {
  const program = path.join(folder, 'program');
  await writeFile(program, '#!/bin/sh\n', { mode: 0o700 });
  const hasRun = await promisify(execFile)(program).then(
    () => true,
    () => false,
  );
  await rm(program);
  return hasRun;
}
