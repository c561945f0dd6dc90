import path from 'node:path';
import { toDnsLabel } from '../../config/dns-label.ts';
import { parseImageReference, repositoryPath } from '../../deploy/image-reference.ts';

/** A Dockerfile that an image is built from, out of those of its folder. */
export interface ChosenDockerfile {
  /** Relative to the project folder, as those given. */
  readonly file: string;
  /** What it is called by where its folder has others: `worker` of `Dockerfile.worker`; undefined: the folder's own. */
  readonly variant: string | undefined;
  /** Files of its folder that could be meant instead. */
  readonly alternatives: readonly string[];
}

/** `Dockerfile`, `Dockerfile.dev`, `worker.Dockerfile`; what Docker leaves out of a context is called so too. */
const DOCKERFILE =
  /^(?:dockerfile|containerfile)(?:[.-](?<after>[^/]+))?$|^(?<before>[^/]+)\.(?:dockerfile|containerfile)$/i;
const IGNORE_FILE = /\.dockerignore$/i;

/** Words that say when an image is built, not which; the first are what one develops with. */
const OCCASIONS = [
  'dev',
  'development',
  'devel',
  'local',
  'debug',
  'default',
  'main',
  'base',
  'build',
  'builder',
  'release',
];
const OTHER_OCCASIONS =
  /^(?:prod|production|stage|staging|test|tests|testing|ci|alpine|slim|debian|ubuntu|ubi|distroless|scratch|windows|linux|arm|arm64|armv7|amd64|x86|gpu|cpu|cuda|old|bak|orig|sample|example|template)\d*$/;

/** Whether a file is a Dockerfile by its name. */
export function isDockerfile(file: string): boolean {
  const name = path.basename(file);
  return DOCKERFILE.test(name) && !IGNORE_FILE.test(name);
}

/**
 * Of each folder its Dockerfile, and those beside it that are of images of their own: a manifest names an image so, or the
 * folder has no plain one and its files are called by what they build.
 *
 * @param files Dockerfiles by their name, relative to the project folder
 * @param images that manifests name
 * @param project name of the project folder
 */
export function chooseDockerfiles(
  files: readonly string[],
  images: readonly string[],
  project: string,
): ChosenDockerfile[] {
  const named = new Set(
    images.map((image) => toDnsLabel(repositoryPath(parseImageReference(image).name).split('/').at(-1) ?? '')),
  );
  const folders = [...new Set(files.map((file) => path.dirname(file)))];
  return folders.flatMap((folder) => {
    const inside = files.filter((file) => path.dirname(file) === folder);
    const home = toDnsLabel(folder === '.' ? project : path.basename(folder));
    const isNamed = (file: string) => {
      const variant = variantOf(file);
      return variant !== undefined && (named.has(variant) || named.has(`${home}-${variant}`));
    };
    const plain = inside.find((file) => variantOf(file) === undefined);
    const isOfItsOwn = (file: string) =>
      file !== plain && (isNamed(file) || (plain === undefined && inside.length > 1 && occasionOf(file) === undefined));
    const own = inside.filter(isOfItsOwn).map((file) => ({ file, variant: variantOf(file), alternatives: [] }));
    const rest = inside
      .filter((file) => !isOfItsOwn(file))
      .sort((a, b) => (occasionOf(a) ?? OCCASIONS.length) - (occasionOf(b) ?? OCCASIONS.length));
    const [first, ...alternatives] = plain === undefined ? rest : [plain, ...rest.filter((file) => file !== plain)];
    return first === undefined ? own : [{ file: first, variant: undefined, alternatives }, ...own];
  });
}

/** What distinguishes a Dockerfile from the plain one, as a name that a service can have. */
function variantOf(file: string): string | undefined {
  const { after, before } = DOCKERFILE.exec(path.basename(file))?.groups ?? {};
  return toDnsLabel(before ?? after ?? '') || undefined;
}

/** Where among the occasions its name is; undefined where it names none. */
function occasionOf(file: string): number | undefined {
  const variant = variantOf(file) ?? '';
  const words = variant.split('-');
  const found = OCCASIONS.findIndex((word) => words.includes(word));
  if (found !== -1) return found;
  return words.some((word) => OTHER_OCCASIONS.test(word)) ? OCCASIONS.length : undefined;
}
