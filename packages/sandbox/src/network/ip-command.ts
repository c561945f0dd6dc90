import type { ToolShell } from '../runtime/tool-shell.ts';

/**
 * Carries out lines of iproute2's `ip -batch` in the network namespace of the shell.
 *
 * @throws Error with what `ip` says
 */
export async function ip(shell: ToolShell, lines: readonly string[]): Promise<void> {
  await shell.run([['ip', '-batch', '-']], `${lines.join('\n')}\n`);
}
