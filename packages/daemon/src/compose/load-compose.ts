import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { unreadableFile } from '../config/yaml-source.ts';
import { type ComposeFile, type ComposeProblem, locate, parseComposeFile, says } from './compose-file.ts';
import { readDotEnv } from './dot-env.ts';
import { InterpolationError } from './interpolate.ts';
import { mergeCompose, mergeService } from './merge-files.ts';
import { type Fields, isFields, listOf, mountOf, textOf } from './short-forms.ts';

/** Names that compose looks for, the first one that is there; an `override` of it is laid over. */
export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'] as const;

export interface ComposeOptions {
  /** Absolute; relative paths in the files are relative to the folder of the first. */
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Compose files merged to one, with everything that files are looked up for still to be done. */
export interface ComposeContent {
  /** Name of the project, where the files give one. */
  readonly name: string | undefined;
  /** Those of active profiles, with absolute paths and without `extends`. */
  readonly services: ReadonlyMap<string, Fields>;
  readonly volumes: Fields;
  readonly configs: Fields;
  readonly secrets: Fields;
  readonly networks: Fields;
  /** Variables that services and env files may name. */
  readonly variables: ReadonlyMap<string, string>;
  readonly diagnostics: readonly ConfigDiagnostic[];
  readonly warnings: readonly ConfigDiagnostic[];
  /** Absolute paths of all that was read or looked for. */
  readonly inputs: readonly string[];
  /** Puts a problem at its place. */
  readonly place: (problem: ComposeProblem) => ConfigDiagnostic;
}

/** Reads compose files with all that they include, extend and name. Whatever is wrong is in the diagnostics. */
export async function loadCompose({ files, profiles, environment }: ComposeOptions): Promise<ComposeContent> {
  const reader = new Reader(environment);
  const folder = path.dirname(files[0] ?? '');
  const variables = await reader.variablesOf(folder);
  let merged: Fields = {};
  for (const file of files) merged = await reader.layOver(merged, file, folder, variables);
  const services = await reader.extended(merged);
  const wanted = new Set([...profiles, ...(variables.get('COMPOSE_PROFILES')?.split(',') ?? [])]);
  const active = [...services].filter(([, service]) => isActive(service, wanted));
  const section = (key: string): Fields => (isFields(merged[key]) ? merged[key] : {});
  return {
    name: textOf(merged['name']),
    services: new Map(active),
    volumes: section('volumes'),
    configs: section('configs'),
    secrets: section('secrets'),
    networks: section('networks'),
    variables,
    diagnostics: reader.diagnostics,
    warnings: reader.warnings,
    inputs: [...reader.inputs],
    place: (problem) => reader.place(problem),
  };
}

function isActive(service: Fields, wanted: ReadonlySet<string>): boolean {
  const own = listOf(service['profiles']).map(String);
  return own.length === 0 || wanted.has('*') || own.some((profile) => wanted.has(profile));
}

class Reader {
  readonly diagnostics: ConfigDiagnostic[] = [];
  readonly warnings: ConfigDiagnostic[] = [];
  readonly inputs = new Set<string>();
  readonly #environment: ReadonlyMap<string, string>;
  readonly #files: ComposeFile[] = [];
  readonly #including: string[] = [];

  constructor(environment: ComposeOptions['environment']) {
    const given = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
    this.#environment = new Map(given);
  }

