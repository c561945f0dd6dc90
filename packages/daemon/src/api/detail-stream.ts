import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { DetailMessage } from '@devloop/shared/protocol/stream-message';
import type { Bell } from '../support/bell.ts';
import { followChanges } from '../support/follow-changes.ts';
import type { MessageLines } from './message-lines.ts';

/** Changes that come this close together come as one message. */
const TOGETHER_MS = 250;

export interface DetailSource {
  readonly changed: Bell;
  /** Undefined when there is no such service any more. */
  detail(service: string): ServiceDetail | undefined;
}

/** Sends a client all that is known of a service, and again whenever it changes, until the service is removed. */
export async function streamDetail(
  service: string,
  source: DetailSource,
  lines: MessageLines<DetailMessage>,
  signal: AbortSignal,
): Promise<void> {
  let told = '';
  const look = () => {
    const detail = source.detail(service);
    if (detail === undefined) return false;
    const text = JSON.stringify(detail);
    if (text !== told) lines.send({ type: 'detail', detail });
    told = text;
    return true;
  };
  const drained = (until: AbortSignal) => lines.drained(until);
  await followChanges(source.changed, look, { drained, togetherMs: TOGETHER_MS, signal });
}
