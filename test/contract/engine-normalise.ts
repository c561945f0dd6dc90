import type { EngineAnswer } from '../rig/engine-client.ts';

/** Fields that are another each time, or on each machine. */
const VOLATILE = new Set([
  'Created',
  'StartedAt',
  'FinishedAt',
  'Pid',
  'time',
  'timeNano',
  'LastTagTime',
  'Start',
  'End',
  'mtime',
  'SandboxID',
  'SandboxKey',
  'MacAddress',
  'NetworkID',
  'EndpointID',
]);

/** What can be compared of an answer: its status, and its body without what differs from run to run. */
export function comparable({ status, headers, body }: EngineAnswer, run: string): unknown {
  const stat = headers['x-docker-container-path-stat'];
  return {
    status,
    ...(typeof stat === 'string' && { stat: normalise(JSON.parse(Buffer.from(stat, 'base64').toString()), run) }),
    body: isTar(body) ? 'a tar' : normalise(parsed(body.toString('utf8')), run),
  };
}

/** JSON, several JSON texts after each other, or the text itself. Texts of a build's output are joined. */
function parsed(text: string): unknown {
  const lines = text.trim().split(/\r?\n/);
  try {
    const read = lines.map((line) => JSON.parse(line));
    return read.length === 1 && !('stream' in (read[0] ?? {})) ? read[0] : joined(read);
  } catch {
    return text;
  }
}

/** The classic builder names the container that a step runs in; the sandbox has none that could be named. */
const OF_CONTAINERS = /^(?: ---> Running in |Removing intermediate container )/;

/** Builders cut their output as it comes: what counts are its lines. */
function joined(messages: readonly Record<string, unknown>[]): unknown {
  const output = messages.map(({ stream }) => (typeof stream === 'string' ? stream : '')).join('');
  const others = messages.filter(({ stream }) => typeof stream !== 'string');
  return { ...(output !== '' && { output: output.split('\n').filter((line) => !OF_CONTAINERS.test(line)) }), others };
}

function normalise(value: unknown, run: string): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll(run, 'THIS')
      .replace(/\b[0-9a-f]{64}\b/g, 'ID')
      .replace(/\b[0-9a-f]{12}\b/g, 'ID')
      .replace(/\d+\.\d+s\b/g, 'Ns')
      .replace(/\b(?:Less than a second|About an? \w+|\d+ (?:second|minute|hour)s?)\b/g, 'AGE');
  }
  if (Array.isArray(value)) return value.map((item) => normalise(item, run));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, of]) => of !== null && !VOLATILE.has(key));
  return Object.fromEntries(kept.map(([key, of]) => [normalise(key, run), normalise(of, run)]));
}

function isTar(body: Buffer): boolean {
  return body.toString('latin1', 257, 262) === 'ustar';
}

/** Of an answer that tells of a machine: which fields there are, and of what type. */
export function shape(value: unknown, fields: readonly string[]): unknown {
  const of = value as { status: number; body: Record<string, unknown> };
  const told = fields.map((field) => {
    const found = of.body[field];
    return [field, Array.isArray(found) ? 'array' : typeof found] as const;
  });
  return { status: of.status, body: Object.fromEntries(told) };
}

/** What is at one place of an answer's body. */
export function pick(answer: unknown, place: readonly string[]): unknown {
  const { body } = answer as { body: unknown };
  return place.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], body);
}
