import type { KubernetesObject } from './kubernetes-object.ts';

/** Built-in kinds that live outside namespaces, by API group; the core group is ''. */
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'gateway.networking.k8s.io': ['GatewayClass'],
  'networking.k8s.io': ['IPAddress', 'IngressClass', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  policy: ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'cert-manager.io': ['ClusterIssuer'],
};

/**
 * Whether an object lives outside namespaces, as far as that is known without asking the API server: custom resources
 * are taken to be namespaced, except for a few well-known ones.
 */
export function isClusterScoped(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/', 1)[0] ?? '') : '';
  return CLUSTER_SCOPED[group]?.includes(object.kind) ?? false;
}
