import { type BuiltImage, IMAGE_LABEL, PROJECT_LABEL } from '../build/image-engine.ts';
import { isAlias } from '../deploy/deployer.ts';
import type { PassContext } from '../loop/run-pass.ts';
import type { ServiceLoop } from '../loop/service-loop.ts';
import type { ServiceState } from '../state/daemon-state.ts';
import { refused } from './refusals.ts';

/**
 * Has a service serve an earlier build until its next save.
 *
 * @param image undefined: the build that was live before the live one
 * @returns the image
 */
export async function rollBack(
  loop: ServiceLoop,
  image: string | undefined,
  { session, project, log }: PassContext,
  signal: AbortSignal,
): Promise<string> {
  const { name: service, build } = loop.spec;
  const state = log.state.services.get(service);
  if (build === undefined || state === undefined) {
    throw refused(`${service} is not built here, so it has no earlier build.`, 'Change the image in its manifest.');
  }
  const images = await session.engine.imagesLabelled(PROJECT_LABEL, project, signal);
  const builds = buildsOf(images, build.image).map((reference) => session.way.podReference(reference));
  const there = builds.filter((reference) => reference !== state.liveImage);
  const remedy =
    there.length === 0
      ? 'None is left: old builds are removed from the engine. Save the earlier content to build it again.'
      : `Those that are there: ${there.join(', ')}.`;
  const wanted = image ?? earlierImage(state);
  if (wanted === undefined) throw refused(`It is not known which build of ${service} was live before.`, remedy);
  if (wanted === state.liveImage) throw refused(`${wanted} is what ${service} serves already.`, remedy);
  if (!there.includes(wanted)) throw refused(`The engine has no build ${wanted} of ${service}.`, remedy);
  log.dispatch({ type: 'service-rolled-back', service, image: wanted });
  loop.carryOut('roll-back', 'rolling back');
  return wanted;
}

/** The newest image that was live and is not now. Pure. */
export function earlierImage({ passes, liveImage }: ServiceState): string | undefined {
  return passes.find(({ outcome, image }) => outcome === 'live' && image !== undefined && image !== liveImage)?.image;
}

/** References of an image name's builds, the newest first, without the aliases that swaps make. Pure. */
export function buildsOf(images: readonly BuiltImage[], name: string): string[] {
  return images
    .filter(({ labels }) => labels[IMAGE_LABEL] === name)
    .toSorted((a, b) => b.created - a.created)
    .flatMap(({ references }) =>
      references.filter((reference) => !references.some((other) => isAlias(reference, other))),
    );
}
