import type { ConfigProblem } from '../config/config-problem.ts';
import { listWords } from '../config/config-problem.ts';
import { bareWord, nearestWord } from '../config/nearest-word.ts';
import { apiGroupOf } from '../deploy/custom-kind.ts';
import { likelyImagePaths } from '../deploy/image-paths.ts';
import { isSameImage, parseImageReference, repositoryPath } from '../deploy/image-reference.ts';
import { imagesIn } from './custom-kinds.ts';
import type { Manifest } from './project.ts';

/** A service as far as the question goes which objects are its own. */
export interface Claimant {
  readonly name: string;
  /** Whether an image is built, the name the config gives it, and what it is made from: equal for equal images. */
  readonly build: { readonly image: string | undefined; readonly from: string } | undefined;
  /** Objects of the service's own manifests. */
  readonly own: readonly Manifest[];
  /** Whether the config says `manifests: []`, so that a Deployment may be made beside other manifests. */
  readonly wantsGenerated: boolean;
}

export interface Assignment {
  readonly name: string;
  /** Name without tag and digest; undefined where nothing is built. */
  readonly image: string | undefined;
  /** The service's own objects, then workloads of other manifests that name its image. */
  readonly manifests: readonly Manifest[];
  /** Whether a Deployment is to be made, because there are no manifests. */
  readonly generate: boolean;
}

