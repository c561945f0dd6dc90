import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { CONFIG_FILE } from '@devloop/shared/config/config-file';
import { ConfigSchema, type DevloopConfig } from '@devloop/shared/config/config-schema';
import type { z } from '@devloop/shared/zod';
import { type Document, parseDocument } from 'yaml';
import { checkConfig, misspeltDependencies } from './check-config.ts';
import { checkPaths } from './check-paths.ts';
import type { ConfigProblem } from './config-problem.ts';
import { explainIssue, noServices } from './explain-issue.ts';
import { locate } from './locate-issue.ts';
import { nearestWord } from './nearest-word.ts';
import { byPosition, diagnosticAt, isSyntaxError, unreadableFile, yamlDiagnostics, yamlSource } from './yaml-source.ts';

export type ConfigOutcome =
  | {
      readonly ok: true;
      readonly config: DevloopConfig;
      /** Gives a problem that is found later its place in the file. */
      readonly place: (problem: ConfigProblem) => ConfigDiagnostic;
    }
  | {
      readonly ok: false;
      /** Sorted by position; never empty. */
      readonly diagnostics: readonly ConfigDiagnostic[];
      /** Absolute paths at which something that the file names should have been. */
      readonly lookedAt: readonly string[];
    };

/**
 * Reads and checks a `devloop.yaml`: YAML, schema, dependencies, ports, and the paths it names. All problems are
 * returned at once. That the file is not there, or cannot be read, is a problem too.
 *
 * @param file absolute path
 */
export async function readConfig(file: string): Promise<ConfigOutcome> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return refused([unreadableFile(file, error)]);
    return refused([{ ...emptyFile(file, ''), message: `There is no ${CONFIG_FILE}.` }]);
  }
  const { source, document, syntaxErrors, duplicates } = parse(file, text);
  if (syntaxErrors.length > 0) return refused([...syntaxErrors, ...duplicates].sort(byPosition));
  if (document.contents === null) return refused([emptyFile(file, text)]);

  const raw: unknown = document.toJS({ maxAliasCount: -1 });
  const place = (problem: ConfigProblem) => diagnosticAt(source, locate(document, problem.path, problem.at), problem);
  const parsed = ConfigSchema.safeParse(raw);
  const schemaProblems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => explainIssue(issue, raw));
  const config = parsed.success ? parsed.data : parseSoundParts(raw, parsed.error.issues);
  const furtherProblems = config === undefined ? [] : await checkMeaning(config, raw, dirname(file));
  // which workloads there are besides is only known with a sound file; what looks misspelt is told with the rest
  const isSound = schemaProblems.length + furtherProblems.length === 0;
  if (config !== undefined && !isSound) furtherProblems.push(...misspeltDependencies(config, namesOf(raw)));

  const diagnostics = [...duplicates, ...[...schemaProblems, ...furtherProblems].map(place)].sort(byPosition);
  const lookedAt = furtherProblems.flatMap((problem) => problem.lookedAt ?? []);
  return diagnostics.length > 0 || !parsed.success
    ? refused(diagnostics, lookedAt)
    : { ok: true, config: parsed.data, place };
}

function refused(diagnostics: readonly ConfigDiagnostic[], lookedAt: readonly string[] = []): ConfigOutcome {
  return { ok: false, diagnostics, lookedAt };
}

function parse(file: string, text: string) {
  const document = parseDocument(text, { prettyErrors: false });
  const source = yamlSource(file, text);
  const all = yamlDiagnostics(source, document);
  const isHard = document.errors.some(isSyntaxError) || all.length > document.errors.length;
  return { source, document: document as Document, syntaxErrors: isHard ? all : [], duplicates: isHard ? [] : all };
}

function emptyFile(file: string, text: string): ConfigDiagnostic {
  const [source = ''] = text.split(/\r?\n/, 1);
  return {
    file,
    line: 1,
    column: 1,
    length: Math.max(1, source.length),
    source,
    message: 'The file is empty.',
    hint: `These two lines are enough for a service whose folder is web/: \`services:\` and, indented below it, \`web:\`.`,
  };
}

function namesOf(raw: unknown): string[] {
  return Object.keys((raw as { services?: object } | null)?.services ?? {});
}

async function checkMeaning(config: DevloopConfig, raw: unknown, folder: string): Promise<ConfigProblem[]> {
  const services = (raw as { services?: unknown }).services;
  // what compose files bring in is not known here: the project room checks dependencies and ports then
  if (config.compose !== undefined) return await checkPaths(config, folder);
  if (services === undefined && config.manifests !== undefined) return await checkPaths(config, folder);
  if (services === undefined) return isMisspelt(raw) ? [] : [missingServices()];
  const isMapping = typeof services === 'object' && services !== null;
  if (!isMapping) return []; // the schema has said so
  if (Object.keys(services).length === 0) return [noServices()];
  return [...checkConfig(config), ...(await checkPaths(config, folder))];
}

function isMisspelt(raw: unknown): boolean {
  return Object.keys(raw as object).some((key) => nearestWord(key, ['services']) !== undefined);
}

function missingServices(): ConfigProblem {
  return {
    ...noServices(),
    message: '`services` is missing.',
    hint: 'Write `services:` and below it, indented, `web:`.',
  };
}

/** The config without the values that have issues, so that the rest can be checked in the same go. */
function parseSoundParts(raw: unknown, issues: readonly z.core.$ZodIssue[]): DevloopConfig | undefined {
  const copy: unknown = structuredClone(raw);
  for (const issue of issues) {
    const steps = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    const index = steps.findIndex((step) => typeof step === 'number');
    // a list goes as a whole: without one item, the others would answer to other indexes
    const path = index === -1 ? steps : steps.slice(0, index);
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(copy, [...path, key]);
    else remove(copy, path);
  }
  return ConfigSchema.safeParse(copy).data;
}

function remove(root: unknown, path: readonly (string | number)[]): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>(
      (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
      root,
    );
  const last = path.at(-1);
  if (last !== undefined && typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last);
}
