import path from 'node:path';
import { toDnsLabel } from '../../config/dns-label.ts';
import { flowYaml } from './flow-yaml.ts';
import { type Answers, type ImageMatch, matchImages } from './match-images.ts';
import { ofSkaffold } from './of-skaffold.ts';
import type { SkaffoldProject } from './read-skaffold.ts';
import { type FolderSurvey, type FoundDockerfile, SKAFFOLD_FILE } from './survey-folder.ts';

/** A devloop.yaml for a folder that has none. */
export interface InferredConfig {
  /** With comments at the places that could not be decided. */
  readonly text: string;
  /** What was understood and why, a sentence each. */
  readonly reasons: readonly string[];
  /** Sentences about what is there and was not understood. */
  readonly doubts: readonly string[];
  /** What is better asked, where somebody is there to answer. */
  readonly questions: readonly InferQuestion[];
}

/** Which image is built from a Dockerfile, where that is not sure. */
export interface InferQuestion {
  /** Its path, by which it is answered. */
  readonly dockerfile: string;
  /** The first is what is taken without an answer. An image, or undefined for none that the manifests name; and why. */
  readonly choices: readonly { readonly image: string | undefined; readonly label: string }[];
}

/** Folders in which manifests are found without being named, and those where services are. */
const DEFAULT_MANIFESTS = ['k8s', 'kubernetes', 'manifests', 'deploy'];
const DEFAULT_PARENTS = ['', 'services/', 'src/', 'apps/'];
/**
 * Decides what a project folder is from what lies in it.
 *
 * @param folder absolute; its name counts
 * @param answers to the questions that it had before
 * @returns undefined where there is nothing that devloop could run
 */
export function inferConfig(survey: FolderSurvey, folder: string, answers?: Answers): InferredConfig | undefined {
  const { compose, manifests, dockerfiles, skaffoldProject } = survey;
  if (skaffoldProject !== undefined) return afterSkaffold(skaffoldProject, compose);
  const doubts = doubtsAbout(survey);
  const workloads = manifests.filter(({ containers }) => containers.length > 0);
  if (compose.length > 0 && workloads.length === 0) return ofCompose(compose, doubts);
  if (dockerfiles.length === 0 && workloads.length === 0) return undefined;
  const matches = matchImages(survey, folder, answers);
  const names = serviceNames(matches, folder);
  const services = matches.map((match, index) => serviceOf(names[index] ?? 'app', match, workloads.length > 0));
  const named = namedManifests(survey, services.length === 0);
  const also =
    compose.length === 0 ? [] : [`# compose: ${listed(compose)}  # instead of the manifests: the services of these`];
  const text = [
    ...HEAD,
    ...(services.length > 0 ? ['services:', ...services.flatMap(({ lines }) => lines.map((line) => `  ${line}`))] : []),
    ...(named.length > 0 ? [`manifests: [${named.join(', ')}]${otherOverlays(survey)}`] : []),
    ...also,
    '',
  ].join('\n');
  const objects = manifests.flatMap((one) => one.objects);
  const amount = objects.length === 1 ? 'one object' : `${objects.length} objects`;
  const where = manifests.length > 3 ? `${manifests.length} manifests` : manifests.map(({ file }) => file).join(', ');
  const reasons = [
    ...services.map(({ reason }) => reason),
    ...(objects.length > 0
      ? [`Deployed: ${amount} in ${where}; workloads that nothing is built for are followed too.`]
      : []),
  ];
  const both = compose.length > 0 ? [`${compose.join(', ')} is there too; the manifests were taken.`] : [];
  return {
    text,
    reasons,
    doubts: [...both, ...services.flatMap(({ doubt }) => doubt), ...doubts],
    questions: matches.flatMap(questionOf),
  };
}

/** Sentences about what is there and is not understood, or cannot be deployed. */
export function doubtsAbout({ problems, rendered, skaffold }: FolderSurvey): string[] {
  return [
    ...problems,
    ...rendered.flatMap(({ folder, tool, outcome }) =>
      outcome.ok ? [] : [`${folder} is ${tool}'s, and left out: ${outcome.why}`],
    ),
    ...skaffold.map(
      (file) => `${file} is skaffold's, which devloop does not run: images are found by their Dockerfiles.`,
    ),
  ];
}

const HEAD = ['# What `devloop init` found here. docs/config.md has every key; devloop check checks it.'];

/** Who wrote a skaffold.yaml has said which images there are, and which of several sets of manifests is meant. */
function afterSkaffold(project: SkaffoldProject, compose: readonly string[]): InferredConfig {
  const { lines, reasons } = ofSkaffold(project, SKAFFOLD_FILE);
  const said = project.doubts.map((doubt) => `${SKAFFOLD_FILE}: ${doubt}`);
  const also = compose.length === 0 ? [] : [`${compose.join(', ')} is there too; ${SKAFFOLD_FILE} was taken.`];
  const comments = [`# Taken over from ${SKAFFOLD_FILE}, which is not read again.`];
  const text = [...HEAD, ...comments, ...lines, ''].join('\n');
  return { text, reasons, doubts: [...also, ...said], questions: [] };
}

function ofCompose(compose: readonly string[], doubts: readonly string[]): InferredConfig {
  const text = [...HEAD, `compose: ${listed(compose)}`, ''].join('\n');
  const reasons = [`The services of ${compose.join(' and ')} run on Kubernetes (docs/compose.md).`];
  return { text, reasons, doubts, questions: [] };
}

