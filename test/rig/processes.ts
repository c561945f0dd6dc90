import { readdirSync, readFileSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * Processes that were started with `name=value` in their environment: all that a daemon and its hooks start, however
 * detached. Empty where there is no /proc.
 */
export function processesWithEnvironment(name: string, value: string): FoundProcess[] {
  return processes((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${name}=${value}`));
}

/** Processes whose command line has this text in it. Empty where there is no /proc. */
export function processesWithCommand(text: string): FoundProcess[] {
  return processes((_, commandLine) => commandLine.includes(text));
}

function processes(isMeant: (pid: string, commandLine: string) => boolean): FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const pid of processFolders()) {
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      // without one it is a zombie
      if (commandLine !== '' && isMeant(pid, commandLine)) found.push({ pid: Number(pid), commandLine });
    } catch {
      // it ended meanwhile, or it is somebody else's
    }
  }
  return found;
}

function processFolders(): string[] {
  try {
    return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
}
