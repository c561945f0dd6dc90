import { glob } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CONFIG_FILE } from '@devloop/shared/config/config-file';
import type { DevloopConfig, ManifestEntry, ServiceConfig } from '@devloop/shared/config/config-schema';
import type { ConfigPath, ConfigProblem } from './config-problem.ts';
import { globBase, isGlob, isSkippedFolder } from './glob-entry.ts';
import { nearestWord } from './nearest-word.ts';
import { display, KUSTOMIZATION_FILES, kindOf, namesIn } from './paths-on-disk.ts';

/** Finds files and folders that the config names and that are not there, or are not what they should be. */
export async function checkPaths(config: DevloopConfig, folder: string): Promise<ConfigProblem[]> {
  const checks: Promise<ConfigProblem | undefined>[] = (config.manifests ?? []).map((entry, index) =>
    checkManifests(folder, entry, ['manifests', index]),
  );
  for (const [index, file] of (config.compose?.files ?? []).entries()) {
    checks.push(checkComposeFile(folder, file, ['compose', index]));
  }
  for (const [name, service] of Object.entries(config.services)) {
    checks.push(checkBuild(folder, service, ['services', name, 'build']));
    for (const [index, entry] of (service.manifests ?? []).entries()) {
      checks.push(checkManifests(folder, entry, ['services', name, 'manifests', index]));
    }
    for (const hook of ['beforeBuild', 'afterReady'] as const) {
      const workdir = service.hooks[hook]?.workdir;
      if (workdir !== undefined)
        checks.push(checkFolder(folder, workdir, ['services', name, 'hooks', hook, 'workdir']));
    }
  }
  return (await Promise.all(checks)).filter((problem) => problem !== undefined);
}

async function checkComposeFile(folder: string, file: string, path: ConfigPath): Promise<ConfigProblem | undefined> {
  const at = resolve(folder, file);
  if ((await kindOf(at)) === 'file') return undefined;
  const others = (await namesIn(folder)).filter((name) => /^(docker-)?compose.*\.ya?ml$/.test(name));
  const hint =
    others.length > 0 ? `Here is ${others.join(', ')}.` : 'Correct the path: it is relative to devloop.yaml.';
  return { path, at: 'value', message: `There is no compose file ${file}.`, hint, lookedAt: at };
}

async function checkBuild(
  folder: string,
  service: ServiceConfig,
  path: ConfigPath,
): Promise<ConfigProblem | undefined> {
  const build = service.build;
  // without a context, the project room looks for one and says what it looked for
  if (build === undefined || build === false || build.context === undefined) return undefined;
  const problem = await checkFolder(folder, build.context, [...path, 'context']);
  if (problem !== undefined) return problem;
  return checkDockerfile(folder, resolve(folder, build.context), build.dockerfile, path);
}

/**
 * Whether the Dockerfile of a build is there.
 *
 * @param named as the config names it, relative to the context
 * @param path of the config's `build`
 */
export async function checkDockerfile(
  folder: string,
  context: string,
  named: string | undefined,
  path: ConfigPath,
): Promise<ConfigProblem | undefined> {
  const dockerfile = resolve(context, named ?? 'Dockerfile');
  const kind = await kindOf(dockerfile);
  if (kind === 'file') return undefined;
  const place: Pick<ConfigProblem, 'path' | 'at' | 'lookedAt'> = {
    path: named === undefined ? path : [...path, 'dockerfile'],
    at: 'value',
    lookedAt: dockerfile,
  };
  const shown = display(folder, dockerfile);
  if (kind === 'folder') {
    return { ...place, message: `${shown} is a folder, not a Dockerfile.`, hint: 'Name the file inside it.' };
  }
  const message = `There is no Dockerfile at ${shown}.`;
  if (named !== undefined && (await kindOf(resolve(folder, named))) === 'file') {
    const hint = `\`dockerfile\` is relative to the context: write \`${relative(context, resolve(folder, named))}\`.`;
    return { ...place, message, hint };
  }
  const names = await namesIn(dirname(dockerfile));
  const nearest =
    nearestWord(basename(dockerfile), names) ?? names.find((name) => /^(dockerfile|containerfile)\b/i.test(name));
  const hint =
    nearest === undefined
      ? 'Write one there, or name the folder that has it: `build: <folder>`.'
      : `Did you mean \`dockerfile: ${join(dirname(named ?? '.'), nearest)}\`?`;
  return { ...place, message, hint };
}

