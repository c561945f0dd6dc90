import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { CONFIG_FILE } from '@devloop/shared/config/config-file';
import type { DevloopConfig, ServiceConfig } from '@devloop/shared/config/config-schema';
import type { RegistryAddress } from '../build/image-way.ts';
import { toProbes } from '../compose/to-probes.ts';
import { checkConfig, unknownDependencies } from '../config/check-config.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import { readConfig } from '../config/load-config.ts';
import { display } from '../config/paths-on-disk.ts';
import { byPosition } from '../config/yaml-source.ts';
import { generateManifests } from '../deploy/generate-manifests.ts';
import { type Assignment, assignObjects } from './assign-objects.ts';
import { composedServices } from './composed-services.ts';
import { idleResources, withCustomKinds } from './custom-kinds.ts';
import { dockerfileHealthcheck, dockerfilePorts } from './dockerfile-stage.ts';
import { type FoundBuild, findBuild, nothingToDeploy } from './find-build.ts';
import { defaultManifests, type FoundManifests, manifestKey, mergeFound, namedManifests } from './find-manifests.ts';
import { findRepeatedObjects } from './find-repeated-objects.ts';
import { orderServices } from './order-services.ts';
import type { BuildSpec, Hook, Manifest, ProjectOutcome, ServiceSpec } from './project.ts';
import { projectNameOf } from './project-name.ts';
import { type ReadManifests, readManifestFile, readRenderedManifests } from './read-manifests.ts';
import { unbuiltServices } from './unbuilt-services.ts';

const NOTHING_FOUND: FoundManifests = { files: [], looked: [] };

/** One service while the project is being understood. */
interface Candidate {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly build: FoundBuild;
  readonly found: FoundManifests;
}

/**
 * Reads a project folder: `devloop.yaml`, manifests and Dockerfiles. Whatever is wrong with any of them is in the
 * outcome, all of it at once; only failures of the disk itself are thrown.
 *
 * @param folder absolute path of the folder that holds `devloop.yaml`
 * @param signal ends the programs that render manifests
 * @throws the signal's reason when it is aborted
 */
export async function loadProject(folder: string, signal: AbortSignal): Promise<ProjectOutcome> {
  const file = join(folder, CONFIG_FILE);
  const outcome = await readConfig(file);
  if (!outcome.ok) return { ok: false, diagnostics: outcome.diagnostics, inputs: [file, ...outcome.lookedAt] };
  const { place } = outcome;
  const composed = await composedServices(folder, outcome.config);
  const { config } = composed;

  const candidates = await findCandidates(folder, config);
  const projectFound = config.manifests
    ? await namedManifests(folder, config.manifests, config.cluster.namespace)
    : await defaultManifests(folder);
  const all = [...candidates.map(({ found }) => found), projectFound];
  const read = withCustomKinds(await readAll(all, signal), config.resources);
  const inputs = [
    ...new Set([
      file,
      ...all.flatMap(({ files, looked }) => [...looked, ...files.map((found) => found.file)]),
      ...candidates.flatMap(({ build }) => build.probed),
      ...composed.inputs,
    ]),
  ];

  const manifestsOf = ({ files }: FoundManifests) =>
    files.flatMap((found) => read.get(manifestKey(found))?.manifests ?? []);
  // a file that a service names too is the service's
  const owned = new Set(candidates.flatMap(({ found }) => manifestsOf(found)));
  const assigned = assignObjects(
    candidates.map((candidate) => ({
      name: candidate.name,
      build: candidate.build.source && {
        image: (candidate.config.build || undefined)?.image,
        from: JSON.stringify(toBuildSpec(candidate.build.source, candidate.config, '')),
      },
      own: [...(composed.manifests.get(candidate.name) ?? []), ...manifestsOf(candidate.found)],
      wantsGenerated: candidate.config.manifests?.length === 0,
    })),
    [...composed.shared, ...manifestsOf(projectFound).filter((manifest) => !owned.has(manifest))],
  );
  const unreadable = [...read.values()].flatMap(({ diagnostics }) => diagnostics);
  const unbuilt = unbuiltServices(assigned.rest, Object.keys(config.services));
  const names = [...Object.keys(config.services), ...unbuilt.services.map(({ name }) => name)];
  const problems = findProblems(folder, candidates, assigned.services);
  const diagnostics = [
    ...composed.errors,
    ...unreadable,
    ...findRepeatedObjects([...read.values()], folder),
    ...problems.map(place),
    ...(config.compose === undefined ? [] : checkConfig(config).map(place)),
    // with a file that cannot be read, an image or a workload that no manifest names may well be named there
    ...(unreadable.length === 0
      ? [
          ...assigned.problems,
          ...unknownDependencies(config, names),
          ...idleResources(config.resources, [...read.values()]),
        ].map(place)
      : []),
  ].sort(byPosition);
  if (diagnostics.length > 0) return { ok: false, diagnostics: configFirst(diagnostics, file), inputs };

  const services = await Promise.all(
    candidates.map((candidate, index) => toServiceSpec(folder, candidate, assigned.services[index])),
  );
  return {
    ok: true,
    project: {
      name: config.project ?? projectNameOf(basename(folder)),
      folder,
      context: config.cluster.context,
      namespace: config.cluster.namespace,
      registry: config.registry && toRegistry(config.registry),
      logMegabytes: config.logs.megabytes,
      services: orderServices([...services, ...unbuilt.services]),
      manifests: unbuilt.rest,
      choosePorts: config.choosePorts,
      forwards: config.forwards,
      inputs,
    },
    warnings: composed.warnings,
  };
}

