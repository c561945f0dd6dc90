import type { LogLine } from '@devloop/shared/protocol/stream-message';

/** From here on a line may be of several records, each of which the kubelet has stamped. */
const RECORD_BYTES = 16 * 1024;
/** A record may be a broken character shorter than that. */
const SHORTEST_RECORD_BYTES = RECORD_BYTES - 4;
const STAMP = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) /g;
/** A stamp inside a line that is not this soon after that at its beginning is text. */
const ONE_LINE_MS = 3_600_000;

/** The lines of a stored block as text. What is no UTF-8 is shown as U+FFFD. Pure. */
export function linesOfBlock(payload: Buffer): LogLine[] {
  const text = payload.toString('utf8').split('\n');
  if (text.at(-1) === '') text.pop();
  return text.map((line): LogLine => {
    const whole = line.length < RECORD_BYTES / 4 ? line : withoutInnerStamps(line);
    const space = whole.indexOf(' ');
    const end = whole.endsWith('\r') ? -1 : undefined;
    return space === -1 ? [whole, ''] : [whole.slice(0, space), whole.slice(space + 1, end)];
  });
}

/**
 * Container runtimes keep lines of more than 16 KiB as several records, and the kubelet stamps each of them, in the
 * midst of the line. Pure.
 */
export function withoutInnerStamps(line: string): string {
  const bytes = Buffer.from(line, 'utf8').toString('latin1');
  const first = bytes.indexOf(' ') + 1;
  const began = Date.parse(bytes.slice(0, first - 1));
  let kept = '';
  let at = 0;
  let recordAt = first;
  for (;;) {
    STAMP.lastIndex = recordAt + SHORTEST_RECORD_BYTES;
    const found = STAMP.exec(bytes);
    if (found === null) break;
    recordAt = found.index + found[0].length;
    const after = Date.parse(found[0].trimEnd()) - began;
    if (!(after >= 0 && after < ONE_LINE_MS)) continue;
    kept += bytes.slice(at, found.index);
    at = recordAt;
  }
  return at === 0 ? line : Buffer.from(kept + bytes.slice(at), 'latin1').toString('utf8');
}
