import { once } from 'node:events';
import type { SuspendTerminal } from 'ink';
import type { MouseReporting } from './mouse-reporting.ts';

/** Lends the terminal, as it was before the screen opened, to other programs, and to the shell. */
export class LentTerminal {
  readonly #mouse: MouseReporting;
  readonly #suspend: SuspendTerminal;
  #isLent = false;

  constructor(suspend: SuspendTerminal, mouse: MouseReporting) {
    this.#suspend = suspend;
    this.#mouse = mouse;
  }

  /** Runs `work` on a terminal that is not ours, then paints everything anew. Does nothing where it is lent already. */
  async lend(work: () => Promise<void>): Promise<void> {
    if (this.#isLent) return;
    this.#isLent = true;
    this.#mouse.off();
    try {
      await this.#suspend(work);
    } finally {
      this.#isLent = false;
      this.#mouse.on();
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
