import { readdirSync, readFileSync } from 'node:fs';

/**
 * Whether a process runs, as far as the system tells. One that has ended and waits only for its parent to take note (a
 * zombie, which stays for ever where process 1 takes no note of what it inherits) runs no more; but while one of its
 * threads is still ending, its files and sockets are open.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const state = stat.slice(stat.lastIndexOf(')') + 2); // proc(5): it comes after the name in ( ), of the first thread
    return state.startsWith('Z') && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch {
    return false; // no /proc: the system does not tell
  }
}
