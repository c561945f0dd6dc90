import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';

/**
 * Sees to it that the namespace of a session is there.
 *
 * @throws DevloopError `cluster/namespace-ending` where it is being deleted, `cluster/unreachable`; ApiRefusal; the signal's
 *   reason
 */
export async function ensureNamespace(api: ApiClient, namespace: string, signal: AbortSignal): Promise<void> {
  switch (await namespaceState(api, namespace, signal)) {
    case 'there':
      return;
    case 'gone':
      return await createNamespace(api, namespace, signal);
    case 'ending':
      throw new DevloopError(
        'cluster/namespace-ending',
        `The namespace ${namespace} is being deleted.`,
        `Nothing to do: devloop makes it again once it is gone. What it waits for: kubectl get namespace ${namespace} -o yaml`,
      );
  }
}

/**
 * Whether somebody has deleted the namespace of a session, so that nothing more can be applied to it. False where it cannot be
 * asked for.
 */
export async function isNamespaceDeleted(api: ApiClient, namespace: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await namespaceState(api, namespace, signal)) !== 'there';
  } catch (error) {
    if (signal.aborted || error instanceof DevloopError) return false; // what it is asked about says more
    throw error;
  }
}

async function namespaceState(
  api: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<'there' | 'ending' | 'gone'> {
  try {
    const { metadata } = await api.json<KubernetesObject>(`/api/v1/namespaces/${namespace}`, { signal });
    return metadata.deletionTimestamp === undefined ? 'there' : 'ending';
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return 'gone';
    throw error;
  }
}

/** Made, not applied: `down` leaves the namespace, because others may have put things into it. */
async function createNamespace(api: ApiClient, namespace: string, signal: AbortSignal): Promise<void> {
  try {
    await api.json('/api/v1/namespaces', {
      method: 'POST',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      signal,
    });
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  }
}
