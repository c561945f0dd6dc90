import { DEVLOOP, type DevloopRig } from './devloop-rig.ts';
import { openTerminal, type TerminalOptions, type TestTerminal } from './terminal.ts';

/** What a cluster brings about shows within this time also where others use the machine. */
const SHOW_WITHIN_MS = 90_000;

/** The full-screen interface on a rig's project, as a user opens it in the project's folder. */
export function openScreen(rig: DevloopRig, options: TerminalOptions = {}): TestTerminal {
  return openTerminal([process.execPath, DEVLOOP], ofUser(rig, options));
}

/** The same below a shell, which says afterwards how it ended and how the line discipline was left. */
export function openScreenBelowShell(rig: DevloopRig, options: TerminalOptions = {}): TestTerminal {
  const script = `"${process.execPath}" "${DEVLOOP}"; echo "ended $?"; stty -a`;
  return openTerminal(['sh', '-c', script], ofUser(rig, options));
}

function ofUser(rig: DevloopRig, options: TerminalOptions): TerminalOptions {
  return { columns: 120, rows: 40, cwd: rig.folder, env: rig.env, showWithinMs: SHOW_WITHIN_MS, ...options };
}
