import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import { plainText } from '../../wording/plain-text.ts';
import { type Row, span } from './row.ts';
import type { Tone } from './style.ts';
import { wrapText } from './wrap-text.ts';

/**
 * An error in at most `room` rows: what happened, the end of what proves it, and what mends it. Where there is too
 * little room, the proof goes first.
 */
export function reportRows(report: ErrorReport, columns: number, room: number, tone: Tone = 'bad'): Row[] {
  const lines = (text: string, width: number) => text.split('\n').flatMap((line) => wrapText(plainText(line), width));
  const message = lines(report.message, columns).map((line, index): Row => [span(line, { tone, bold: index === 0 })]);
  const remedy = lines(report.remedy, columns - 2).map(
    (line, index): Row => [span(`${index === 0 ? '→' : ' '} ${line}`)],
  );
  const forRemedy = Math.min(remedy.length, Math.max(1, room - message.length));
  const shownMessage = message.slice(0, Math.max(0, room - forRemedy));
  const left = Math.max(0, room - shownMessage.length - forRemedy);
  const evidence = left === 0 ? [] : report.evidence.slice(-left);
  return [
    ...shownMessage,
    ...evidence.map((line): Row => [span(`  ${plainText(line)}`, { tone: 'quiet' })]),
    ...remedy.slice(0, Math.min(forRemedy, room)),
  ];
}
