import type { Terminal } from '../terminal/terminal.ts';

/** What every command is given besides its own arguments. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted when the user or the system ends the command. */
  readonly signal: AbortSignal;
  /** Where the command was started. */
  readonly cwd: string;
  /** Where the project is looked for: `--folder`, or `cwd`. Absolute. */
  readonly startFolder: string;
}
