import type { ClusterLink } from '@devloop/shared/protocol/snapshot';
import { plainText } from './plain-text.ts';

/** The cluster and the engine in one line. */
export function clusterLine(cluster: ClusterLink): string {
  switch (cluster.is) {
    case 'connecting':
      return 'connecting to the cluster';
    case 'lost':
      return `no cluster: ${plainText(cluster.failure.message)}`;
    case 'connected': {
      const { product, version, context, namespace, engine } = cluster;
      const where = `${product} ${version} · context ${context} · namespace ${namespace}`;
      return `${where} · Docker ${engine.version} (${engine.builder}, ${engine.because})`;
    }
  }
}
