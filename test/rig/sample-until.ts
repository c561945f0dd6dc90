import { setTimeout as delay } from 'node:timers/promises';

/** Often enough to see what lasts for a moment, and seldom enough to leave the processors to what is looked at. */
const EVERY_MS = 20;

/** Looks again and again at what nobody announces. Unlike with `poll`, nothing that goes wrong meanwhile is passed over. */
export async function sampleUntil(isOver: () => boolean, take: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    await take();
    await delay(EVERY_MS);
  }
}
