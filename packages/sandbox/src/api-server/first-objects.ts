import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectRegistry } from './object-registry.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** What the API server of a new cluster makes itself. */
export function createFirstObjects(registry: ObjectRegistry): void {
  for (const name of NAMESPACES) {
    registry.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  registry.create('services', KUBERNETES_SERVICE);
  // The API server keeps its own Service: deleted with all others, it is there again.
  registry.listen(['services'], (change, { metadata }) => {
    const isOwn = metadata.namespace === 'default' && metadata.name === 'kubernetes';
    if (change === 'deleted' && isOwn) registry.create('services', KUBERNETES_SERVICE);
  });
  for (const [name, value] of [
    ['system-node-critical', 2_000_001_000],
    ['system-cluster-critical', 2_000_000_000],
  ] as const) {
    registry.create('priorityclasses.scheduling.k8s.io', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    });
  }
}

const KUBERNETES_SERVICE: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    clusterIP: '10.96.0.1',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 8443 }],
    type: 'ClusterIP',
  },
};
