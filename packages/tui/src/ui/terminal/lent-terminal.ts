import { once } from 'node:events';
import type { SuspendTerminal } from 'ink';

/** What is written to the terminal beside the terminal library, and is not while others have it. */
export interface TerminalPart {
  on(): void;
  off(): void;
}

/** Lends the terminal, as it was before the screen opened, to other programs, and to the shell. */
export class LentTerminal {
  readonly #parts: readonly TerminalPart[];
  readonly #suspend: SuspendTerminal;
  #isLent = false;

  constructor(suspend: SuspendTerminal, parts: readonly TerminalPart[]) {
    this.#suspend = suspend;
    this.#parts = parts;
  }

  /** Runs `work` on a terminal that is not ours. Does nothing where it is lent already. */
  async lend(work: () => Promise<void>): Promise<void> {
    if (this.#isLent) return;
    this.#isLent = true;
    for (const part of this.#parts) part.off();
    try {
      await this.#suspend(work);
    } finally {
      this.#isLent = false;
      for (const part of this.#parts) part.on();
    }
  }

  /** Stops this process, as Ctrl-Z does, until the shell lets it go on. */
  async stepAside(): Promise<void> {
    await this.lend(async () => {
      const goesOn = once(process, 'SIGCONT');
      process.kill(process.pid, 'SIGSTOP');
      await goesOn;
    });
  }

  /** Takes the terminal again after somebody else has stopped this process and let it go on. */
  async takeAgain(): Promise<void> {
    await this.lend(async () => undefined);
  }
}
