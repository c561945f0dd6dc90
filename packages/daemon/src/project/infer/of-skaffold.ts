import type { ManifestEntry } from '@devloop/shared/config/config-schema';
import { toDnsLabel } from '../../config/dns-label.ts';
import { parseImageReference, repositoryPath } from '../../deploy/image-reference.ts';
import { flowYaml } from './flow-yaml.ts';
import type { SkaffoldArtifact, SkaffoldProject } from './read-skaffold.ts';

/** Services and manifests as a skaffold.yaml says them. */
export interface TakenOver {
  /** Of devloop.yaml. */
  readonly lines: readonly string[];
  /** What was understood, a sentence each. */
  readonly reasons: readonly string[];
}

/**
 * Writes a skaffold.yaml's images and manifests as devloop.yaml has them.
 *
 * @param file its name
 */
export function ofSkaffold({ artifacts, manifests, namespace }: SkaffoldProject, file: string): TakenOver {
  const names = serviceNames(artifacts);
  const services = artifacts.map((artifact, index) => [
    `  ${names[index]}:`,
    `    build: ${flowYaml(buildOf(artifact))}`,
  ]);
  const built = artifacts.map(
    ({ image, context, dockerfile = 'Dockerfile' }, index) =>
      `${names[index]} is built from ${dockerfile} in ${context} as ${nameOf(image)}, as ${file} says.`,
  );
  const entries = manifests.map(shortest);
  return {
    lines: [
      ...(namespace === undefined ? [] : [`cluster: ${flowYaml({ namespace })}`]),
      ...(services.length > 0 ? ['services:', ...services.flat()] : []),
      ...(entries.length > 0 ? [`manifests: ${flowYaml(entries).replace(/^\[ (.*) \]$/, '[$1]')}`] : []),
    ],
    reasons: [
      ...built,
      ...(namespace === undefined ? [] : [`What names no namespace goes to ${namespace}, as ${file} says.`]),
      ...(entries.length > 0
        ? [`Deployed is what ${file} names: ${entries.map((one) => flowYaml(one)).join(', ')}.`]
        : []),
    ],
  };
}

function buildOf({ image, context, dockerfile, target, args }: SkaffoldArtifact): object {
  return {
    context,
    ...(dockerfile === undefined ? {} : { dockerfile }),
    ...(target === undefined ? {} : { target }),
    ...(Object.keys(args).length > 0 ? { args } : {}),
    image: nameOf(image),
  };
}

/** The last part of the image's name; where two have one, all of it. */
function serviceNames(artifacts: readonly SkaffoldArtifact[]): string[] {
  const paths = artifacts.map(({ image }) => repositoryPath(nameOf(image)));
  const short = paths.map((path) => toDnsLabel(path.split('/').at(-1) ?? '') || 'app');
  return short.map((name, index) =>
    short.filter((other) => other === name).length > 1 ? toDnsLabel(paths[index] ?? name) : name,
  );
}

function nameOf(image: string): string {
  return parseImageReference(image).name;
}

/** Without what says nothing. */
function shortest(entry: ManifestEntry): string | object {
  if (typeof entry === 'string' || entry.helm === undefined) return entry;
  const { chart, release, values, set } = entry.helm;
  const named = { ...(release === undefined ? {} : { release }), ...(values.length > 0 ? { values } : {}) };
  return { helm: { chart, ...named, ...(Object.keys(set).length > 0 ? { set } : {}) } };
}
