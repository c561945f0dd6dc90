import { join, resolve } from 'node:path';
import type { ServiceConfig } from '@devloop/shared/config/config-schema';
import type { ConfigProblem } from '../config/config-problem.ts';
import { display, kindOf } from '../config/paths-on-disk.ts';

/** Where a service's image comes from. */
export interface FoundBuild {
  /** Absolute; undefined where nothing is built. */
  readonly source: { readonly context: string; readonly dockerfile: string } | undefined;
  /** The folder that is the service's own, built or not: where its manifests are looked for by default. */
  readonly home: string | undefined;
  /** Absolute paths that decided the above, those where nothing was found included. */
  readonly probed: readonly string[];
  readonly problem: ConfigProblem | undefined;
}

/** Folders that services are commonly kept in, below the project folder; '' is the project folder. */
const PARENTS = ['', 'services', 'src', 'apps'];

/**
 * Finds a service's build context and Dockerfile: as the config says, else in the folder named as the service, in the
 * project folder or in `services/`, `src/` or `apps/`. A service that is the only one may live in the project folder.
 */
export async function findBuild(
  folder: string,
  name: string,
  config: ServiceConfig,
  isOnlyService: boolean,
): Promise<FoundBuild> {
  const { build } = config;
  const named = build ? build.dockerfile : undefined;
  if (build && build.context !== undefined) {
    const context = resolve(folder, build.context);
    const dockerfile = resolve(context, named ?? 'Dockerfile');
    return { source: { context, dockerfile }, home: context, probed: [dockerfile], problem: undefined };
  }

  const candidates = contextCandidates(folder, name, isOnlyService);
  const probed: string[] = [];
  if (build !== false) {
    for (const context of candidates) {
      const dockerfile = resolve(context, named ?? 'Dockerfile');
      probed.push(dockerfile);
      if ((await kindOf(dockerfile)) === 'file') {
        return { source: { context, dockerfile }, home: context, probed, problem: undefined };
      }
    }
  }
  const kinds = await Promise.all(candidates.map((candidate) => kindOf(candidate)));
  const home = candidates.find((candidate, index) => candidate !== folder && kinds[index] === 'folder');
  const problem = build ? await noContext(folder, name, named ?? 'Dockerfile', probed) : undefined;
  return { source: undefined, home, probed, problem };
}

function contextCandidates(folder: string, name: string, isOnlyService: boolean): string[] {
  // folder names may have what names of services cannot: service_1 for service-1
  const names = [...new Set([name, name.replaceAll('-', '_')])];
  const below = PARENTS.flatMap((parent) => names.map((one) => join(folder, parent, one)));
  return isOnlyService ? [...below, folder] : below;
}

async function noContext(
  folder: string,
  name: string,
  dockerfile: string,
  probed: readonly string[],
): Promise<ConfigProblem> {
  const looked = probed.map((path) => display(folder, path)).join(', ');
  const isInProject = (await kindOf(resolve(folder, dockerfile))) === 'file';
  return {
    path: ['services', name, 'build'],
    at: 'key',
    message: `There is no ${dockerfile} for \`${name}\`: looked for ${looked}.`,
    hint: isInProject
      ? `If ${dockerfile} in the project folder is meant, add \`context: .\` under \`build:\`.`
      : 'Name the folder that has it: `context: <folder>` under `build:`.',
  };
}

/** The problem of a service that has nothing to build and no manifests to deploy. */
export function nothingToDeploy(name: string, config: ServiceConfig, found: FoundBuild, folder: string): ConfigProblem {
  if (config.build === false) {
    return {
      path: ['services', name, 'build'],
      at: 'key',
      message: `\`${name}\` builds nothing and has no manifests.`,
      hint: 'Name what is to be deployed: `manifests: [<file or folder>]`, or remove `build: false`.',
    };
  }
  const looked = found.probed.map((path) => display(folder, path)).join(', ');
  return {
    path: ['services', name],
    at: 'key',
    message: `\`${name}\` has no Dockerfile (looked for ${looked}) and no manifests.`,
    hint: 'Name the folder to build, `build: <folder>`, or what to deploy, `manifests: [<file or folder>]`.',
  };
}
