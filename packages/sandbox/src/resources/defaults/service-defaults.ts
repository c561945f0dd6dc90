import type { KubeObject } from '../../ports/kube-object.ts';

const EXTERNALLY_REACHABLE: ReadonlySet<string> = new Set(['NodePort', 'LoadBalancer']);

/** Seconds for which a client stays with a pod under session affinity. */
const CLIENT_IP_TIMEOUT = 10_800;

/** Defaults of a Service except addresses and node ports, which are allocated; pkg/apis/core/v1/defaults.go. */
export function setServiceDefaults({ spec }: KubeObject): void {
  if (spec === undefined) return;
  spec.sessionAffinity ??= 'None';
  spec.type ??= 'ClusterIP';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: CLIENT_IP_TIMEOUT } };
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if (port.targetPort === undefined || port.targetPort === '' || port.targetPort === 0) port.targetPort = port.port;
  }
  if (EXTERNALLY_REACHABLE.has(spec.type)) {
    spec.externalTrafficPolicy ??= 'Cluster';
  } else {
    // Left over from when it was reachable from outside.
    delete spec.externalTrafficPolicy;
    delete spec.healthCheckNodePort;
  }
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  else delete spec.allocateLoadBalancerNodePorts;
  if (spec.type === 'ExternalName') return;
  spec.internalTrafficPolicy ??= 'Cluster';
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
}
