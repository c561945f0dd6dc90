import type { ExposedPort } from '../deploy/generate-manifests.ts';

interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  readonly rest: string;
}

interface Stage {
  readonly base: Stage | undefined;
  readonly name: string | undefined;
  readonly instructions: Instruction[];
}

/** What a stage declares, its bases' declarations included. */
interface StageScope {
  /** ENV, which wins over ARG of the same name. */
  readonly env: Map<string, string>;
  readonly args: Map<string, string>;
  readonly ports: ExposedPort[];
  /** What follows HEALTHCHECK; the last one counts. */
  readonly healthcheck: string | undefined;
  /** SHELL, which runs what is not in the JSON form. */
  readonly shell: readonly string[];
}

/** Of a Dockerfile, which stage is built and with which arguments. */
interface BuiltStage {
  /** Name or index of the stage; by default, and if there is none of that name, the last one. */
  readonly target?: string | undefined;
  /** Build arguments, which win over defaults of ARG. */
  readonly args?: Readonly<Record<string, string>>;
}

/**
 * The ports that EXPOSE declares in the stage that is built and in the stages it derives from by FROM. Variables of
 * ARG and ENV are replaced as the Dockerfile reference says. Ports that external base images expose are not known.
 */
export function dockerfilePorts(dockerfile: string, built: BuiltStage = {}): ExposedPort[] {
  const ports = builtScope(dockerfile, built)?.ports ?? [];
  return ports.filter(
    (one, index) => ports.findIndex((other) => other.port === one.port && other.protocol === one.protocol) === index,
  );
}

/**
 * The HEALTHCHECK of the stage that is built, or of those it derives from, in the form in which a compose file has one.
 * Undefined: there is none, or it is turned off. One of an external base image is not known.
 */
export function dockerfileHealthcheck(
  dockerfile: string,
  built: BuiltStage = {},
): Readonly<Record<string, string | readonly string[]>> | undefined {
  const { healthcheck = '', shell = [] } = builtScope(dockerfile, built) ?? {};
  const [, options = '', command] = /^((?:--\S+\s+)*)CMD\s+(.+)$/is.exec(healthcheck) ?? [];
  if (command === undefined) return undefined;
  const pairs = [...options.matchAll(/--([a-z-]+)=(\S+)/g)];
  return {
    ...Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.replaceAll('-', '_'), value])),
    test: ['CMD', ...(jsonWords(command) ?? [...shell, command])],
  };
}