export interface Assignments {
  readonly services: readonly Assignment[];
  /** Objects of the project's manifests that no service has taken. */
  readonly rest: readonly Manifest[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Decides which image each service builds and which objects are its own. A workload belongs to every service whose
 * image it names; what names no service's image stays with the project. Services that share one image, built from the
 * same, each have the workloads of their own manifests, and the one called like them.
 */
export function assignObjects(claimants: readonly Claimant[], projectManifests: readonly Manifest[]): Assignments {
  const images = inferImages(claimants, projectManifests);
  const everywhere = [...new Set([...claimants.flatMap(({ own }) => own), ...projectManifests])];
  const taken = new Set<Manifest>();
  const problems = sharedImages(claimants, images);

  const services = claimants.map((claimant): Assignment => {
    const { name, own } = claimant;
    const image = images.get(name);
    const sharing = claimants.filter((other) => same(images.get(other.name), image ?? ''));
    const naming =
      image === undefined
        ? []
        : everywhere.filter((manifest) => namesImage(manifest, image) && ownerOf(manifest, sharing) === claimant);
    const manifests = [...new Set([...own, ...naming])];
    for (const manifest of manifests) taken.add(manifest);
    if (image === undefined || naming.length > 0) return { name, image, manifests, generate: false };

    const place = claimant.wantsGenerated ? undefined : unknownPlace(claimant, image, everywhere);
    if (place !== undefined) {
      problems.push(place);
      return { name, image, manifests, generate: false };
    }
    const named = everywhere.flatMap(imagesIn);
    const generate = own.length === 0 && (claimant.wantsGenerated || named.length === 0);
    if (!generate) {
      const others = [...images].flatMap(([other, otherImage]) => (other === name ? [] : [otherImage]));
      const first = sharing.find((other) => other !== claimant);
      problems.push(
        first === undefined ? unusedImage(claimant, image, named, others) : nothingLeft(claimant, image, first.name),
      );
    }
    return { name, image, manifests, generate };
  });
  return { services, rest: projectManifests.filter((manifest) => !taken.has(manifest)), problems };
}

/** Of the services that share an image, the one whose a workload with that image is. */
function ownerOf(manifest: Manifest, sharing: readonly Claimant[]): Claimant | undefined {
  return (
    sharing.find(({ own }) => own.includes(manifest)) ??
    sharing.find(({ name }) => name === manifest.object.metadata.name) ??
    sharing[0]
  );
}

function namesImage(manifest: Manifest, image: string): boolean {
  return imagesIn(manifest).some((named) => isSameImage(named, image));
}

/** The image of each service that builds one, by the service's name. */
function inferImages(claimants: readonly Claimant[], projectManifests: readonly Manifest[]): Map<string, string> {
  const building = claimants.filter(({ build }) => build !== undefined);
  const images = new Map<string, string>();
  for (const { name, build } of building) {
    if (build?.image !== undefined) images.set(name, nameOf(build.image));
  }
  for (const { name, own } of building) {
    const called = calledLike(name, own) ?? calledLike(name, projectManifests);
    if (!images.has(name) && called !== undefined) images.set(name, called);
  }
  const claimed = [...images.values()];
  const left = building.filter(({ name }) => !images.has(name));
  const sole = new Map(left.map((claimant) => [claimant, soleImage(claimant.own, claimed)]));
  for (const [claimant, image] of sole) {
    // an image that two services could mean is neither's
    const isContested = image !== undefined && [...sole].some(([other, its]) => other !== claimant && same(its, image));
    images.set(claimant.name, image === undefined || isContested ? claimant.name : image);
  }
  return images;
}

function same(a: string | undefined, b: string): boolean {
  return a !== undefined && isSameImage(a, b);
}

function nameOf(reference: string): string {
  return parseImageReference(reference).name;
}

/** The name of the image whose last part is the service's name; letter case, `-` and `_` decide only between several. */
function calledLike(service: string, manifests: readonly Manifest[]): string | undefined {
  const names = manifests.flatMap(imagesIn).map(nameOf);
  const lastPart = (name: string) => repositoryPath(name).split('/').at(-1) ?? '';
  return (
    names.find((name) => lastPart(name) === service) ??
    names.find((name) => bareWord(lastPart(name)) === bareWord(service))
  );
}

function soleImage(own: readonly Manifest[], claimed: readonly string[]): string | undefined {
  const names = own.flatMap(imagesIn).map(nameOf);
  const free = names.filter((name) => !claimed.some((other) => isSameImage(other, name)));
  const distinct = free.filter((name, index) => free.findIndex((other) => isSameImage(other, name)) === index);
  return distinct.length === 1 ? distinct[0] : undefined;
}

function sharedImages(claimants: readonly Claimant[], images: ReadonlyMap<string, string>): ConfigProblem[] {
  return claimants.flatMap(({ name, build }, index): ConfigProblem[] => {
    const image = images.get(name);
    const isOther = (other: Claimant) => same(images.get(other.name), image ?? '') && other.build?.from !== build?.from;
    const first = claimants.slice(0, index).find(isOther);
    if (image === undefined || first === undefined) return [];
    return [
      {
        path: build?.image === undefined ? ['services', name] : ['services', name, 'build', 'image'],
        at: build?.image === undefined ? 'key' : 'value',
        message: `\`${first.name}\` and \`${name}\` build the image ${image} from different sources.`,
        hint: 'Give each an image of its own, by `build: { image: <name> }`, or the same context, Dockerfile, target and args.',
      },
    ];
  });
}

/** Of services that share an image, one whose workload cannot be told from the others'. */
function nothingLeft({ name, build }: Claimant, image: string, other: string): ConfigProblem {
  return {
    path: build?.image === undefined ? ['services', name] : ['services', name, 'build', 'image'],
    at: build?.image === undefined ? 'key' : 'value',
    message: `\`${name}\` builds the image ${image} as \`${other}\` does, and no workload is left for it.`,
    hint: 'Name the manifests of each under `manifests:`, or call its workload like the service.',
  };
}

/** An image that nothing names but a custom resource, where nobody has said that it names one. */
function unknownPlace(
  { name, build }: Claimant,
  image: string,
  manifests: readonly Manifest[],
): ConfigProblem | undefined {
  for (const { object } of manifests) {
    const { kind, metadata } = object;
    const apiGroup = apiGroupOf(object);
    const paths = apiGroup.includes('.') ? likelyImagePaths(object, (text) => isSameImage(text, image)) : [];
    if (paths.length === 0) continue;
    const isGiven = build?.image !== undefined;
    return {
      path: isGiven ? ['services', name, 'build', 'image'] : ['services', name],
      at: isGiven ? 'value' : 'key',
      message: `\`${name}\` builds the image ${image}, which only ${kind} ${metadata.name} names, at ${listWords(paths, 'and')}.`,
      hint: `Say so at the top level: \`resources: [{ kind: ${kind}, apiGroup: ${apiGroup}, images: ${JSON.stringify(paths)} }]\`.`,
    };
  }
  return undefined;
}

function unusedImage(
  { name, build, own }: Claimant,
  image: string,
  named: readonly string[],
  others: readonly string[],
): ConfigProblem {
  const isGiven = build?.image !== undefined;
  const free = [...new Set(named)].filter((one) => !others.some((other) => isSameImage(other, one)));
  const nearest = nearestImage(isGiven ? image : name, free.map(nameOf));
  const shown = free.length > 5 ? [...free.slice(0, 5), '…'] : free;
  return {
    path: isGiven ? ['services', name, 'build', 'image'] : ['services', name],
    at: isGiven ? 'value' : 'key',
    message:
      `\`${name}\` builds the image ${image}, but no manifest names it` +
      (shown.length === 0 ? ': none names an image at all.' : `; they name ${listWords(shown, 'and')}.`),
    hint:
      (nearest === undefined
        ? 'Set `build: { image: <name as in the manifest> }`'
        : `Did you mean \`build: { image: ${nearest} }\`? Set it`) +
      (own.length === 0
        ? ', or `manifests: []` to have a Deployment made.'
        : ', or name the manifest that runs it under `manifests:`.'),
  };
}

/** The image meant by a name: the one that contains it, or is fewest edits away. */
function nearestImage(name: string, candidates: readonly string[]): string | undefined {
  const wanted = bareWord(repositoryPath(name).split('/').at(-1) ?? name);
  const lastParts = candidates.map((candidate) => bareWord(repositoryPath(candidate).split('/').at(-1) ?? ''));
  const containing = lastParts.findIndex((part) => part.includes(wanted) || (part.length > 2 && wanted.includes(part)));
  if (containing !== -1) return candidates[containing];
  const nearest = nearestWord(wanted, lastParts);
  return nearest === undefined ? undefined : candidates[lastParts.indexOf(nearest)];
}
