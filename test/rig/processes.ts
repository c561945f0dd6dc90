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
  const found: FoundProcess[] = [];
  for (const entry of processFolders()) {
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0');
      if (!environment.includes(`${name}=${value}`)) continue;
      const commandLine = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (commandLine !== '') found.push({ pid: Number(entry), commandLine }); // without one it is a zombie
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
