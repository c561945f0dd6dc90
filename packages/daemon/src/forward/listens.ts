import type { ApiClient } from '../kubernetes/api-client.ts';
import type { ChosenPod } from './choose-pod.ts';
import type { Tunnels } from './open-tunnel.ts';

/** What the node has not refused after this long counts as taken, also by a program that waits for what never comes. */
const TAKEN_AFTER_MS = 1000;

/**
 * Whether something in a pod takes connections: connects and ends its side without a word, as Kubernetes' own `tcpSocket`
 * probes do. Only a refusal is told by the node at once; what was taken ends when the program has ended its side as well.
 *
 * @throws what reaching the pod's node fails with; the signal's reason
 */
export async function listens(
  { pod, port }: ChosenPod,
  api: ApiClient,
  tunnels: Tunnels,
  signal: AbortSignal,
): Promise<boolean> {
  using reached = await tunnels.reach(api, pod, port, { since: performance.now(), signal });
  const stream = reached.begin();
  const over = Promise.withResolvers<void>();
  const enough = () => over.resolve();
  const timer = setTimeout(enough, TAKEN_AFTER_MS);
  signal.addEventListener('abort', enough, { once: true });
  stream.once('end', enough);
  stream.once('close', enough);
  stream.resume();
  stream.end();
  await over.promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', enough);
  const { failure } = stream;
  stream.destroy();
  signal.throwIfAborted();
  return failure === undefined || failure.wasTaken;
}
