import { type Dockerfile, DockerfileError, type Instruction, parseError } from './dockerfile.ts';
import { expandWords } from './substitution.ts';

/** What lies between one FROM and the next. */
export interface Stage {
  readonly index: number;
  /** Undefined without AS. */
  readonly name: string | undefined;
  /** Name of an image, or of a stage before. */
  readonly base: string;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
}

export interface Plan {
  /** Those that the target needs, in order; the last one is the target. */
  readonly stages: readonly Stage[];
  /** ARGs before the first FROM, with their values. */
  readonly globals: ReadonlyMap<string, string | undefined>;
}

/**
 * Divides a Dockerfile into stages and leaves out those that the target does not need.
 *
 * @param target undefined: the last stage
 * @throws DockerfileError
 */
export function planStages(
  dockerfile: Dockerfile,
  args: Readonly<Record<string, string>>,
  target: string | undefined,
): Plan {
  const globals = new Map<string, string | undefined>();
  const stages: Stage[] = [];
  const lookup = (name: string) => globals.get(name);
  for (const instruction of dockerfile.instructions) {
    const { keyword, line, text } = instruction;
    if (keyword === 'FROM') {
      const words = expanded(line, () => expandWords(text, lookup, dockerfile.escapeCharacter));
      const [base = '', as, name] = words;
      if (base === '') throw parseError(line, `base name (${text}) should not be blank`);
      if (words.length !== 1 && !(words.length === 3 && as?.toUpperCase() === 'AS')) {
        throw parseError(line, 'FROM requires either one or three arguments');
      }
      stages.push({ index: stages.length, name: name?.toLowerCase(), base, from: instruction, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage !== undefined) (stage.instructions as Instruction[]).push(instruction);
    else if (keyword === 'ARG') declare(instruction, globals, args, dockerfile.escapeCharacter);
    else throw new DockerfileError('no build stage in current context');
  }
  if (stages.length === 0) throw new DockerfileError('no build stage in current context');
  const wanted = target === undefined || target === '' ? stages.at(-1) : stageNamed(stages, target);
  if (wanted === undefined) throw new DockerfileError(`target stage "${target}" could not be found`);
  return { stages: needed(stages, wanted), globals };
}

/** A stage by name or number, among those before a place. */
export function stageNamed(stages: readonly Stage[], name: string): Stage | undefined {
  return (
    stages.find((stage) => stage.name === name.toLowerCase()) ?? stages.find((stage) => String(stage.index) === name)
  );
}

function needed(stages: readonly Stage[], target: Stage): Stage[] {
  const found = new Set<Stage>();
  const visit = (stage: Stage) => {
    if (found.has(stage)) return;
    found.add(stage);
    const before = stages.slice(0, stage.index);
    const used = [stage.base, ...stage.instructions.map((one) => one.flags['from'])];
    for (const name of used) {
      const other = name === undefined ? undefined : stageNamed(before, name);
      if (other !== undefined) visit(other);
    }
  };
  visit(target);
  return [...found].sort((one, other) => one.index - other.index);
}

function declare(
  { text, line }: Instruction,
  globals: Map<string, string | undefined>,
  args: Readonly<Record<string, string>>,
  escapeCharacter: string,
): void {
  for (const word of expanded(line, () => expandWords(text, (name) => globals.get(name), escapeCharacter))) {
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    globals.set(name, args[name] ?? (equals === -1 ? undefined : word.slice(equals + 1)));
  }
}

function expanded(line: number, expand: () => string[]): string[] {
  try {
    return expand();
  } catch (error) {
    throw parseError(line, error instanceof Error ? error.message : String(error));
  }
}
