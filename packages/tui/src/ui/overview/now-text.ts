import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { activityText } from '../../plain/service-progress.ts';
import { plainText } from '../../wording/plain-text.ts';
import { type Span, span } from '../paint/row.ts';

/** What is on its way and where it is, or why not, or what is wrong: the one thing to know about a service now. */
export function nowSpan(service: ServiceSnapshot): Span {
  const { activity, seenRevision, attemptedRevision, failure, degraded, paused, rolledBackTo } = service;
  const doing = activityText(activity);
  if (doing !== undefined) {
    const revision = activity.is === 'working' ? activity.revision : seenRevision;
    const isHeld = activity.is === 'held' || (activity.is === 'working' && activity.hold !== undefined);
    return span(`#${revision} ${doing}`, { tone: isHeld ? 'warning' : 'accent' });
  }
  if (attemptedRevision < seenRevision) return span(`#${seenRevision} a change was seen`, { tone: 'accent' });
  const report = failure ?? degraded;
  if (report !== undefined) {
    const number = failure === undefined ? '' : `#${seenRevision} `;
    return span(`${number}${firstLine(report.message)}`, { tone: 'bad' });
  }
  const broken = service.forwards.find(({ status }) => status === 'failed');
  if (broken !== undefined) {
    return span(`port ${broken.local}: ${firstLine(broken.failure?.message ?? 'not forwarded')}`, { tone: 'warning' });
  }
  if (paused) return span('paused: saves wait until it is resumed', { tone: 'warning' });
  if (rolledBackTo !== undefined) return span(`rolled back to ${plainText(rolledBackTo)}`, { tone: 'warning' });
  return span('');
}

function firstLine(text: string): string {
  return plainText(text.split('\n')[0] ?? '');
}