function toRegistry({ push, pull = push }: NonNullable<DevloopConfig['registry']>): RegistryAddress {
  return { push, pull, because: CONFIG_FILE };
}

async function findCandidates(folder: string, config: DevloopConfig): Promise<Candidate[]> {
  const services = Object.entries(config.services);
  return Promise.all(
    services.map(async ([name, service]): Promise<Candidate> => {
      const build = await findBuild(folder, name, service, services.length === 1);
      if (service.manifests !== undefined) {
        return {
          name,
          config: service,
          build,
          found: await namedManifests(folder, service.manifests, config.cluster.namespace),
        };
      }
      // what lies in the project folder is the project's, unless there is one service only and it lives there too
      const isShared = build.home === folder && (services.length > 1 || config.manifests !== undefined);
      const found = build.home === undefined || isShared ? NOTHING_FOUND : await defaultManifests(build.home);
      return { name, config: service, build, found };
    }),
  );
}

/** Reads or renders each once, however many places name it. */
async function readAll(
  found: readonly FoundManifests[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadManifests>> {
  const files = mergeFound(found).files;
  return new Map(
    await Promise.all(
      files.map(async (one): Promise<[string, ReadManifests]> => {
        const { file, rendered } = one;
        const read = rendered ? readRenderedManifests(file, rendered, signal) : readManifestFile(one);
        return [manifestKey(one), await read];
      }),
    ),
  );
}

function findProblems(
  folder: string,
  candidates: readonly Candidate[],
  assignments: readonly Assignment[],
): ConfigProblem[] {
  return candidates.flatMap(({ name, config, build, found }, index): ConfigProblem[] => {
    if (build.problem !== undefined) return [build.problem];
    if (build.source !== undefined || assignments[index]?.manifests.length !== 0) return [];
    const isNamed = (config.manifests?.length ?? 0) > 0;
    return [isNamed ? noObjects(name, found, folder) : nothingToDeploy(name, config, build, folder)];
  });
}

function noObjects(name: string, found: FoundManifests, folder: string): ConfigProblem {
  const looked = [...found.files.map(({ file }) => file), ...found.looked].map((path) => display(folder, path));
  return {
    path: ['services', name, 'manifests'],
    at: 'value',
    message: `The manifests of \`${name}\` hold no object: looked in ${looked.join(', ')}.`,
    hint: 'Manifests are files that end in .yaml, .yml or .json.',
  };
}

/** The config's own problems first: they may be why a manifest looks wrong. */
function configFirst(diagnostics: readonly ConfigDiagnostic[], file: string): ConfigDiagnostic[] {
  return diagnostics.toSorted((a, b) => Number(b.file === file) - Number(a.file === file));
}

async function toServiceSpec(
  folder: string,
  { name, config, build }: Candidate,
  assignment: Assignment | undefined,
): Promise<ServiceSpec> {
  const image = assignment?.image ?? name;
  const spec = build.source && toBuildSpec(build.source, config, image);
  const generated = assignment?.generate === true && spec !== undefined;
  return {
    name,
    build: spec,
    manifests: [...(assignment?.manifests ?? []), ...(generated ? await generate(name, spec, config) : [])],
    generated,
    dependsOn: config.dependsOn,
    rollout: config.rollout,
    killAfterMs: config.killAfterMs,
    readyTimeoutMs: config.readyTimeoutSeconds * 1000,
    beforeBuild: toHook(folder, config.hooks.beforeBuild),
    afterReady: toHook(folder, config.hooks.afterReady),
    ports: config.ports,
    env: config.env,
  };
}

function toBuildSpec(source: NonNullable<FoundBuild['source']>, config: ServiceConfig, image: string): BuildSpec {
  const build = config.build || undefined;
  return { ...source, target: build?.target, args: build?.args ?? {}, image };
}

async function generate(name: string, build: BuildSpec, config: ServiceConfig): Promise<Manifest[]> {
  // one that has just been taken away is the build's to report
  const dockerfile = await readFile(build.dockerfile, 'utf8').catch(() => '');
  const { image, target, args } = build;
  const exposedPorts = dockerfilePorts(dockerfile, { target, args });
  const probes = toProbes(dockerfileHealthcheck(dockerfile, { target, args }));
  const objects = generateManifests({ name, image, exposedPorts, env: config.env, probes });
  return objects.map((object) => ({ object, file: undefined, line: 1 }));
}

function toHook(folder: string, hook: ServiceConfig['hooks']['beforeBuild']): Hook | undefined {
  if (hook === undefined) return undefined;
  return {
    command: hook.command,
    workdir: resolve(folder, hook.workdir),
    outputs: hook.outputs.map((output) => resolve(folder, output)),
  };
}
