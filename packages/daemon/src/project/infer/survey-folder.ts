import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { COMPOSE_FILES } from '../../compose/load-compose.ts';
import { isSkippedFolder } from '../../config/glob-entry.ts';
import { containersOf, podTemplateOf } from '../../deploy/workload-images.ts';
import { dockerfilePorts } from '../dockerfile-stage.ts';
import { looksLikeManifests, parseManifests } from '../read-manifests.ts';
import { type ChosenDockerfile, chooseDockerfiles, isDockerfile } from './choose-dockerfiles.ts';
import { readSkaffold, type SkaffoldProject } from './read-skaffold.ts';
import { type FoundRendering, surveyRendered } from './survey-rendered.ts';

/** How deep a project's folders are looked into. */
const MOST_LEVELS = 4;
/** Folders that hold what was installed or built, not what was written. */
const NOT_WRITTEN = /^(?:\..+|vendor|dist|build|target|out|venv|__pycache__|coverage|bower_components)$/;
const COMPOSE_OVERRIDE = /^(?:docker-)?compose\.override\.ya?ml$/;
const MANIFEST_ENDING = /\.(?:ya?ml|json)$/;
export const SKAFFOLD_FILE = 'skaffold.yaml';

/** A Dockerfile of a project. Paths are relative to the project folder; `.` is that itself. */
export interface FoundDockerfile {
  readonly file: string;
  readonly folder: string;
  /** What it is called by where its folder has others: `worker` of `Dockerfile.worker`; undefined: the folder's own. */
  readonly variant: string | undefined;
  /** Files of its folder that could be meant instead. */
  readonly alternatives: readonly string[];
  /** TCP ports that it exposes. */
  readonly ports: readonly number[];
}

/** A container of a workload in a manifest. */
export interface FoundContainer {
  readonly workload: string;
  readonly image: string;
  readonly ports: readonly number[];
}

export interface FoundManifestFile {
  /** A file, or the folder of what is rendered. */
  readonly file: string;
  /** `Deployment web`, … */
  readonly objects: readonly string[];
  readonly containers: readonly FoundContainer[];
  /** Why the first of what is in it and cannot be deployed cannot be, with its place. */
  readonly problem: string | undefined;
}

/** What lies in a project folder that devloop can do something with. */
export interface FolderSurvey {
  readonly dockerfiles: readonly FoundDockerfile[];
  /** The compose file of the project folder, and what is laid over it. */
  readonly compose: readonly string[];
  readonly manifests: readonly FoundManifestFile[];
  /** What cannot be deployed of the manifests, a sentence for each file. */
  readonly problems: readonly string[];
  /** Kustomizations and charts; the objects of those that can be rendered are among the manifests, by their folder. */
  readonly rendered: readonly FoundRendering[];
  /** Files of skaffold, which devloop does not run. */
  readonly skaffold: readonly string[];
  /** What can be taken over of that of the project folder. */
  readonly skaffoldProject: SkaffoldProject | undefined;
}

/**
 * Looks a project folder over; changes nothing.
 *
 * @param env has the PATH on which the tools are looked for that render manifests
 */
export async function surveyFolder(folder: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<FolderSurvey> {
  const files = await filesBelow(folder, '', MOST_LEVELS);
  const charts = files.filter((file) => path.basename(file) === 'Chart.yaml').map((file) => path.dirname(file));
  const isChart = (file: string) => charts.some((chart) => chart === '.' || file.startsWith(`${chart}/`));
  const compose = COMPOSE_FILES.find((name) => files.includes(name));
  const candidates = files.filter((file) => MANIFEST_ENDING.test(file) && !isChart(file) && !isCompose(file));
  const rendered = await surveyRendered(folder, files, env, signal);
  const parts = new Set(rendered.flatMap((one) => (one.outcome.ok ? one.parts : [])));
  const read = await Promise.all(
    candidates.filter((file) => !parts.has(file)).map((file) => manifestsIn(folder, file)),
  );
  const made = rendered.flatMap(({ folder: file, outcome }) =>
    outcome.ok ? [objectsRenderedTo(file, outcome.text)] : [],
  );
  const found = [...read, ...made];
  const manifests = found.filter((one) => one.objects.length > 0);
  const images = manifests.flatMap(({ containers }) => containers.map(({ image }) => image));
  const dockerfiles = chooseDockerfiles(files.filter(isDockerfile), images, path.basename(path.resolve(folder)));
  return {
    dockerfiles: await Promise.all(dockerfiles.map((chosen) => dockerfileAt(folder, chosen))),
    compose: compose === undefined ? [] : [compose, ...files.filter((file) => COMPOSE_OVERRIDE.test(file))],
    manifests,
    problems: found.flatMap(({ problem }) => problem ?? []),
    rendered,
    skaffold: files.filter((file) => path.basename(file) === SKAFFOLD_FILE),
    skaffoldProject: files.includes(SKAFFOLD_FILE)
      ? readSkaffold(await readFile(path.join(folder, SKAFFOLD_FILE), 'utf8'))
      : undefined,
  };
}

async function filesBelow(root: string, below: string, levels: number): Promise<string[]> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry) => {
        const file = below === '' ? entry.name : `${below}/${entry.name}`;
        if (!entry.isDirectory()) return [file];
        if (levels === 1 || isSkippedFolder(file) || NOT_WRITTEN.test(entry.name)) return [];
        return await filesBelow(root, file, levels - 1);
      }),
  );
  return found.flat();
}

function isCompose(file: string): boolean {
  return /^(?:docker-)?compose(?:\..+)?\.ya?ml$/.test(path.basename(file));
}

async function dockerfileAt(root: string, chosen: ChosenDockerfile): Promise<FoundDockerfile> {
  const { file } = chosen;
  const ports = dockerfilePorts(await readFile(path.join(root, file), 'utf8'));
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port);
  return { ...chosen, folder: path.dirname(file), ports: tcp };
}

async function manifestsIn(root: string, file: string): Promise<FoundManifestFile> {
  return objectsIn(file, await readFile(path.join(root, file), 'utf8'), (line) => `${file}:${line}`);
}

function objectsRenderedTo(folder: string, text: string): FoundManifestFile {
  return objectsIn(folder, text, (line) => `Line ${line} of what ${folder} is rendered to`);
}

/** @param placeOf what a line of the text is called */
function objectsIn(file: string, text: string, placeOf: (line: number) => string): FoundManifestFile {
  const { manifests, diagnostics } = looksLikeManifests(text)
    ? parseManifests(file, text, { isNamed: false })
    : { manifests: [], diagnostics: [] };
  const objects = manifests.map(({ object }) => object);
  const [problem] = diagnostics;
  return {
    file,
    objects: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    containers: objects
      .filter((object) => podTemplateOf(object) !== undefined)
      .flatMap((object) =>
        containersOf(object).map((container) => ({
          workload: object.metadata.name,
          image: container.image ?? '',
          ports: ((container['ports'] ?? []) as { containerPort: number }[]).map(({ containerPort }) => containerPort),
        })),
      ),
    problem: problem && `${placeOf(problem.line)} cannot be deployed: ${problem.message} ${problem.hint}`,
  };
}
