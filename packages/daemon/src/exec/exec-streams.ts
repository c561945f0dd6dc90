import type { TerminalSize } from '@devloop/shared/protocol/exec';

/** What of a command that runs is there for who has its input. */
export interface ExecInput {
  /** Hands input to the command; empty: there is no more. Resolves when there is room for more. */
  send(bytes: Uint8Array): Promise<void>;
  /** The terminal has another size. */
  resize(size: TerminalSize): Promise<void>;
  /** There is room for more output. */
  resume(): void;
}

/** Where a command's input comes from and its output goes to. */
export interface ExecStreams {
  /** The command runs: it takes input, and is told when there is room for more output. */
  attach(input: ExecInput): void;
  /** Takes output. Answers whether there is room for more. */
  write(stream: 'stdout' | 'stderr', bytes: Buffer): boolean;
}
