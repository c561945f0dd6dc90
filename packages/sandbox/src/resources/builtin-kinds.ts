import type { ResourceKind, ScalePaths } from './resource-kind.ts';
import { structType } from './schema/type-schema.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const CREATE_ONLY = ['create'];

const WORKLOAD_SCALE: ScalePaths = {
  specReplicas: '.spec.replicas',
  statusReplicas: '.status.replicas',
  selector: '.status.selector',
};

/**
 * One line per kind: plural, kind, short names, then `n` namespaced or `c` of the cluster, `s` status subresource,
 * `g` generation, `r` scale subresource, `a` category all, `x` create only. As `kubectl api-resources` of 1.32.
 */
const TABLE = `
v1
bindings Binding - nx
configmaps ConfigMap cm n
endpoints Endpoints ep n
events Event ev n
limitranges LimitRange limits n
namespaces Namespace ns cs
nodes Node no cs
persistentvolumeclaims PersistentVolumeClaim pvc ns
persistentvolumes PersistentVolume pv cs
pods Pod po nsa
podtemplates PodTemplate - ng
replicationcontrollers ReplicationController rc nsgra
resourcequotas ResourceQuota quota ns
secrets Secret - n
serviceaccounts ServiceAccount sa n
services Service svc nsa
apiextensions.k8s.io/v1
customresourcedefinitions CustomResourceDefinition crd,crds csg
apps/v1
controllerrevisions ControllerRevision - n
daemonsets DaemonSet ds nsga
deployments Deployment deploy nsgra
replicasets ReplicaSet rs nsgra
statefulsets StatefulSet sts nsgra
authentication.k8s.io/v1
selfsubjectreviews SelfSubjectReview - cx
authorization.k8s.io/v1
selfsubjectaccessreviews SelfSubjectAccessReview - cx
autoscaling/v2
horizontalpodautoscalers HorizontalPodAutoscaler hpa nsa
batch/v1
cronjobs CronJob cj nsga
jobs Job - nsga
coordination.k8s.io/v1
leases Lease - n
discovery.k8s.io/v1
endpointslices EndpointSlice - ng
events.k8s.io/v1
events Event ev n
networking.k8s.io/v1
ingressclasses IngressClass - cg
ingresses Ingress ing nsg
networkpolicies NetworkPolicy netpol ng
policy/v1
poddisruptionbudgets PodDisruptionBudget pdb nsg
rbac.authorization.k8s.io/v1
clusterrolebindings ClusterRoleBinding - c
clusterroles ClusterRole - c
rolebindings RoleBinding - n
roles Role - n
scheduling.k8s.io/v1
priorityclasses PriorityClass pc cg
storage.k8s.io/v1
storageclasses StorageClass sc c
`;

/** The kinds that every cluster has. */
export const BUILTIN_KINDS: readonly ResourceKind[] = readTable(TABLE);

function readTable(table: string): ResourceKind[] {
  const kinds: ResourceKind[] = [];
  let group = '';
  let version = '';
  for (const line of table.trim().split('\n')) {
    const [plural = '', kind, shortNames = '', flags = ''] = line.split(' ');
    if (kind === undefined) {
      [group, version] = plural.includes('/') ? (plural.split('/') as [string, string]) : ['', plural];
      continue;
    }
    const isEvent = kind === 'Event';
    kinds.push({
      resource: group === '' || isEvent ? plural : `${plural}.${group}`,
      group,
      version,
      kind,
      plural,
      singular: kind.toLowerCase(),
      shortNames: shortNames === '-' ? [] : shortNames.split(','),
      categories: flags.includes('a') ? ['all'] : kind === 'CustomResourceDefinition' ? ['api-extensions'] : [],
      namespaced: flags.includes('n'),
      verbs: flags.includes('x') ? CREATE_ONLY : ALL_VERBS,
      hasStatus: flags.includes('s'),
      scale: flags.includes('r') ? WORKLOAD_SCALE : undefined,
      hasGeneration: flags.includes('g'),
      type: structType(isEvent && group !== '' ? 'EventsEvent' : kind),
      columns: undefined,
      custom: false,
    });
  }
  return kinds;
}
