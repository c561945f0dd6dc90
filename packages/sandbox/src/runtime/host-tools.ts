import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Folders of the host's own tools. A person's PATH is not asked: what runs here has the node's privileges. */
const TOOL_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const TOOLS = ['sh', 'unshare', 'nsenter', 'mount', 'umount', 'pivot_root', 'mkfifo'] as const;

/** Absolute paths of the host's programs that make containers: util-linux, mkfifo and a shell. */
export type HostTools = Readonly<Record<(typeof TOOLS)[number], string>>;

/**
 * Environment of every host tool. libmount is kept from the new mount API, in which an overlay's `lowerdir` may not be
 * longer than 255 bytes.
 */
export const TOOL_ENVIRONMENT = { PATH: TOOL_FOLDERS.join(':'), LIBMOUNT_FORCE_MOUNT2: 'always' } as const;

/** @throws Error that names the first tool that is missing */
export function findHostTools(): HostTools {
  return Object.fromEntries(TOOLS.map((name) => [name, findTool(name)])) as HostTools;
}

/** The host's program of that name, undefined where there is none. */
export function findOptionalTool(name: string): string | undefined {
  return TOOL_FOLDERS.map((folder) => path.join(folder, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a host tool to its end. @throws Error with what it wrote to stderr */
export async function runTool(file: string, args: readonly string[], input?: string): Promise<void> {
  const child = spawn(file, args, { env: TOOL_ENVIRONMENT, cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.on('error', () => undefined); // a tool that reads nothing has said so by its exit code
  child.stdin.end(input);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(file)} failed (${signal ?? code}): ${complaint.trim()}`));
    });
  });
}

function findTool(name: string): string {
  const found = findOptionalTool(name);
  if (found === undefined) {
    throw new Error(
      `The sandbox needs the program ${name}, which is in none of ${TOOL_FOLDERS.join(', ')}. Install util-linux and coreutils.`,
    );
  }
  return found;
}
