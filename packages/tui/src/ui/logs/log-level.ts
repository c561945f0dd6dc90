/** Levels by rank, from the least. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Rank of a line that says nothing about its level. */
export const NO_LEVEL = LEVELS.length;

/** Characters at the beginning of a line in which its level is looked for. */
export const LEVEL_REACH = 1000;

export function rankOf(level: LogLevel): number {
  return LEVELS.indexOf(level);
}

const WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  trace: ['trace', 'trc', 'trce', 'verbose', 'silly', 'finest'],
  debug: ['debug', 'dbg', 'dbug', 'fine'],
  info: ['info', 'inf', 'information', 'notice', 'log', 'http', 'default', 'config'],
  warn: ['warn', 'warning', 'wrn'],
  error: ['error', 'err', 'fail', 'severe', 'exception'],
  fatal: ['fatal', 'ftl', 'critical', 'crit', 'panic', 'alert', 'emerg', 'emergency', 'dpanic'],
};

const RANK_BY_WORD = new Map(LEVELS.flatMap((level, rank) => WORDS[level].map((word) => [word, rank] as const)));

/** Words that say a level where nothing but their place says that a level is meant. */
const PLAIN_WORD =
  'trace|trc|trce|debug|dbg|dbug|info|inf|notice|warn|warning|wrn|error|err|fail|severe|fatal|ftl|critical|crit|panic|alert|emerg';
const CAPITALS = PLAIN_WORD.toUpperCase();

/** `"level":"warn"`, `"severity": "ERROR"`, pino's and bunyan's `"level":40`. */
const JSON_LEVEL = /"(?:level|severity|lvl|log\.?level|levelname|@l)"\s*:\s*(?:"(\w+)"|(\d+))/i;
/** `level=warn`, `lvl="error"`. */
const PAIR = /(?:^|[\s,;])(?:level|lvl|severity|log\.?level)=["']?(\w+)/i;
/** klog, `W0101 12:00:00.000000 1 file.go:1]`, and Ruby's `W, [2026-01-01…`. */
const LETTER = /^(?:([IWEF])\d{4} \d\d:\d\d|([DIWEF]), \[)/;
/** `[warn]`, `[ERROR ]`, also behind a time stamp; `[2026-01-01T00:00:00Z WARN module]`. */
const BRACKETS = new RegExp(`^.{0,120}?\\[(?:\\d\\S* )?(${PLAIN_WORD})\\s*(?:\\]|\\s+\\S+\\])`, 'i');
/** `WARN:`, `ERROR:root:`, `2026-01-01 12:00:00.123 UTC [main] ERROR …`: first of what is neither time, number nor in brackets. */
const AFTER_HEAD = new RegExp(`^(?:(?:\\[[^\\]]*\\]|[\\d(]\\S*|UTC|GMT|[A-Z]{1,3}ST|[|-]+)\\s+){0,6}(${CAPITALS})\\b`);
/** `error: …`, `Warning: …`, `fail: Microsoft…`, `panic: …`. */
const FIRST_WORD = new RegExp(`^(${PLAIN_WORD})(?:\\[\\w+\\])?:`, 'i');
/** The beginning of what a runtime says when nobody caught it. */
const UNCAUGHT =
  /^(?:(?:Uncaught )?(?:[\w$.]*)(?:Error|Exception)\b(?: \[\w+\])?:|Traceback \(most recent|Exception in thread|npm ERR!)/;

const LETTERS: Readonly<Record<string, LogLevel>> = { D: 'debug', I: 'info', W: 'warn', E: 'error', F: 'fatal' };

/** The rank of the level that a safe text tells, or `NO_LEVEL`. */
export function detectRank(safe: string): number {
  const text = safe.length > LEVEL_REACH ? safe.slice(0, LEVEL_REACH) : safe;
  if (text.startsWith('{')) {
    const json = JSON_LEVEL.exec(text);
    if (json !== null) return json[1] === undefined ? numberRank(Number(json[2])) : wordRank(json[1]);
  }
  const letter = LETTER.exec(text);
  const level = LETTERS[letter?.[1] ?? letter?.[2] ?? ''];
  if (level !== undefined) return rankOf(level);
  const word = AFTER_HEAD.exec(text) ?? PAIR.exec(text) ?? FIRST_WORD.exec(text) ?? BRACKETS.exec(text);
  if (word?.[1] !== undefined) return wordRank(word[1]);
  return UNCAUGHT.test(text) ? rankOf('error') : NO_LEVEL;
}

function wordRank(word: string): number {
  return RANK_BY_WORD.get(word.toLowerCase()) ?? NO_LEVEL;
}

/** pino's and bunyan's scale: 10 trace to 60 fatal. */
function numberRank(value: number): number {
  return value < 10 ? NO_LEVEL : Math.min(rankOf('fatal'), Math.floor(value / 10) - 1);
}
