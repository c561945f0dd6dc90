import { readFileSync } from 'node:fs';

/**
 * Whether a process runs, as far as the system tells. One that has ended and waits only for its parent to take note (a
 * zombie, which stays for ever where process 1 takes no note of what it inherits) runs no more.
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
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z'); // proc(5): the state comes after the name in ( )
  } catch {
    return false; // no /proc: the system does not tell
  }
}