/** The words of the JSON form; undefined for everything else, which is for a shell, as Docker has it. */
function jsonWords(text: string): string[] | undefined {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

function builtScope(dockerfile: string, { target: given, args: buildArgs = {} }: BuiltStage): StageScope | undefined {
  const globals = new Map<string, string>();
  const stages: Stage[] = [];
  for (const instruction of parseInstructions(dockerfile)) {
    if (instruction.keyword === 'FROM') stages.push(openStage(instruction.rest, stages, globals));
    else if (stages.length > 0) stages.at(-1)?.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') declareArgs(instruction.rest, globals, globals, buildArgs);
  }
  const target = given?.toLowerCase();
  const stage =
    stages.find(({ name }, index) => target !== undefined && (name === target || String(index) === target)) ??
    stages.at(-1);
  return stage === undefined ? undefined : evaluate(stage, globals, buildArgs);
}

function openStage(rest: string, stages: readonly Stage[], globals: ReadonlyMap<string, string>): Stage {
  const words = substitute(rest, (name) => globals.get(name))
    .split(/\s+/)
    .filter((word) => word !== '' && !word.startsWith('--'));
  const base = words[0]?.toLowerCase();
  const name = words[1]?.toLowerCase() === 'as' ? words[2]?.toLowerCase() : undefined;
  return { base: stages.findLast((stage) => stage.name !== undefined && stage.name === base), name, instructions: [] };
}

function evaluate(
  stage: Stage,
  globals: ReadonlyMap<string, string>,
  buildArgs: Readonly<Record<string, string>>,
): StageScope {
  const inherited = stage.base === undefined ? undefined : evaluate(stage.base, globals, buildArgs);
  const env = new Map(inherited?.env);
  const args = new Map(inherited?.args);
  const ports = [...(inherited?.ports ?? [])];
  let { healthcheck, shell } = inherited ?? { healthcheck: undefined, shell: ['sh', '-c'] };
  const expand = (text: string) => substitute(text, (name) => env.get(name) ?? args.get(name));
  for (const { keyword, rest } of stage.instructions) {
    if (keyword === 'ARG') declareArgs(rest, args, globals, buildArgs, expand);
    else if (keyword === 'ENV') for (const [name, value] of assignments(rest)) env.set(name, expand(value));
    else if (keyword === 'EXPOSE') ports.push(...expand(rest).split(/\s+/).flatMap(parsePorts));
    else if (keyword === 'HEALTHCHECK') healthcheck = rest;
    else if (keyword === 'SHELL') shell = jsonWords(rest) ?? shell;
  }
  return { env, args, ports, healthcheck, shell };
}

function declareArgs(
  rest: string,
  args: Map<string, string>,
  globals: ReadonlyMap<string, string>,
  buildArgs: Readonly<Record<string, string>>,
  expand: (text: string) => string = (text) => substitute(text, (name) => args.get(name)),
): void {
  for (const [, name = '', hasDefault, value = ''] of rest.matchAll(/([^\s=]+)(?:(=)("[^"]*"|'[^']*'|\S*))?/g)) {
    const declared = buildArgs[name] ?? (hasDefault === undefined ? globals.get(name) : expand(unquote(value)));
    if (declared !== undefined) args.set(name, declared);
  }
}

/** `ENV a=1 b="2 3"`, or the old form `ENV a the rest`. */
function assignments(rest: string): [name: string, value: string][] {
  const old = /^([^\s=]+)\s+([^=].*)$/s.exec(rest);
  if (old !== null) return [[old[1] ?? '', (old[2] ?? '').trim()]];
  return [...rest.matchAll(/([^\s=]+)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/gs)].map(
    ([, name = '', value = '']) => [name, unquote(value)],
  );
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

/** `8080`, `53/udp`, `8000-8003/tcp`; nothing for what is no port. */
function parsePorts(word: string): ExposedPort[] {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(unquote(word));
  if (match === null) return [];
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65535 || last < first) return [];
  const protocol = (match[3] ?? 'tcp').toUpperCase() as ExposedPort['protocol'];
  return Array.from({ length: last - first + 1 }, (_, offset) => ({ port: first + offset, protocol }));
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+instead}` and both without the colon; `\$` is a plain dollar. */
function substitute(text: string, variable: (name: string) => string | undefined): string {
  return text.replaceAll(
    /\\\$|\$(?:(\w+)|\{(\w+)(?:(:?)([-+])((?:[^{}]|\{[^{}]*\})*))?\})/g,
    (whole, plain?: string, braced?: string, colon?: string, operator?: string, word = '') => {
      if (whole === '\\$') return '$';
      const value = variable(plain ?? braced ?? '');
      const isSet = value !== undefined && !(colon === ':' && value === '');
      if (operator === '-') return isSet ? value : substitute(word, variable);
      if (operator === '+') return isSet ? substitute(word, variable) : '';
      return value ?? '';
    },
  );
}

/** Instructions with continuation lines joined; comments and the bodies of here-documents are left out. */
function parseInstructions(dockerfile: string): Instruction[] {
  const lines = dockerfile.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escapeSign = /^#\s*escape\s*=\s*`/im.test(lines.filter((line) => line.startsWith('#')).join('\n')) ? '`' : '\\';
  const instructions: Instruction[] = [];
  let pending = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (/^\s*#/.test(line) || (pending !== '' && line.trim() === '')) continue;
    const trimmed = line.trimEnd();
    if (trimmed.endsWith(escapeSign)) {
      pending += `${trimmed.slice(0, -1)} `;
      continue;
    }
    const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(pending + line) ?? [];
    pending = '';
    if (keyword === '') continue;
    instructions.push({ keyword: keyword.toUpperCase(), rest: rest.trim() });
    if (!/^(RUN|COPY|ADD)$/i.test(keyword)) continue;
    for (const [, word = ''] of rest.matchAll(/<<-?["']?(\w+)["']?/g)) {
      const end = lines.findIndex((candidate, at) => at > index && candidate.trim() === word);
      if (end !== -1) index = end;
    }
  }
  return instructions;
}