async function checkFolder(folder: string, entry: string, path: ConfigPath): Promise<ConfigProblem | undefined> {
  const target = resolve(folder, entry);
  const kind = await kindOf(target);
  if (kind === 'folder') return undefined;
  const place = { path, at: 'value', lookedAt: target } as const;
  if (kind === 'file') {
    const parent = display(folder, dirname(target));
    return { ...place, message: `${entry} is a file, not a folder.`, hint: `Name the folder it is in: \`${parent}\`.` };
  }
  return { ...place, message: `There is no folder ${entry}.`, hint: await suggestion(folder, target) };
}

async function checkManifests(
  folder: string,
  entry: ManifestEntry,
  path: ConfigPath,
): Promise<ConfigProblem | undefined> {
  if (typeof entry === 'string') return await checkFiles(folder, entry, path);
  const { kustomize, helm } = entry;
  if (kustomize !== undefined) {
    return await checkFolderWith(KUSTOMIZATION_FILES, folder, kustomize, [...path, 'kustomize']);
  }
  if (helm === undefined) return undefined;
  const problem = await checkFolderWith(['Chart.yaml'], folder, helm.chart, [...path, 'helm', 'chart']);
  if (problem !== undefined) return problem;
  for (const [index, file] of helm.values.entries()) {
    const target = resolve(folder, file);
    if ((await kindOf(target)) === 'file') continue;
    const hint = await suggestion(folder, target);
    const place = { path: [...path, 'helm', 'values', index], at: 'value', lookedAt: target } as const;
    return { ...place, message: `There is no file ${file}.`, hint };
  }
  return undefined;
}

/** A folder in which one of these files makes it what it is meant to be. */
async function checkFolderWith(
  files: readonly string[],
  folder: string,
  entry: string,
  path: ConfigPath,
): Promise<ConfigProblem | undefined> {
  const problem = await checkFolder(folder, entry, path);
  if (problem !== undefined) return problem;
  const target = resolve(folder, entry);
  const names = await namesIn(target);
  if (files.some((file) => names.includes(file))) return undefined;
  return {
    path,
    at: 'value',
    lookedAt: join(target, files[0] ?? ''),
    message: `There is no ${files[0]} in ${entry}.`,
    hint: `Name the folder that has it, or have ${entry} read as it is: \`manifests: [${entry}]\`.`,
  };
}

async function checkFiles(folder: string, entry: string, path: ConfigPath): Promise<ConfigProblem | undefined> {
  const place = { path, at: 'value' } as const;
  if (isGlob(entry)) {
    for await (const _ of glob(entry, { cwd: folder, exclude: isSkippedFolder })) return undefined;
    return {
      ...place,
      lookedAt: resolve(folder, globBase(entry)),
      message: `No file matches ${entry}.`,
      hint: `The glob is relative to ${CONFIG_FILE}; \`**\` stands for folders of any depth.`,
    };
  }
  const target = resolve(folder, entry);
  if ((await kindOf(target)) !== undefined) return undefined;
  return {
    ...place,
    lookedAt: target,
    message: `There is no file or folder ${entry}.`,
    hint: await suggestion(folder, target),
  };
}

async function suggestion(folder: string, target: string): Promise<string> {
  const nearest = nearestWord(basename(target), await namesIn(dirname(target)));
  return nearest === undefined
    ? `Paths are relative to ${CONFIG_FILE}.`
    : `Did you mean \`${display(folder, join(dirname(target), nearest))}\`?`;
}
