import { readdirSync, readFileSync } from 'node:fs';

/** Nanoseconds of one clock tick: Linux' USER_HZ is 100 on every machine that Node runs on. */
const TICK_NANOSECONDS = 10_000_000;

/** Nanoseconds that a container's processes, and those of its that have ended, have spent on processors. */
export function cpuNanoseconds(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + ownTime(member), 0);
}

/** Processes of the container whose first process this is. */
export function familyOf(pid: number): number[] {
  const family: number[] = [];
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    family.push(next);
    for (const task of tasksOf(next)) {
      const children = read(`/proc/${next}/task/${task}/children`) ?? '';
      waiting.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return family;
}

/**
 * What each thread of a process does, in ps' letters: R runs or could, D waits for a disk, S for anything else. None where the
 * system does not tell.
 */
export function threadStates(pid: number): string[] {
  return tasksOf(pid).flatMap((task) => {
    const stat = read(`/proc/${pid}/task/${task}/stat`);
    return stat === undefined ? [] : [fieldsAfterName(stat)[0] ?? ''];
  });
}

/** Of a `stat` file: state, …, utime 12th, stime, cutime, cstime. The name before, in brackets, may itself hold brackets. */
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ownTime(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return 0;
  const fields = fieldsAfterName(stat);
  const ticks = (index: number) => Number(fields[index] ?? 0) * TICK_NANOSECONDS;
  const byTasks = tasksOf(pid).reduce(
    (sum, task) => sum + Number((read(`/proc/${pid}/task/${task}/schedstat`) ?? '0').split(' ')[0]),
    0,
  );
  return Math.max(byTasks, ticks(11) + ticks(12)) + ticks(13) + ticks(14);
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // it has ended
  }
}
