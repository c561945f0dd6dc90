import type { ManifestEntry } from '@devloop/shared/config/config-schema';
import { parseAllDocuments } from 'yaml';
import { type Fields, isFields, listOf, textOf } from '../../compose/short-forms.ts';
import { toDnsLabel } from '../../config/dns-label.ts';

/** An image that a skaffold.yaml has built from a Dockerfile. */
export interface SkaffoldArtifact {
  readonly image: string;
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string | undefined;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
}

/** What devloop can take over of a skaffold.yaml. */
export interface SkaffoldProject {
  readonly artifacts: readonly SkaffoldArtifact[];
  /** As devloop.yaml has them; empty: those of skaffold's own default, `k8s/*.yaml`. */
  readonly manifests: readonly ManifestEntry[];
  /** Of objects that name none; undefined where it says none, or several. */
  readonly namespace: string | undefined;
  /** What it says besides, a sentence each. */
  readonly doubts: readonly string[];
}

/** Sections of which nothing is taken over, and what is there instead. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  requires: 'other projects have a devloop.yaml of their own',
  profiles: 'what is outside of them was taken',
  test: 'tests are not run: a hook can, `hooks.afterReady`',
  verify: 'it is not run: a hook can, `hooks.afterReady`',
  customActions: 'they are not run: see `devloop run`',
  portForward: 'ports are forwarded without being named, or by `forwards:`',
};
/** The same of what is inside of sections. */
const LEFT_OUT_INSIDE: readonly (readonly [path: string, instead: string])[] = [
  ['manifests.kustomize.buildArgs', 'kustomize is called without'],
  ['deploy.kustomize.buildArgs', 'kustomize is called without'],
  ['manifests.kpt', 'devloop has no kpt'],
  ['deploy.kpt', 'devloop has no kpt'],
  ['manifests.transform', 'objects are deployed as they are rendered'],
  ['manifests.hooks', 'a hook of a service is `hooks:`'],
  ['deploy.kubeContext', 'the current context is used; another is `cluster: { context: … }`'],
  ['deploy.kubectl.flags', 'devloop calls no kubectl'],
  ['deploy.kubectl.remoteManifests', 'a manifest has to be a file of this machine'],
  ['deploy.kubectl.hooks', 'a hook of a service is `hooks:`'],
  ['deploy.helm.flags', 'charts are only rendered'],
  ['deploy.helm.hooks', 'a hook of a service is `hooks:`'],
  ['deploy.docker', 'everything is deployed to the cluster'],
  ['deploy.cloudrun', 'everything is deployed to the cluster'],
];
const LEFT_OUT_OF_ARTIFACTS: readonly (readonly [path: string, instead: string])[] = [
  ['requires', 'give the image that it builds on by `build: { args: … }`, and have it built by itself'],
  ['hooks', 'a hook of a service is `hooks: { beforeBuild: … }`'],
  ['docker.secrets', 'builds have no secrets'],
  ['docker.ssh', 'builds have no SSH agent'],
];
const LEFT_OUT_OF_RELEASES: readonly (readonly [path: string, instead: string])[] = [
  ['setFiles', 'write the content into a file of values'],
  ['useHelmSecrets', 'files of values are read as they are'],
  // mostly names of images, which are found in what is rendered
  ['setValueTemplates', 'images are put in by their names'],
  ['artifactOverrides', 'images are put in by their names'],
];
const TEMPLATE = /\{\{/;
const REMOTE = /^[a-z][a-z0-9+]*:\/\//;

/**
 * Reads a skaffold.yaml, of whatever version: where the versions differ, both places are looked at.
 *
 * @returns undefined where it is none, or says nothing that could be taken over
 */
export function readSkaffold(text: string): SkaffoldProject | undefined {
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent' });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  const [config, ...more] = documents.map((document): unknown => document.toJS()).filter(isSkaffold);
  if (config === undefined) return undefined;
  const doubts: string[] = [];
  const artifacts = listOf(at(config, 'build', 'artifacts')).flatMap((one) => artifactOf(one, doubts));
  const manifests = [
    ...filesOf(at(config, 'manifests', 'rawYaml'), doubts),
    ...filesOf(at(config, 'deploy', 'kubectl', 'manifests'), doubts),
    ...kustomizationsOf(at(config, 'manifests', 'kustomize')),
    ...kustomizationsOf(at(config, 'deploy', 'kustomize')),
    ...releasesOf(config).flatMap((release) => chartOf(release, doubts)),
  ];
  if (artifacts.length + manifests.length === 0) return undefined;
  tellLeftOut(config, LEFT_OUT_INSIDE, '', doubts);
  const namespace = namespaceOf(config, doubts);
  for (const [section, instead] of Object.entries(LEFT_OUT)) {
    if (section in config) doubts.push(`\`${section}\` is left out: ${instead}.`);
  }
  if (more.length > 0) doubts.push(`Only the first of its ${more.length + 1} configurations was taken.`);
  return { artifacts, manifests, namespace, doubts };
}

function isSkaffold(value: unknown): value is Fields {
  return isFields(value) && value['kind'] === 'Config' && (textOf(value['apiVersion']) ?? '').startsWith('skaffold/');
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inside, key) => (isFields(inside) ? inside[key] : undefined), value);
}

