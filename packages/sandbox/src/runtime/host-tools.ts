import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { ToolShell } from './tool-shell.ts';

/** Folders of the host's own tools. A person's PATH is not asked: what runs here has the node's privileges. */
const TOOL_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const TOOLS = ['sh', 'unshare', 'nsenter', 'mount', 'umount', 'pivot_root', 'mkfifo'] as const;

/** Absolute paths of the host's programs that make containers, util-linux, mkfifo and a shell, and an open one of those. */
export interface HostTools extends Readonly<Record<(typeof TOOLS)[number], string>> {
  readonly shell: ToolShell;
}

/**
 * Environment of every host tool. libmount is kept from the new mount API, in which an overlay's `lowerdir` may not be
 * longer than 255 bytes.
 */
export const TOOL_ENVIRONMENT = { PATH: TOOL_FOLDERS.join(':'), LIBMOUNT_FORCE_MOUNT2: 'always' } as const;

/** The shell is the caller's to close. @throws Error that names the first tool that is missing */
export function openHostTools(): HostTools {
  const tools = Object.fromEntries(TOOLS.map((name) => [name, findTool(name)])) as Record<
    (typeof TOOLS)[number],
    string
  >;
  return { ...tools, shell: new ToolShell(tools.sh, TOOL_ENVIRONMENT) };
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
export async function runTool(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(file, args, { env: TOOL_ENVIRONMENT, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
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
