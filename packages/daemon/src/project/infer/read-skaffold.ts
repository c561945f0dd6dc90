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
    ...[
      ...listOf(at(config, 'manifests', 'helm', 'releases')),
      ...listOf(at(config, 'deploy', 'helm', 'releases')),
    ].flatMap((release) => chartOf(release, doubts)),
  ];
  if (artifacts.length + manifests.length === 0) return undefined;
  for (const [section, instead] of Object.entries(LEFT_OUT)) {
    if (section in config) doubts.push(`\`${section}\` is left out: ${instead}.`);
  }
  if (more.length > 0) doubts.push(`Only the first of its ${more.length + 1} configurations was taken.`);
  return { artifacts, manifests, doubts };
}

function isSkaffold(value: unknown): value is Fields {
  return isFields(value) && value['kind'] === 'Config' && (textOf(value['apiVersion']) ?? '').startsWith('skaffold/');
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inside, key) => (isFields(inside) ? inside[key] : undefined), value);
}

function artifactOf(value: unknown, doubts: string[]): SkaffoldArtifact[] {
  const image = textOf(at(value, 'image'));
  if (image === undefined) return [];
  const builder = ['bazel', 'buildpacks', 'custom', 'jib', 'kaniko', 'ko'].find((key) => at(value, key) !== undefined);
  if (builder !== undefined) {
    doubts.push(`${image} is built by ${builder}, and left out: devloop builds from Dockerfiles.`);
    return [];
  }
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
  const paths = listOf(at(value, 'paths')).flatMap((folder) => textOf(folder) ?? []);
  return (paths.length === 0 ? ['.'] : paths).map((kustomize) => ({ kustomize }));
}

function chartOf(release: unknown, doubts: string[]): ManifestEntry[] {
  const name = textOf(at(release, 'name')) ?? '';
  const chart = textOf(at(release, 'chartPath'));
  if (chart === undefined) {
    doubts.push(`The release ${name} has no chart in this folder, and is left out.`);
    return [];
  }
  const values = listOf(at(release, 'valuesFiles')).flatMap((file) => textOf(file) ?? []);
  const set: Record<string, string | number | boolean> = {};
  const given = at(release, 'setValues');
  for (const [path, value] of Object.entries(isFields(given) ? given : {})) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') set[path] = value;
    else doubts.push(`The value ${path} of the release ${name} is no single one, and left out.`);
  }
  // mostly names of images, which are found in what is rendered
  if (at(release, 'setValueTemplates') !== undefined)
    doubts.push(`\`setValueTemplates\` of the release ${name} is left out: images are put in by their names.`);
  const label = toDnsLabel(name);
  return [{ helm: { chart, values, set, ...(label === '' ? {} : { release: label }) } }];
}
