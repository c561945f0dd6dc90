import { repositoryPath } from '../deploy/image-reference.ts';

/** `host[:port]` of a registry's address, without the path below it. */
export function registryHost(address: string): string {
  return address.split('/', 1)[0] ?? '';
}

/** The name of an image in a registry, without a tag; what registry it is of by its own name does not matter. */
export function imageIn(address: string, image: string): string {
  return `${address}/${repositoryPath(image)}`;
}
