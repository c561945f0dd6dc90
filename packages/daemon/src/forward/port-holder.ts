import { readdir, readFile, readlink } from 'node:fs/promises';
import { execa } from 'execa';

/** A process that listens on a port of this machine. */
export interface PortHolder {
  readonly pid: number;
  /** Its command line, shortened. */
  readonly command: string;
}

const MOST_COMMAND_CHARS = 80;
const LISTEN = '0A';
const LSOF_TIMEOUT_MS = 3000;

/**
 * Which process listens on a TCP port; undefined where this user may not see it, or it has ended meanwhile.
 *
 * @param signal ends asking
 */
export async function portHolder(port: number, signal: AbortSignal): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? holderFromProc(port) : holderFromLsof(port, signal);
}

async function holderFromProc(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => textOf(file)));
  const sockets = new Set(listeningInodes(tables.join('\n'), port).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const folder = `/proc/${pid}/fd`;
    const descriptors = await readdir(folder).catch(() => []); // another user's, or ended
    for (const descriptor of descriptors) {
      const target = await readlink(`${folder}/${descriptor}`).catch(() => '');
      if (sockets.has(target)) return { pid: Number(pid), command: await commandOf(pid) };
    }
  }
  return undefined;
}

/** The inodes of sockets that listen on a port, of a table as proc(5) has it under /proc/net/tcp. Pure. */
export function listeningInodes(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const isIt = state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isIt && inode !== undefined ? [inode] : [];
  });
}

async function commandOf(pid: string): Promise<string> {
  const line = (await textOf(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
  return shorten(line || (await textOf(`/proc/${pid}/comm`)).trim());
}

/** lsof answers a letter and a value a line: p for the process, c for its command. */
async function holderFromLsof(port: number, signal: AbortSignal): Promise<PortHolder | undefined> {
  const { stdout = '' } = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    cancelSignal: signal,
    timeout: LSOF_TIMEOUT_MS,
    reject: false,
  });
  return holderInLsof(stdout);
}

/** The first process that lsof's output names. Pure. */
export function holderInLsof(output: string): PortHolder | undefined {
  const value = (letter: string) =>
    output
      .split('\n')
      .find((line) => line.startsWith(letter))
      ?.slice(1);
  const pid = Number(value('p'));
  return pid > 0 ? { pid, command: shorten(value('c') ?? '') } : undefined;
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function shorten(text: string): string {
  return text.length <= MOST_COMMAND_CHARS ? text : `${text.slice(0, MOST_COMMAND_CHARS - 1)}…`;
}
