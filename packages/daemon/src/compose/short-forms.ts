/** A mapping as compose files have them: JSON's values, nothing checked. */
export type Fields = { readonly [key: string]: unknown };

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A scalar as text; undefined for null and for what is none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** `KEY=value` lines and mappings alike; undefined for a name without a value. */
export function pairsOf(value: unknown): Map<string, string | undefined> {
  if (isFields(value)) return new Map(Object.entries(value).map(([name, one]) => [name, textOf(one)]));
  return new Map(
    listOf(value).map((line): [string, string | undefined] => {
      const text = textOf(line) ?? '';
      const equals = text.indexOf('=');
      return equals === -1 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

/** Splits a command as a shell splits words: quotes and backslashes, no variables, no operators. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? '';
    if (sign === '\\' && quote !== "'") {
      at += 1;
      word = (word ?? '') + (line[at] ?? '');
    } else if (quote !== '') {
      if (sign === quote) quote = '';
      else word = (word ?? '') + sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  return word === undefined ? words : [...words, word];
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of a duration such as `1m30s`; undefined where it is none. */
export function secondsOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit = 's']) => sum + Number(amount) * (UNITS[unit] ?? 1),
    0,
  );
}

/** A compose byte value (`512m`, `2gb`, a number) as Kubernetes' quantity; undefined where it is none. */
export function quantityOf(value: unknown): string | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmg])?b?$/i.exec(textOf(value) ?? '') ?? [];
  if (amount === undefined) return undefined;
  const suffix = { '': '', b: '', k: 'Ki', m: 'Mi', g: 'Gi' }[unit.toLowerCase()] ?? '';
  return `${amount}${suffix}`;
}

export interface ComposePort {
  /** Of the container. */
  readonly target: number;
  /** Of this machine; undefined: any, `ports` asks for one; `none`: `expose`, for the other services alone. */
  readonly published: number | undefined | 'none';
  readonly protocol: 'TCP' | 'UDP';
  readonly name: string | undefined;
  readonly hostIp: string | undefined;
}

/**
 * The ports of an item of `ports:`, short or long; several for a range.
 *
 * @returns undefined where it is no port
 */
export function portsOf(item: unknown): ComposePort[] | undefined {
  if (isFields(item)) {
    const targets = rangeOf(textOf(item['target']) ?? '');
    const published = textOf(item['published']);
    return pairUp(targets, published === undefined ? undefined : rangeOf(published), {
      protocol: protocolOf(textOf(item['protocol'])),
      name: textOf(item['name']),
      hostIp: textOf(item['host_ip']),
    });
  }
  const [, hostIp, , published, target = '', protocol] =
    /^(?:(\[[0-9a-fA-F:]+\]|\d+(?:\.\d+){3}):)?((\d[\d-]*)?:)?(\d[\d-]*)(?:\/(\w+))?$/.exec(textOf(item) ?? '') ?? [];
  if (target === '') return undefined;
  return pairUp(rangeOf(target), published === undefined ? undefined : rangeOf(published), {
    protocol: protocolOf(protocol),
    name: undefined,
    hostIp: hostIp?.replace(/^\[|\]$/g, ''),
  });
}

function pairUp(
  targets: readonly number[] | undefined,
  published: readonly number[] | undefined,
  rest: { protocol: ComposePort['protocol'] | undefined; name: string | undefined; hostIp: string | undefined },
): ComposePort[] | undefined {
  const { protocol } = rest;
  if (targets === undefined || protocol === undefined) return undefined;
  if (published !== undefined && published.length < targets.length) return undefined;
  return targets.map((target, index) => ({ ...rest, protocol, target, published: published?.[index] }));
}

function rangeOf(text: string): number[] | undefined {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from === undefined || first < 1 || last > 65_535 || last < first) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function protocolOf(text: string | undefined): ComposePort['protocol'] | undefined {
  const name = (text ?? 'tcp').toUpperCase();
  return name === 'TCP' || name === 'UDP' ? name : undefined;
}

export interface ComposeMount {
  readonly type: 'volume' | 'bind' | 'tmpfs' | 'other';
  /** Name of a volume, or path; undefined: an anonymous volume. */
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  readonly subpath: string | undefined;
  /** Of a tmpfs. */
  readonly size: string | undefined;
}

/** An item of `volumes:`, short or long; undefined where it is none. */
export function mountOf(item: unknown): ComposeMount | undefined {
  if (isFields(item)) {
    const target = textOf(item['target']);
    const type = textOf(item['type']) ?? 'volume';
    if (target === undefined) return undefined;
    return {
      type: type === 'volume' || type === 'bind' || type === 'tmpfs' ? type : 'other',
      source: textOf(item['source']),
      target,
      readOnly: item['read_only'] === true,
      subpath: isFields(item['volume']) ? textOf(item['volume']['subpath']) : undefined,
      size: isFields(item['tmpfs']) ? quantityOf(item['tmpfs']['size']) : undefined,
    };
  }
  const parts = (textOf(item) ?? '').split(':');
  const [first = '', second, mode = ''] = parts;
  if (first === '' || parts.length > 3) return undefined;
  const source = second === undefined ? undefined : first;
  const target = second ?? first;
  const isPath = source !== undefined && /^[./~]/.test(source);
  return {
    type: isPath ? 'bind' : 'volume',
    source,
    target,
    readOnly: mode.split(',').includes('ro'),
    subpath: undefined,
    size: undefined,
  };
}
