import { type ContainerEngine, EngineError, type Image } from '../ports/container-engine.ts';
import type { BackOff } from './back-off.ts';
import type { Container } from './pod-spec.ts';

/** Why a container has no image; `reason` and `message` are what its status says. */
export class ImageError extends Error {
  readonly reason: string;
  /** How long until it is worth another look, in ms. */
  readonly retryMs: number;

  constructor(reason: string, message: string, retryMs: number) {
    super(message);
    this.reason = reason;
    this.retryMs = retryMs;
  }
}

/** How long a pod's worker rests after a failure that has no back-off of its own. */
const RETRY_MS = 10_000;

/** How long a failed pull is told of as such, before it is told that the kubelet holds back. */
const TELL_BACK_OFF_MS = 2000;

/** A reference as github.com/distribution/reference takes it: domain, path, tag, digest. */
const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

export type TellEvent = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/**
 * Finds or pulls the image of a container by its policy: pkg/kubelet/images EnsureImageExists, with its Events.
 *
 * @param key of the back-off: the pod and the image
 * @throws ImageError
 */
export async function ensureImage(
  container: Container,
  key: string,
  engine: ContainerEngine,
  backOff: BackOff,
  tell: TellEvent,
): Promise<Image> {
  const wanted = container.image;
  const reference = REFERENCE.test(wanted) && !/^[0-9a-f]{64}$/.test(wanted) ? withTag(wanted) : wanted;
  if (!REFERENCE.test(wanted) && !/^sha256:[0-9a-f]{64}$/.test(wanted)) {
    const message = `Failed to apply default image tag ${JSON.stringify(wanted)}: couldn't parse image name ${JSON.stringify(wanted)}: invalid reference format`;
    tell('Warning', 'InspectFailed', message);
    throw new ImageError('InvalidImageName', message, RETRY_MS);
  }
  const policy = container.imagePullPolicy ?? (reference.endsWith(':latest') ? 'Always' : 'IfNotPresent');
  const present = engine.image(reference);
  if (present !== undefined && policy !== 'Always') {
    tell('Normal', 'Pulled', `Container image ${JSON.stringify(wanted)} already present on machine`);
    return present;
  }
  if (policy === 'Never') {
    const message = `Container image ${JSON.stringify(wanted)} is not present with pull policy of Never`;
    tell('Warning', 'ErrImageNeverPull', message);
    throw new ImageError('ErrImageNeverPull', message, RETRY_MS);
  }
  const held = backOff.heldBackSinceUpdateMs(key, Date.now());
  if (held > 0) {
    const message = `Back-off pulling image ${JSON.stringify(wanted)}`;
    tell('Normal', 'BackOff', message);
    throw new ImageError('ImagePullBackOff', message, held);
  }
  tell('Normal', 'Pulling', `Pulling image ${JSON.stringify(wanted)}`);
  const begin = performance.now();
  try {
    const image = await engine.pull(reference);
    const took = `${((performance.now() - begin) / 1000).toFixed(3)}s`;
    tell(
      'Normal',
      'Pulled',
      `Successfully pulled image ${JSON.stringify(wanted)} in ${took} (${took} including waiting)`,
    );
    return image;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const message = daemonWords(error);
    tell('Warning', 'Failed', `Failed to pull image ${JSON.stringify(wanted)}: ${message}`);
    backOff.next(key, Date.now(), Date.now());
    throw new ImageError('ErrImagePull', message, TELL_BACK_OFF_MS);
  }
}

/** An engine's refusal as Docker's client prints it, which is what the kubelet is told. */
export function daemonWords(error: EngineError): string {
  return `Error response from daemon: ${error.message}`;
}

function withTag(reference: string): string {
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return name.includes(':') || name.includes('@') ? reference : `${reference}:latest`;
}
