import { type Liveness, liveness, type Phase, type ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { Tone } from '../paint/style.ts';

/** A service's state in one mark and one word; the tone only repeats what they say. */
export interface Health {
  readonly mark: string;
  readonly word: string;
  readonly tone: Tone;
}

const MARKS: Readonly<Record<Liveness, { readonly mark: string; readonly tone: Tone }>> = {
  live: { mark: '●', tone: 'good' },
  working: { mark: '◐', tone: 'accent' },
  held: { mark: '◌', tone: 'warning' },
  failed: { mark: '✗', tone: 'bad' },
  degraded: { mark: '▲', tone: 'bad' },
  off: { mark: '○', tone: 'quiet' },
};

const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  hash: 'hashing',
  build: 'building',
  push: 'pushing',
  apply: 'applying',
  rollout: 'starting',
  hook: 'in hook',
  held: 'waiting',
};

/** In this order the header counts them: what wants attention first. */
const COUNT_ORDER = [
  'failed',
  'degraded',
  'in hook',
  'hashing',
  'building',
  'pushing',
  'applying',
  'starting',
  'working',
  'waiting',
  'paused',
  'live',
  'off',
];

export function healthOf(service: ServiceSnapshot): Health {
  const is = liveness(service);
  return { ...MARKS[is], word: wordOf(is, service) };
}

/** True for what somebody has to look at. */
export function isUnhealthy(service: ServiceSnapshot): boolean {
  const is = liveness(service);
  return is === 'failed' || is === 'degraded';
}

/** The unhealthy service after the one under the cursor, round and round. */
export function nextUnhealthy(services: readonly ServiceSnapshot[], selected: string | undefined): string | undefined {
  const from = services.findIndex(({ name }) => name === selected) + 1;
  return [...services.slice(from), ...services.slice(0, from)].find(isUnhealthy)?.name;
}

/** How many services are in which state, what wants attention first. */
export function countHealth(services: readonly ServiceSnapshot[]): (Health & { readonly count: number })[] {
  const counts = new Map<string, Health & { count: number }>();
  for (const service of services) {
    const health = healthOf(service);
    const count = (counts.get(health.word)?.count ?? 0) + 1;
    counts.set(health.word, { ...health, count });
  }
  return [...counts.values()].toSorted((a, b) => COUNT_ORDER.indexOf(a.word) - COUNT_ORDER.indexOf(b.word));
}

function wordOf(is: Liveness, { activity }: ServiceSnapshot): string {
  switch (is) {
    case 'working':
      return activity.is === 'working' ? PHASE_WORDS[activity.phase] : 'working';
    case 'held':
      return activity.is !== 'idle' && activity.hold?.reason === 'paused' ? 'paused' : 'waiting';
    default:
      return is;
  }
}
