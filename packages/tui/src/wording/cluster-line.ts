import type { ClusterLink } from '@devloop/shared/protocol/snapshot';
import { plainText } from './plain-text.ts';

type ConnectedLink = Extract<ClusterLink, { is: 'connected' }>;

/** The cluster and the engine in one line. */
export function clusterLine(cluster: ClusterLink): string {
  switch (cluster.is) {
    case 'connecting':
      return 'connecting to the cluster';
    case 'lost':
      return `no cluster: ${plainText(cluster.failure.message)}`;
    case 'connected': {
      const { product, version, context, namespace, engine, registry } = cluster;
      const where = `${product} ${version} · context ${context} · namespace ${namespace}`;
      const by = registry === undefined ? '' : ` · ${registryText(registry)}`;
      return `${where} · Docker ${engine.version} (${engine.builder}, ${engine.because})${by}`;
    }
  }
}

/** Where images are pushed to and pulled from, and why there. */
export function registryText({ push, pull, because }: NonNullable<ConnectedLink['registry']>): string {
  return `registry ${push}${pull === push ? '' : `, pulled from ${pull}`} (${because})`;
}