  /** The environment over what `.env` says. */
  async variablesOf(folder: string, named?: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const files = named ?? [path.join(folder, '.env')];
    let found = new Map<string, string>();
    for (const file of files) {
      this.inputs.add(file);
      const text = await readFile(file, 'utf8').catch(() => '');
      try {
        found = new Map([...found, ...readDotEnv(text, this.#environment)]);
      } catch (error) {
        if (!(error instanceof InterpolationError)) throw error;
        this.diagnostics.push(unreadableFile(file, error));
      }
    }
    return new Map([...found, ...this.#environment]);
  }

  /** A file, with what it includes below it, laid over others. */
  async layOver(below: Fields, file: string, folder: string, variables: ReadonlyMap<string, string>): Promise<Fields> {
    const read = await this.#read(file, variables);
    if (read === undefined) return below;
    let merged = below;
    if (this.#including.includes(file)) {
      this.#tell(read, ['include'], 'This file includes itself.', 'Leave it out of `include:` of the other file.');
      return below;
    }
    this.#including.push(file);
    for (const [index, item] of listOf(read.content['include']).entries()) {
      merged = await this.#include(merged, item, read, ['include', index], folder);
    }
    this.#including.pop();
    return mergeCompose(merged, withAbsolutePaths(read.content, folder), read.marks);
  }

  /** Services with `extends` taken in. */
  async extended(content: Fields): Promise<Map<string, Fields>> {
    const services = isFields(content['services']) ? content['services'] : {};
    const found = new Map<string, Fields>();
    for (const [name, service] of Object.entries(services)) {
      found.set(name, await this.#extend(name, isFields(service) ? service : {}, services, [name]));
    }
    return found;
  }

  /** In the last file that says something there; or where the service is. */
  place(problem: ComposeProblem): ConfigDiagnostic {
    const path = problem.path;
    for (let length = path.length; length > 0; length--) {
      const file = this.#files.findLast((one) => says(one, path.slice(0, length)));
      if (file !== undefined) return locate(file, problem);
    }
    const [first] = this.#files;
    if (first === undefined) throw new Error('no compose file was read');
    return locate(first, problem);
  }

  async #include(
    below: Fields,
    item: unknown,
    by: ComposeFile,
    at: readonly (string | number)[],
    folder: string,
  ): Promise<Fields> {
    const paths = listOf(isFields(item) ? item['path'] : item).map(String);
    const [first] = paths;
    if (first === undefined) {
      this.#tell(by, at, 'This includes no file.', 'Name one: `include: [other/compose.yaml]`.');
      return below;
    }
    const own = isFields(item) ? textOf(item['project_directory']) : undefined;
    const included = path.resolve(folder, own ?? path.dirname(path.resolve(folder, first)));
    const envFiles = isFields(item) ? listOf(item['env_file']).map((file) => path.resolve(folder, String(file))) : [];
    const variables = await this.variablesOf(included, envFiles.length > 0 ? envFiles : undefined);
    let merged = below;
    for (const file of paths) merged = await this.layOver(merged, path.resolve(folder, file), included, variables);
    return merged;
  }

  async #extend(name: string, service: Fields, services: Fields, chain: readonly string[]): Promise<Fields> {
    const { extends: given, ...own } = service;
    if (given === undefined) return service;
    const at = ['services', chain.at(-1) ?? name, 'extends'];
    const base = isFields(given) ? textOf(given['service']) : textOf(given);
    const file = isFields(given) ? textOf(given['file']) : undefined;
    if (base === undefined) {
      this.#tellPlaced(at, '`extends` names no service.', 'Name one: `extends: { service: base }`.');
      return own;
    }
    if (file === undefined && chain.includes(base)) {
      this.#tellPlaced(
        at,
        `\`${name}\` extends itself, by way of ${chain.join(', ')}.`,
        'Take one of the `extends` away.',
      );
      return own;
    }
    const others = file === undefined ? services : await this.#servicesOf(file);
    const found = others[base];
    if (!isFields(found)) {
      const where = file === undefined ? 'these files' : file;
      this.#tellPlaced(at, `There is no service \`${base}\` in ${where} to extend.`, 'Correct the name.');
      return own;
    }
    const below = await this.#extend(base, found, others, file === undefined ? [...chain, base] : [base]);
    return mergeService(below, own);
  }

  async #servicesOf(file: string): Promise<Fields> {
    const folder = path.dirname(file);
    const read = await this.#read(file, await this.variablesOf(folder));
    const services = read === undefined ? undefined : withAbsolutePaths(read.content, folder)['services'];
    return isFields(services) ? services : {};
  }

  async #read(file: string, variables: ReadonlyMap<string, string>): Promise<ComposeFile | undefined> {
    this.inputs.add(file);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      this.diagnostics.push(unreadableFile(file, error));
      return undefined;
    }
    const read = parseComposeFile(file, text, variables);
    this.#files.push(read);
    this.diagnostics.push(...read.diagnostics);
    this.warnings.push(...read.warnings);
    return read;
  }

  #tell(file: ComposeFile, at: readonly (string | number)[], message: string, hint: string): void {
    this.diagnostics.push(locate(file, { path: at, message, hint }));
  }

  #tellPlaced(at: readonly string[], message: string, hint: string): void {
    this.diagnostics.push(this.place({ path: at, message, hint }));
  }
}

/** Makes the paths of a file absolute, so that files of several folders can be merged. */
function withAbsolutePaths(content: Fields, folder: string): Fields {
  const absolute = (file: unknown) => (typeof file === 'string' ? path.resolve(folder, untilde(file)) : file);
  const services = isFields(content['services']) ? content['services'] : {};
  const files = (section: unknown) =>
    isFields(section)
      ? Object.fromEntries(
          Object.entries(section).map(([name, one]) => [
            name,
            isFields(one) && 'file' in one ? { ...one, file: absolute(one['file']) } : one,
          ]),
        )
      : section;
  return {
    ...content,
    ...(isFields(content['services']) && {
      services: Object.fromEntries(
        Object.entries(services).map(([name, service]) => [
          name,
          isFields(service) ? absoluteService(service, absolute) : service,
        ]),
      ),
    }),
    ...('configs' in content && { configs: files(content['configs']) }),
    ...('secrets' in content && { secrets: files(content['secrets']) }),
  };
}

function absoluteService(service: Fields, absolute: (file: unknown) => unknown): Fields {
  const { build, env_file, volumes, extends: base } = service;
  const context = isFields(build) ? (build['context'] ?? '.') : build;
  const isRemote = /^(?:https?:|git@|git:|ssh:)|\.git(?:#|$)/.test(String(context));
  return {
    ...service,
    ...(build !== undefined && {
      build: { ...(isFields(build) && build), context: isRemote ? context : absolute(context) },
    }),
    ...(env_file !== undefined && {
      env_file: listOf(env_file).map((one) =>
        isFields(one) ? { ...one, path: absolute(one['path']) } : { path: absolute(one), required: true },
      ),
    }),
    ...(volumes !== undefined && {
      volumes: listOf(volumes).map((item) => {
        const mount = mountOf(item);
        if (mount?.type !== 'bind' || mount.source === undefined) return item;
        const { target, readOnly } = mount;
        return { type: 'bind', source: absolute(mount.source), target, read_only: readOnly };
      }),
    }),
    ...(isFields(base) && 'file' in base && { extends: { ...base, file: absolute(base['file']) } }),
  };
}

function untilde(file: string): string {
  return file.startsWith('~') ? path.join(process.env['HOME'] ?? '', file.slice(1)) : file;
}