/** The folder's own name; where two have one, the names of the folders around them too. */
function serviceNames(matches: readonly ImageMatch[], projectFolder: string): string[] {
  const folders = matches.map(({ dockerfile: { folder, variant } }) => {
    const home = folder === '.' ? path.basename(projectFolder) : folder;
    return variant === undefined ? home : `${home}/${variant}`;
  });
  const short = folders.map((folder) => toDnsLabel(path.basename(folder)) || 'app');
  return short.map((name, index) =>
    short.filter((other) => other === name).length > 1 ? toDnsLabel(folders[index] ?? name) : name,
  );
}

function questionOf({ dockerfile, image, certainty, why, alternatives }: ImageMatch): InferQuestion[] {
  if (certainty === 'sure' || (image === undefined && alternatives.length === 0)) return [];
  const none = { image: undefined, label: `none of them: ${madeOf(dockerfile)}` };
  const others = alternatives.filter((other) => other !== image).map((other) => ({ image: other, label: other }));
  const choices =
    image === undefined ? [none, ...others] : [{ image, label: `${image} (${certainty}: ${why})` }, ...others, none];
  return [{ dockerfile: dockerfile.file, choices }];
}

/** What becomes of a Dockerfile whose image no manifest names. */
function madeOf({ ports }: FoundDockerfile): string {
  return ports.length > 0
    ? 'a Deployment and a Service are made from its EXPOSE'
    : 'and as it exposes no port, a Pod is made, which may run to its end';
}

interface InferredService {
  readonly lines: readonly string[];
  readonly reason: string;
  readonly doubt: readonly string[];
}

function serviceOf(name: string, match: ImageMatch, hasWorkloads: boolean): InferredService {
  const { dockerfile, image, certainty, why, alternatives } = match;
  const home = dockerfile.folder;
  const isFoundByName = DEFAULT_PARENTS.some((parent) =>
    [name, name.replaceAll('-', '_')].some((one) => `${parent}${one}` === home),
  );
  const file = path.basename(dockerfile.file);
  const isPlain = file === 'Dockerfile';
  const context = [
    ...(isFoundByName && isPlain ? [] : [`context: ${flowYaml(home)}`]),
    ...(isPlain ? [] : [`dockerfile: ${flowYaml(file)}`]),
  ];
  const others = dockerfile.alternatives.map((other) => path.basename(other));
  const unused =
    others.length === 0
      ? []
      : [
          `Of the Dockerfiles of ${name}, ${file} was taken: ${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} there too.`,
        ];
  const instead = others.length === 0 ? '' : `# or dockerfile: ${others.join(' | ')}`;
  if (image === undefined) {
    const choices = alternatives.length > 0 ? `  # or build: { image: ${alternatives.join(' | ')} }` : '';
    const own = [
      ...(isPlain
        ? context.length > 0 || instead !== ''
          ? [commented(`build: ${flowYaml(home)}`, instead)]
          : []
        : [commented(`build: { ${context.join(', ')} }`, instead)]),
      ...(hasWorkloads ? [`manifests: []${choices}`] : []),
    ];
    return {
      lines: own.length === 0 ? [`${name}:`] : [`${name}:`, ...own.map((line) => `  ${line}`)],
      reason: `${name} is built from ${dockerfile.file}; ${why}, so ${madeOf(dockerfile)}.`,
      doubt: [
        ...(alternatives.length > 0 ? [`${name} may be any of ${alternatives.join(', ')}: see its comment.`] : []),
        ...unused,
      ],
    };
  }
  const isByName = image === name || image.endsWith(`/${name}`);
  const build = [...context, ...(isByName ? [] : [`image: ${image}`])];
  const comment = [certainty === 'sure' ? '' : `# ${certainty}: ${why}`, instead].filter(Boolean).join('  ');
  const lines =
    build.length === 0
      ? [commented(`${name}:`, comment)]
      : [`${name}:`, `  ${commented(`build: { ${build.join(', ')} }`, comment)}`];
  return {
    lines,
    reason: `${name} is built from ${dockerfile.file} as ${image} (${certainty}: ${why}).`,
    doubt: [...(certainty === 'guess' ? [`${name} as ${image} is a guess: ${why}.`] : []), ...unused],
  };
}

function commented(line: string, comment: string): string {
  return comment === '' ? line : `${line}  ${comment}`;
}

/** What has to be named of files, folders, kustomizations and charts; nothing where all is found without. */
function namedManifests({ manifests, rendered }: FolderSurvey, isAll: boolean): string[] {
  const made = rendered.filter(({ outcome }) => outcome.ok);
  const files = manifests.map(({ file }) => file).filter((file) => !made.some(({ folder }) => folder === file));
  const topOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? file) : file);
  // A folder would bring in what others are rendered from.
  const tops = files.map((file) => (made.some(({ folder }) => topOf(folder) === topOf(file)) ? file : topOf(file)));
  const isFound = (place: string) => DEFAULT_MANIFESTS.includes(place);
  const all = [
    ...new Set([...tops.map(flowYaml), ...made.map(({ folder, entry }) => (isFound(folder) ? folder : entry))]),
  ];
  return all.every(isFound) && !isAll ? [] : all; // a config has to say something
}

/** As a comment behind the one that was taken. */
function otherOverlays({ rendered }: FolderSurvey): string {
  const others = rendered.flatMap(({ outcome, alternatives }) => (outcome.ok ? alternatives : []));
  return others.length === 0 ? '' : `  # or { kustomize: ${others.join(' | ')} }`;
}

function listed(items: readonly string[]): string {
  return items.length === 1 ? (items[0] ?? '') : `[${items.join(', ')}]`;
}
