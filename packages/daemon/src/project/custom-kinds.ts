import type { ResourceConfig } from '@devloop/shared/config/config-schema';
import type { ConfigProblem } from '../config/config-problem.ts';
import { listWords } from '../config/config-problem.ts';
import { nearestWord } from '../config/nearest-word.ts';
import { apiGroupOf } from '../deploy/custom-kind.ts';
import { imagesAt, parseImagePath } from '../deploy/image-paths.ts';
import { imagesOf } from '../deploy/workload-images.ts';
import type { Manifest } from './project.ts';
import type { ReadManifests } from './read-manifests.ts';

/** Every image that a manifest names, where the config says that it names them too, each once. */
export function imagesIn({ object, custom }: Manifest): string[] {
  return imagesOf(object, custom?.images);
}

/** What was read, with each object knowing what the config says of its kind. */
export function withCustomKinds(
  read: ReadonlyMap<string, ReadManifests>,
  resources: readonly ResourceConfig[],
): ReadonlyMap<string, ReadManifests> {
  if (resources.length === 0) return read;
  const kinds = resources.map((resource) => ({
    resource,
    custom: { images: resource.images.map(parseImagePath), pods: resource.pods },
  }));
  const withKind = (manifest: Manifest): Manifest => {
    const known = kinds.find(({ resource }) => isOf(resource, manifest));
    return known === undefined ? manifest : { ...manifest, custom: known.custom };
  };
  return new Map([...read].map(([key, one]) => [key, { ...one, manifests: one.manifests.map(withKind) }]));
}

/** Items of `resources:` that say nothing of any manifest, or name a place where none has an image. */
export function idleResources(
  resources: readonly ResourceConfig[],
  read: readonly Pick<ReadManifests, 'manifests'>[],
): ConfigProblem[] {
  const manifests = read.flatMap((one) => one.manifests);
  return resources.flatMap((resource, index): ConfigProblem[] => {
    const { kind, apiGroup, images } = resource;
    const path = ['resources', index];
    if (resources.findIndex((other) => other.kind === kind && other.apiGroup === apiGroup) < index) {
      const hint = 'Write all its places in one item.';
      return [{ path, at: 'value', message: `${kind} of ${apiGroup} is in \`resources:\` already.`, hint }];
    }
    const ours = manifests.filter((manifest) => isOf(resource, manifest));
    if (ours.length === 0) return [noSuchObject(resource, index, manifests)];
    return images.flatMap((text, at): ConfigProblem[] => {
      if (ours.some(({ object }) => imagesAt(object, [parseImagePath(text)]).length > 0)) return [];
      const which = ours.length === 1 ? `${kind} ${ours[0]?.object.metadata.name}` : `No ${kind}`;
      return [
        {
          path: [...path, 'images', at],
          at: 'value',
          message: `${which} has ${ours.length === 1 ? 'no' : 'an'} image at \`${text}\`.`,
          hint: 'Write the way to a text in the manifest: fields with dots between, `[*]` after one that is a list.',
        },
      ];
    });
  });
}

function isOf({ kind, apiGroup }: ResourceConfig, { object }: Manifest): boolean {
  return object.kind === kind && apiGroupOf(object) === apiGroup;
}

function noSuchObject(
  { kind, apiGroup }: ResourceConfig,
  index: number,
  manifests: readonly Manifest[],
): ConfigProblem {
  const custom = manifests.filter(({ object }) => apiGroupOf(object).includes('.'));
  const others = [...new Set(custom.map(named))];
  const ofKind = custom.find(({ object }) => object.kind === kind);
  const nearest = nearestWord(kind, custom.filter(({ object }) => apiGroupOf(object) === apiGroup).map(kindOf));
  return {
    path: ['resources', index, ofKind === undefined ? 'kind' : 'apiGroup'],
    at: 'value',
    message: `No manifest has a ${kind} of ${apiGroup}.`,
    hint:
      ofKind !== undefined
        ? `There is one of \`${apiGroupOf(ofKind.object)}\`.`
        : nearest !== undefined
          ? `Did you mean \`${nearest}\`?`
          : others.length > 0
            ? `There ${others.length === 1 ? 'is' : 'are'} ${listWords(others, 'and')}.`
            : 'Remove the item, or name the manifests that have one: `manifests: [<file or folder>]`.',
  };
}

function kindOf({ object }: Manifest): string {
  return object.kind;
}

function named({ object }: Manifest): string {
  return `${object.kind} of ${apiGroupOf(object)}`;
}
