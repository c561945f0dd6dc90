import type { PassRecord } from '@devloop/shared/protocol/service-detail';
import type { PassTimes, RolloutKind } from '@devloop/shared/protocol/service-state';
import { plainText } from './plain-text.ts';

/** Parts shorter than this are left out: they explain nothing. */
const SHOWN_FROM_MS = 10;

/** From the first file event until the new content served. */
export function passDuration(times: PassTimes): number {
  return (times.readyAt ?? times.endedAt) - times.noticedAt;
}

/** A part of a pass and how long it took. */
export interface PassPart {
  readonly name: 'detect' | 'hash' | 'context' | 'build' | 'push' | 'settle' | 'apply' | 'pull' | 'start' | 'ready';
  readonly ms: number;
}

/** The parts of a pass in their order; one that it did not need belongs to the next. */
export function passPhases(times: PassTimes): PassPart[] {
  const ends: readonly [PassPart['name'], number | undefined][] = [
    ['detect', times.startedAt],
    ['hash', times.hashedAt],
    ['context', times.contextAt],
    ['build', times.builtAt],
    ['push', times.pushedAt],
    ['settle', times.settledAt],
    ['apply', times.appliedAt],
    ['pull', times.pulledAt],
    ['start', times.containerStartedAt],
    ['ready', times.readyAt],
  ];
  const parts: PassPart[] = [];
  let before = times.noticedAt;
  for (const [name, end] of ends) {
    if (end === undefined || end < before) continue;
    parts.push({ name, ms: end - before });
    before = end;
  }
  return parts;
}

/** Where the time of a pass went: `build 0.18, apply 0.03, start 0.21, ready 0.06 · swap`, in seconds. */
export function passParts(times: PassTimes, kind: RolloutKind): string {
  const parts = passPhases(times)
    .filter(({ ms }) => ms >= SHOWN_FROM_MS)
    .map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(2)}`);
  const how = kind === 'none' ? 'nothing to roll out' : kind;
  return parts.length === 0 ? how : `${parts.join(', ')} · ${how}`;
}

/** What began a pass, and why it failed or where its time went in numbers. */
export function passStory(pass: PassRecord): string {
  const [first = '', ...more] = pass.paths;
  const what = first === '' ? (pass.cause ?? '') : `${plainText(first)}${more.length > 0 ? ` +${more.length}` : ''}`;
  if (pass.failure !== undefined) return `${what}  ${plainText(pass.failure.message.split('\n')[0] ?? '')}`.trim();
  return `${what}  ${passParts(pass.times, pass.kind)}`.trim();
}
