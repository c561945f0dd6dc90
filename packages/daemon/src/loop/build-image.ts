import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import { packContext } from '../build/context-archive.ts';
import { imageReference, saltedFingerprint } from '../build/fingerprint.ts';
import { FINGERPRINT_LABEL, IMAGE_LABEL, PROJECT_LABEL } from '../build/image-engine.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { BuildSpec } from '../project/project.ts';
import { instant } from '../support/instant.ts';
import type { CurrentImage } from './current-images.ts';
import type { PassReporter } from './pass-reporter.ts';
import type { SourceContent } from './source.ts';

export interface BuildImageInput {
  readonly session: ClusterSession;
  readonly project: string;
  readonly build: BuildSpec;
  readonly content: SourceContent;
  /** Added to the fingerprint when the same content is to be built again. */
  readonly salt: string;
  /** Place in the order of the services: where builds wait, dependencies go first. */
  readonly rank: number;
  readonly reporter: PassReporter;
  readonly signal: AbortSignal;
}

export type BuildImageOutcome =
  | { readonly ok: true; readonly image: CurrentImage }
  | { readonly ok: false; readonly failure: ErrorReport };

/** Sees to it that the nodes can have the image of a content: it is built if it is not there, and brought to them. */
export async function buildImage(input: BuildImageInput): Promise<BuildImageOutcome> {
  const { session, reporter, signal } = input;
  const built = await buildInEngine(input);
  return built.ok ? await bringImage(built.image, { session, reporter, signal }) : built;
}

/** Sees to it that the nodes can have an image that the engine has. */
export async function bringImage(
  { reference, imageId }: CurrentImage,
  { session, reporter, signal }: Pick<BuildImageInput, 'session' | 'reporter' | 'signal'>,
): Promise<BuildImageOutcome> {
  const { service } = reporter;
  const { way } = session;
  if (way.registry !== undefined) reporter.phase('push', `pushing to ${way.registry.push}`);
  const brought = await way.bring(
    reference,
    {
      line: (line) => reporter.event({ type: 'output', service, source: 'build', stream: 'stdout', line }),
      progress: (detail) => reporter.phase('push', detail),
    },
    signal,
  );
  if (!brought.ok) return brought;
  if (way.registry !== undefined) reporter.times.pushedAt = instant();
  return { ok: true, image: { reference: way.podReference(reference), imageId, digest: brought.digest } };
}

/** The image as the engine names it. */
async function buildInEngine(input: BuildImageInput): Promise<BuildImageOutcome> {
  const { session, build, content, salt, reporter, signal } = input;
  const fingerprint = saltedFingerprint(content.fingerprint, salt);
  const reference = imageReference(session.way.builtName(build.image), fingerprint);
  const image = session.way.podReference(reference);
  const present = await session.engine.imageId(reference, signal);
  if (present !== undefined) {
    reporter.event({
      type: 'image-ready',
      service: reporter.service,
      image,
      imageId: present,
      reused: true,
    });
    reporter.times.builtAt = instant();
    return { ok: true, image: { reference, imageId: present, digest: undefined } };
  }
  reporter.phase('build', 'building', session.builds.full ? { reason: 'waiting-for-build-slot' } : undefined);
  const isJoined = session.builds.isBuilding(reference);
  if (!isJoined) reporter.event({ type: 'build-started', service: reporter.service, image });
  const dockerfile = { path: build.dockerfile, text: content.dockerfile };
  const outcome = await session.builds.build(
    input.rank,
    {
      reference,
      archive: () => packContext(build.context, content.entries, dockerfile),
      target: build.target,
      args: build.args,
      labels: {
        [PROJECT_LABEL]: input.project,
        [IMAGE_LABEL]: build.image,
        [FINGERPRINT_LABEL]: fingerprint,
      },
      noCache: salt !== '',
    },
    {
      line: (line, stream) =>
        reporter.event({ type: 'output', service: reporter.service, source: 'build', stream, line }),
      step: (step, steps, text) => reporter.phase('build', `building ${step}/${steps} ${text}`),
      contextSent: () => {
        reporter.times.contextAt = instant();
      },
    },
    signal,
  );
  if (!outcome.ok) return outcome;
  reporter.times.builtAt = instant();
  reporter.event({
    type: 'image-ready',
    service: reporter.service,
    image,
    imageId: outcome.imageId,
    reused: isJoined,
  });
  return { ok: true, image: { reference, imageId: outcome.imageId, digest: undefined } };
}
