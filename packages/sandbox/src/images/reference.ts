import { EngineError } from '../ports/container-engine.ts';

/** A name of an image as `docker images` shows it: without `docker.io/library/`, with its tag. */
export interface Reference {
  readonly repository: string;
  readonly tag: string;
}

const REPOSITORY =
  /^(?:(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:\d))(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Reads a reference by the grammar of github.com/distribution/reference; without a tag it means `latest`. A digest
 * after `@` is dropped: nothing here was pulled by one.
 *
 * @throws EngineError 400 in moby's words
 */
export function parseReference(text: string): Reference {
  const [name = ''] = text.split('@');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const repository = familiar(hasTag ? name.slice(0, colon) : name);
  const tag = hasTag ? name.slice(colon + 1) : 'latest';
  if (REPOSITORY.test(repository.toLowerCase()) && /[A-Z]/.test(repository.slice(repository.indexOf('/') + 1))) {
    throw new EngineError(400, `invalid reference format: repository name (${repository}) must be lowercase`);
  }
  if (!REPOSITORY.test(repository) || !TAG.test(tag)) throw new EngineError(400, 'invalid reference format');
  return { repository, tag };
}

export function formatReference({ repository, tag }: Reference): string {
  return `${repository}:${tag}`;
}

function familiar(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
}
