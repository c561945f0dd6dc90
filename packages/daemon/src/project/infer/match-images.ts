import path from 'node:path';
import { toDnsLabel } from '../../config/dns-label.ts';
import { parseImageReference, repositoryPath } from '../../deploy/image-reference.ts';
import type { FolderSurvey, FoundContainer, FoundDockerfile } from './survey-folder.ts';

/** An image of the manifests and the Dockerfile that it is taken to be built from. */
export interface ImageMatch {
  readonly dockerfile: FoundDockerfile;
  /** Without its tag; undefined: no manifest names it. */
  readonly image: string | undefined;
  /** Whether there is hardly another way, a good reason, or nothing but a lack of others. */
  readonly certainty: 'sure' | 'likely' | 'guess';
  /** Why, in words that go on after the image: `its name is that of the folder`. */
  readonly why: string;
  /** Images that it could be just as well. */
  readonly alternatives: readonly string[];
}

interface Candidate {
  readonly image: string;
  readonly score: number;
  readonly why: string;
}

const SURE = 3;

/** By a Dockerfile's path, the image that is built from it as somebody said; undefined: none that the manifests name. */
export type Answers = ReadonlyMap<string, string | undefined>;

/**
 * Finds for each Dockerfile the image of the manifests that is built from it: as somebody said, by name, by ports, by what
 * is left.
 */
export function matchImages(
  { dockerfiles, manifests }: FolderSurvey,
  projectFolder: string,
  answers: Answers = new Map(),
): ImageMatch[] {
  const containers = manifests.flatMap((one) => one.containers);
  const images = [...new Set(containers.map(({ image }) => parseImageReference(image).name))].filter(Boolean);
  const matches = new Map<FoundDockerfile, ImageMatch>();
  for (const dockerfile of dockerfiles) {
    if (!answers.has(dockerfile.file)) continue;
    const image = answers.get(dockerfile.file);
    const why = image === undefined ? 'as you say, no manifest names its image' : 'as you say';
    matches.set(dockerfile, { dockerfile, image, certainty: 'sure', why, alternatives: [] });
  }
  const taken = new Set([...matches.values()].flatMap(({ image }) => image ?? []));
  // the surest first, so that a guess takes nothing from them
  for (const least of [SURE, 2, 1]) {
    for (const dockerfile of dockerfiles) {
      if (matches.has(dockerfile)) continue;
      const found = images
        .filter((image) => !taken.has(image))
        .map((image) => rate(image, dockerfile, containers, projectFolder))
        .filter(({ score }) => score >= least)
        .sort((a, b) => b.score - a.score);
      const [best, second] = found;
      if (best === undefined || (second?.score === best.score && best.score < SURE)) continue;
      taken.add(best.image);
      const certainty = best.score >= SURE ? 'sure' : 'likely';
      matches.set(dockerfile, { dockerfile, image: best.image, certainty, why: best.why, alternatives: [] });
    }
  }
  const open = dockerfiles.filter((dockerfile) => !matches.has(dockerfile));
  const left = images.filter((image) => !taken.has(image) && !isPublic(image));
  return dockerfiles.map((dockerfile) => {
    const match = matches.get(dockerfile);
    if (match === undefined) return unmatched(dockerfile, open, left);
    return match.certainty === 'sure' ? match : { ...match, alternatives: left };
  });
}

function unmatched(dockerfile: FoundDockerfile, open: readonly FoundDockerfile[], left: readonly string[]): ImageMatch {
  const [image] = left;
  if (open.length === 1 && left.length === 1) {
    return { dockerfile, image, certainty: 'guess', why: 'no other is left', alternatives: [] };
  }
  return {
    dockerfile,
    image: undefined,
    certainty: 'guess',
    why: 'no manifest names an image like it',
    alternatives: left,
  };
}

function rate(
  image: string,
  { folder, ports, variant }: FoundDockerfile,
  containers: readonly FoundContainer[],
  projectFolder: string,
): Candidate {
  const home = toDnsLabel(folder === '.' ? path.basename(projectFolder) : path.basename(folder));
  const own = variant ?? home;
  const last = toDnsLabel(repositoryPath(image).split('/').at(-1) ?? '');
  const using = containers.filter((container) => parseImageReference(container.image).name === image);
  const workloads = using.map(({ workload }) => toDnsLabel(workload));
  const shares = using.some((container) => container.ports.some((port) => ports.includes(port)));
  if (variant !== undefined && [variant, `${home}-${variant}`].includes(last)) {
    return { image, score: SURE + 1, why: 'its name is that of the file' };
  }
  if (last === own) return { image, score: SURE + 1, why: 'its name is that of the folder' };
  if (workloads.some((name) => name === own)) return { image, score: SURE, why: `the workload ${own} runs it` };
  const alike = [last, ...workloads].some((name) => words(name).some((word) => words(own).includes(word)));
  if (alike && shares) return { image, score: 2.5, why: 'names and ports are alike' };
  if (alike) return { image, score: 2, why: 'the names are alike' };
  return shares ? { image, score: 1, why: 'both listen on the same port' } : { image, score: 0, why: '' };
}

/** What tells names apart: `score-service` and `info-service` share nothing. */
function words(name: string): string[] {
  return name
    .split('-')
    .filter((word) => word.length > 1 && !/^(?:service|server|svc|app|deployment|pod|api|image|k8s|\d+)$/.test(word));
}

/** Images that people take and do not build: one word, as the library of Docker Hub has them. */
function isPublic(image: string): boolean {
  return /^(?:nginx|redis|postgres|mysql|mariadb|mongo|memcached|rabbitmq|busybox|alpine|traefik|consul|zookeeper|kafka|elasticsearch)$/.test(
    repositoryPath(image),
  );
}
