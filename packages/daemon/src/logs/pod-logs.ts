import type { IncomingMessage } from 'node:http';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import { linesOf } from '../support/text-lines.ts';

export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  /** No more than so many bytes. */
  readonly limitBytes?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** Prefix every line with the kubelet's time stamp. */
  readonly timestamps?: boolean;
}

/** Opens a container's log. Throws as `ApiClient.stream` does: 400 while the container has not started. */
export function openPodLog(api: ApiClient, query: LogQuery, signal: AbortSignal): Promise<IncomingMessage> {
  const { namespace, pod, ...options } = query;
  const mayWait = query.follow === true; // the kubelet answers with the first line
  return api.stream(`/api/v1/namespaces/${namespace}/pods/${pod}/log`, { query: options, mayWait, signal });
}

/** How many of a container's last lines are evidence of its failure. */
const EVIDENCE_LINES = 20;

/** The last lines of a container, or of the one before it; none where the kubelet has none any more. */
export async function lastLines(
  api: ApiClient,
  pod: KubernetesObject,
  container: string,
  previous: boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const { name, namespace = '' } = pod.metadata;
  const read = async (ofPrevious: boolean) => {
    const query = { namespace, pod: name, container, previous: ofPrevious, tailLines: EVIDENCE_LINES };
    const lines: string[] = [];
    for await (const line of linesOf(await openPodLog(api, query, signal))) lines.push(line);
    return lines;
  };
  try {
    const lines = await read(previous);
    // It may have been started again since, and have said nothing yet: its last words are the previous one's then.
    return lines.length > 0 || previous ? lines : await read(true);
  } catch (error) {
    if (error instanceof ApiRefusal) return [];
    throw error;
  }
}