function tellLeftOut(
  value: unknown,
  paths: readonly (readonly [path: string, instead: string])[],
  whose: string,
  doubts: string[],
): void {
  for (const [path, instead] of paths) {
    if (at(value, ...path.split('.')) !== undefined) doubts.push(`\`${path}\`${whose} is left out: ${instead}.`);
  }
}

/** The one namespace that everything is deployed to which names none itself. */
function namespaceOf(config: Fields, doubts: string[]): string | undefined {
  const named = [
    at(config, 'deploy', 'kubectl', 'defaultNamespace'),
    ...releasesOf(config).map((release) => at(release, 'namespace')),
  ].flatMap((namespace) => textOf(namespace) ?? []);
  const distinct = [...new Set(named)];
  const [namespace] = distinct;
  if (namespace === undefined) return undefined;
  if (distinct.length === 1 && !TEMPLATE.test(namespace)) return namespace;
  doubts.push(
    `Of its namespaces (${distinct.join(', ')}) none was taken: objects that name none go to \`cluster: { namespace: … }\`.`,
  );
  return undefined;
}

function releasesOf(config: Fields): unknown[] {
  return [...listOf(at(config, 'manifests', 'helm', 'releases')), ...listOf(at(config, 'deploy', 'helm', 'releases'))];
}

function artifactOf(value: unknown, doubts: string[]): SkaffoldArtifact[] {
  const image = textOf(at(value, 'image'));
  if (image === undefined) return [];
  const builder = ['bazel', 'buildpacks', 'custom', 'jib', 'kaniko', 'ko'].find((key) => at(value, key) !== undefined);
  if (builder !== undefined) {
    doubts.push(`${image} is built by ${builder}, and left out: devloop builds from Dockerfiles.`);
    return [];
  }
  tellLeftOut(value, LEFT_OUT_OF_ARTIFACTS, ` of ${image}`, doubts);
  const args: Record<string, string> = {};
  const given = at(value, 'docker', 'buildArgs');
  for (const [name, argument] of Object.entries(isFields(given) ? given : {})) {
    const written = textOf(argument) ?? '';
    if (TEMPLATE.test(written)) doubts.push(`The build argument ${name} of ${image} is a template, and left out.`);
    else args[name] = written;
  }
  return [
    {
      image,
      context: textOf(at(value, 'context')) ?? '.',
      dockerfile: textOf(at(value, 'docker', 'dockerfile')),
      target: textOf(at(value, 'docker', 'target')),
      args,
    },
  ];
}

function filesOf(value: unknown, doubts: string[]): string[] {
  return listOf(value).flatMap((one) => {
    const file = textOf(one);
    if (file === undefined) return [];
    if (!REMOTE.test(file)) return [file];
    doubts.push(`${file} is not of this machine, and left out.`);
    return [];
  });
}

function kustomizationsOf(value: unknown): ManifestEntry[] {
  if (value === undefined) return [];
  const paths = [...listOf(at(value, 'paths')), at(value, 'path')].flatMap((folder) => textOf(folder) ?? []);
  return (paths.length === 0 ? ['.'] : paths).map((kustomize) => ({ kustomize }));
}

function chartOf(release: unknown, doubts: string[]): ManifestEntry[] {
  const name = textOf(at(release, 'name')) ?? '';
  const chart = textOf(at(release, 'chartPath'));
  if (chart === undefined) {
    doubts.push(`The release ${name} has no chart in this folder, and is left out.`);
    return [];
  }
  const files = listOf(at(release, 'valuesFiles')).flatMap((file) => textOf(file) ?? []);
  const values = files.filter((file) => !TEMPLATE.test(file));
  if (values.length < files.length) {
    doubts.push(`Of \`valuesFiles\` of the release ${name} those that are templates are left out.`);
  }
  tellLeftOut(release, LEFT_OUT_OF_RELEASES, ` of the release ${name}`, doubts);
  const set: Record<string, string | number | boolean> = {};
  const overrides = at(release, 'overrides');
  for (const [path, value] of isFields(overrides) ? singleValues(overrides) : []) {
    if (isSingle(value)) set[path] = value;
    else doubts.push(`\`overrides.${path}\` of the release ${name} is no single value, and left out.`);
  }
  const given = at(release, 'setValues');
  for (const [path, value] of Object.entries(isFields(given) ? given : {})) {
    if (isSingle(value)) set[path] = value;
    else doubts.push(`The value ${path} of the release ${name} is no single one, and left out.`);
  }
  const label = toDnsLabel(name);
  return [{ helm: { chart, values, set, ...(label === '' ? {} : { release: label }) } }];
}

function isSingle(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** What lies in nested values, by the path by which helm's `--set` names it. */
function singleValues(values: Fields, above = ''): [string, unknown][] {
  return Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const path = `${above}${key.replaceAll('.', '\\.')}`;
    return isFields(value) ? singleValues(value, `${path}.`) : [[path, value]];
  });
}
