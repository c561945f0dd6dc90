import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { unreadableFile } from '../config/yaml-source.ts';
import { dockerfileHealthcheck, dockerfilePorts } from '../project/dockerfile-stage.ts';
import {
  buildArgs,
  type ComposeFacts,
  type ConvertedService,
  convertCompose,
  type DockerfileFacts,
  type PlacedObject,
} from './convert-compose.ts';
import { readDotEnv } from './dot-env.ts';
import { InterpolationError } from './interpolate.ts';
import { type ComposeContent, type ComposeOptions, loadCompose } from './load-compose.ts';
import { type Fields, isFields, listOf, mountOf, textOf } from './short-forms.ts';
import type { MountedFiles } from './to-volumes.ts';

/** What a ConfigMap may hold, with room for its frame: etcd takes no objects of more than 1 MiB. */
const MOST_BYTES = 900_000;

export interface ReadCompose {
  readonly services: readonly ConvertedService[];
  /** What several of them mount. */
  readonly shared: readonly PlacedObject[];
  /** What stops the project. */
  readonly errors: readonly ConfigDiagnostic[];
  /** What is other than compose has it. */
  readonly warnings: readonly ConfigDiagnostic[];
  /** Absolute paths whose change can change the above. */
  readonly inputs: readonly string[];
}

/** Reads compose files and all that they name, and makes Kubernetes objects of their services. */
export async function readCompose(options: ComposeOptions & Pick<ComposeFacts, 'namedVolumes'>): Promise<ReadCompose> {
  const content = await loadCompose(options);
  if (content.diagnostics.length > 0) {
    return { services: [], shared: [], errors: content.diagnostics, warnings: [], inputs: content.inputs };
  }
  const inputs = new Set(content.inputs);
  const folder = path.dirname(options.files[0] ?? '');
  const errors: ConfigDiagnostic[] = [];
  const [dockerfiles, envFiles, files] = await Promise.all([
    readDockerfiles(content, inputs),
    readEnvFiles(content, inputs, errors),
    mountedFiles(content, folder, inputs),
  ]);
  const facts: ComposeFacts = { folder, dockerfiles, envFiles, files, namedVolumes: options.namedVolumes };
  const converted = convertCompose(content, facts);
  return {
    services: converted.services,
    shared: converted.shared,
    errors: [...errors, ...converted.errors],
    warnings: [...content.warnings, ...converted.warnings],
    inputs: [...inputs],
  };
}

async function readDockerfiles(
  { services, variables }: ComposeContent,
  inputs: Set<string>,
): Promise<Map<string, DockerfileFacts>> {
  const found = [...services].map(async ([name, { build }]): Promise<[string, DockerfileFacts]> => {
    if (!isFields(build)) return [name, { ports: [], healthcheck: undefined }];
    const dockerfile = path.resolve(textOf(build['context']) ?? '.', textOf(build['dockerfile']) ?? 'Dockerfile');
    inputs.add(dockerfile);
    const text = await readFile(dockerfile, 'utf8').catch(() => ''); // the build tells of one that is missing
    const stage = { target: textOf(build['target']), args: buildArgs(build, variables) };
    return [name, { ports: dockerfilePorts(text, stage), healthcheck: dockerfileHealthcheck(text, stage) }];
  });
  return new Map(await Promise.all(found));
}

async function readEnvFiles(
  { services, variables, place }: ComposeContent,
  inputs: Set<string>,
  errors: ConfigDiagnostic[],
): Promise<Map<string, ReadonlyMap<string, string>>> {
  const all = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, service] of services) {
    let merged = new Map<string, string>();
    for (const [index, item] of listOf(service['env_file']).entries()) {
      const { path: file, required } = item as { path: string; required?: boolean };
      inputs.add(file);
      try {
        merged = new Map([...merged, ...readDotEnv(await readFile(file, 'utf8'), variables)]);
      } catch (error) {
        if (error instanceof InterpolationError) errors.push(unreadableFile(file, error));
        else if (required !== false) {
          const hint = 'Write it, or say that it may be missing: `env_file: [{ path: ..., required: false }]`.';
          errors.push(place({ path: ['services', name, 'env_file', index], message: `${file} cannot be read.`, hint }));
        }
      }
    }
    all.set(name, merged);
  }
  return all;
}

/** What lies where services mount files of this machine, and what configs and secrets are made of. */
async function mountedFiles(
  { services, configs, secrets }: ComposeContent,
  folder: string,
  inputs: Set<string>,
): Promise<Map<string, MountedFiles>> {
  const mounted = [...services.values()].flatMap((service) => listOf(service['volumes']).map(mountOf));
  const bound = mounted.flatMap((mount) =>
    mount?.type === 'bind' && mount.source !== undefined ? [mount.source] : [],
  );
  const granted = [...Object.values(configs), ...Object.values(secrets)].flatMap((one) => fileOf(one) ?? []);
  const inside = bound.filter((file) => file.startsWith(`${folder}${path.sep}`) || file === folder);
  const found = [...new Set([...inside, ...granted])].map(async (file): Promise<[string, MountedFiles]> => {
    const files = await filesAt(file);
    inputs.add(file);
    if (files.is === 'folder') for (const name of files.files.keys()) inputs.add(path.join(file, name));
    return [file, files];
  });
  return new Map(await Promise.all(found));
}

function fileOf(definition: unknown): string | undefined {
  return isFields(definition) ? textOf((definition as Fields)['file']) : undefined;
}

async function filesAt(place: string): Promise<MountedFiles> {
  const stats = await stat(place).catch(() => undefined);
  if (stats === undefined) return { is: 'missing' };
  if (!stats.isDirectory()) {
    return stats.size > MOST_BYTES ? { is: 'large' } : { is: 'file', bytes: await readFile(place) };
  }
  const names = await readdir(place);
  const entries = await Promise.all(names.map(async (name) => ({ name, stats: await lstat(path.join(place, name)) })));
  const files = entries.filter((entry) => entry.stats.isFile());
  if (files.reduce((sum, entry) => sum + entry.stats.size, 0) > MOST_BYTES) return { is: 'large' };
  const read = await Promise.all(
    files.map(async ({ name }): Promise<[string, Uint8Array]> => [name, await readFile(path.join(place, name))]),
  );
  return { is: 'folder', files: new Map(read), hasFolders: entries.some((entry) => entry.stats.isDirectory()) };
}
