import type { Terminal } from './terminal.ts';

const QUIET_MS = 1000;
const REPEAT_MS = 10_000;

/** Says on stderr what is being waited for, if it takes longer than a second, and every ten seconds from then on. */
export async function withPatience<T>(terminal: Terminal, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  let said: Promise<void> = Promise.resolve();
  const say = () => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    said = terminal.complain(terminal.errorPalette.dim(`${what} · ${seconds} s`));
  };
  let repeats: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    say();
    repeats = setInterval(say, REPEAT_MS);
  }, QUIET_MS);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    clearInterval(repeats);
    await said;
  }
}
