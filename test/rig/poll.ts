import { setTimeout as delay } from 'node:timers/promises';

export interface PollOptions {
  /** What is waited for, for the message of the error. */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * Asks again and again until the answer is accepted. Only for what nobody announces: an HTTP body, an object of the
 * cluster. What devloop announces is waited for with `rig.event`.
 */
export async function poll<T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean,
  { what, timeoutMs = 60_000, everyMs = 50 }: PollOptions,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last = 'nothing was answered yet';
  for (;;) {
    try {
      const answer = await ask();
      if (accept(answer)) return answer;
      last = typeof answer === 'string' ? answer : JSON.stringify(answer);
    } catch (error) {
      last = String(error);
    }
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${what}. The last answer: ${last}`);
    await delay(everyMs);
  }
}
