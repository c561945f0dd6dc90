/** The parts of an image reference as distribution/reference reads it: `[registry/]path[:tag][@digest]`. */
export interface ImageReference {
  /** Registry and path, as written: `ghcr.io/acme/web`, `web`. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Splits an image reference. A colon before the last slash belongs to a registry's port, not to a tag. */
export function parseImageReference(reference: string): ImageReference {
  const [withoutDigest = '', digest] = reference.split('@', 2);
  const colon = withoutDigest.indexOf(':', withoutDigest.lastIndexOf('/') + 1);
  return colon === -1
    ? { name: withoutDigest, tag: undefined, digest }
    : { name: withoutDigest.slice(0, colon), tag: withoutDigest.slice(colon + 1), digest };
}

/** The image's path without its registry: a first part counts as a registry if it has a dot or port, or is localhost. */
export function repositoryPath(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const isRegistry = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const path = isRegistry ? rest : [first, ...rest];
  return (path[0] === 'library' && path.length > 1 ? path.slice(1) : path).join('/');
}

/** Whether a manifest's image is the one that is built, whatever registry, tag or digest the manifest gives it. */
export function isSameImage(inManifest: string, built: string): boolean {
  return repositoryPath(parseImageReference(inManifest).name) === repositoryPath(parseImageReference(built).name);
}
