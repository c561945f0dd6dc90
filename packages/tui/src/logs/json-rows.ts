import type { LogMessage } from '@devloop/shared/protocol/stream-message';

/** What terminals take for control characters, and JSON leaves as it is: DEL, C1, and line separators. */
const UNESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

/** A message as lines of JSON, one for each log line or gap. Safe to print: what could control a terminal is escaped. */
export function jsonRows(message: LogMessage): string[] {
  switch (message.type) {
    case 'goodbye':
    case 'caught-up':
      return [];
    case 'gap': {
      const { service, pod, container, because, isPerhapsNone, from, to } = message;
      return [json({ type: 'gap', service, pod, container, from, to, because, isPerhapsNone })];
    }
    case 'lines': {
      const { service, pod, container, restarts } = message;
      return message.lines.map(([at, text]) => json({ type: 'line', at, service, pod, container, restarts, text }));
    }
    case 'output': {
      const { service, source } = message;
      return message.lines.map(([at, text]) => json({ type: 'output', at, service, source, text }));
    }
  }
}

function json(value: unknown): string {
  const asEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(UNESCAPED, asEscape);
}
