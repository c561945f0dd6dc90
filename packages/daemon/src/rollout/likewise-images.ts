import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { FINGERPRINT_LABEL, type ImageEngine } from '../build/image-engine.ts';
import type { Bell } from '../support/bell.ts';
import { repeat } from '../support/delay.ts';
import { type ExpectedImage, otherImages } from './expected-images.ts';
import { type LiveObjects, type Workload, workloadStatus } from './workload-status.ts';

/** Longer than the kubelet takes to tell of a container that it has just exchanged. */
const LOOK_MS = 1000;

/**
 * Accepts containers of an image that is not the one that was built here, but has its name or had it: other daemons (of other
 * copies of the project) have built the same content at the same time, and the engine gives the name to whoever is last. The
 * name says the content, so each of them serves as well. Resolves when the signal is aborted.
 */
export async function acceptLikewise(
  workloads: readonly Workload[],
  view: LiveObjects & { readonly changed: Bell },
  engine: Pick<ImageEngine, 'imageId' | 'imageLabels'>,
  signal: AbortSignal,
): Promise<void> {
  const look = async () => {
    const others = workloads.flatMap((workload) =>
      workloadStatus(workload, view).newest.flatMap((pod) => otherImages(pod, workload.expected)),
    );
    for (const { expected, imageId } of others) {
      if (!(await isLikewise(imageId, expected, engine, signal))) continue;
      expected.likewise?.add(imageId);
      view.changed.ring();
    }
  };
  await repeat(
    async () => {
      try {
        await look();
      } catch (error) {
        // an engine that does not answer leaves things as they are; whoever needs it will tell
        if (!signal.aborted && !(error instanceof DevloopError)) throw error;
      }
    },
    () => LOOK_MS,
    signal,
  );
}

/** The image of a rebuild that was asked for is labelled otherwise than that of the same sources before it. */
async function isLikewise(
  imageId: string,
  { reference }: ExpectedImage,
  engine: Pick<ImageEngine, 'imageId' | 'imageLabels'>,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await engine.imageId(reference, signal)) === imageId) return true;
  const [running, wanted] = await Promise.all(
    [imageId, reference].map(async (image) => (await engine.imageLabels(image, signal))?.[FINGERPRINT_LABEL]),
  );
  return running !== undefined && running === wanted;
}
