/**
 * The other objects of the core group. Written as `type-schema.ts` reads it; the facts are those of Kubernetes' own OpenAPI documents
 * (api/openapi-spec).
 */
export const CORE_TYPES = `
AttachedVolume: devicePath! string; name! string
AzureFilePersistentVolumeSource: readOnly boolean; secretName! string; secretNamespace string; shareName! string
Binding: apiVersion string; kind string; metadata ObjectMeta; target! ObjectReference
CSIPersistentVolumeSource: controllerExpandSecretRef SecretReference; controllerPublishSecretRef SecretReference;
    driver! string; fsType string; nodeExpandSecretRef SecretReference; nodePublishSecretRef SecretReference;
    nodeStageSecretRef SecretReference; readOnly boolean; volumeAttributes {string}; volumeHandle! string
CephFSPersistentVolumeSource: monitors! [string]; path string; readOnly boolean; secretFile string;
    secretRef SecretReference; user string
CinderPersistentVolumeSource: fsType string; readOnly boolean; secretRef SecretReference; volumeID! string
ClientIPConfig: timeoutSeconds int
Condition: lastTransitionTime! time; message! string; observedGeneration int; reason! string; status! string;
    type! string
ConfigMap: apiVersion string; binaryData {string}; data {string}; immutable boolean; kind string; metadata ObjectMeta
ConfigMapNodeConfigSource: kubeletConfigKey! string; name! string; namespace! string; resourceVersion string;
    uid string
ContainerImage: names [string]; sizeBytes int
DaemonEndpoint: Port! int
EndpointAddress: hostname string; ip! string; nodeName string; targetRef ObjectReference
EndpointPort: appProtocol string; name string; port! int; protocol string
EndpointSubset: addresses [EndpointAddress]; notReadyAddresses [EndpointAddress]; ports [EndpointPort]
Endpoints: apiVersion string; kind string; metadata ObjectMeta; subsets [EndpointSubset]
Event: action string; apiVersion string; count int; eventTime time; firstTimestamp time;
    involvedObject! ObjectReference; kind string; lastTimestamp time; message string; metadata! ObjectMeta;
    reason string; related ObjectReference; reportingComponent string; reportingInstance string; series EventSeries;
    source EventSource; type string
EventSeries: count int; lastObservedTime time
EventSource: component string; host string
FlexPersistentVolumeSource: driver! string; fsType string; options {string}; readOnly boolean;
    secretRef SecretReference
GlusterfsPersistentVolumeSource: endpoints! string; endpointsNamespace string; path! string; readOnly boolean
ISCSIPersistentVolumeSource: chapAuthDiscovery boolean; chapAuthSession boolean; fsType string; initiatorName string;
    iqn! string; iscsiInterface string; lun! int; portals [string]; readOnly boolean; secretRef SecretReference;
    targetPortal! string
LimitRange: apiVersion string; kind string; metadata ObjectMeta; spec LimitRangeSpec
LimitRangeItem: default {quantity}; defaultRequest {quantity}; max {quantity}; maxLimitRequestRatio {quantity};
    min {quantity}; type! string
LimitRangeSpec: limits! [LimitRangeItem]
LoadBalancerIngress: hostname string; ip string; ipMode string; ports [PortStatus]
LoadBalancerStatus: ingress [LoadBalancerIngress]
LocalVolumeSource: fsType string; path! string
ModifyVolumeStatus: status! string; targetVolumeAttributesClassName string
Namespace: apiVersion string; kind string; metadata ObjectMeta; spec NamespaceSpec; status NamespaceStatus
NamespaceCondition: lastTransitionTime time; message string; reason string; status! string; type! string
NamespaceSpec: finalizers [string]
NamespaceStatus: conditions [NamespaceCondition by type]; phase string
Node: apiVersion string; kind string; metadata ObjectMeta; spec NodeSpec; status NodeStatus
NodeAddress: address! string; type! string
NodeCondition: lastHeartbeatTime time; lastTransitionTime time; message string; reason string; status! string;
    type! string
NodeConfigSource: configMap ConfigMapNodeConfigSource
NodeConfigStatus: active NodeConfigSource; assigned NodeConfigSource; error string; lastKnownGood NodeConfigSource
NodeDaemonEndpoints: kubeletEndpoint DaemonEndpoint
NodeFeatures: supplementalGroupsPolicy boolean
NodeRuntimeHandler: features NodeRuntimeHandlerFeatures; name string
NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts boolean; userNamespaces boolean
NodeSpec: configSource NodeConfigSource; externalID string; podCIDR string; podCIDRs [string set]; providerID string;
    taints [Taint]; unschedulable boolean
NodeStatus: addresses [NodeAddress by type]; allocatable {quantity}; capacity {quantity};
    conditions [NodeCondition by type]; config NodeConfigStatus; daemonEndpoints NodeDaemonEndpoints;
    declaredFeatures [string]; features NodeFeatures; images [ContainerImage]; nodeInfo NodeSystemInfo; phase string;
    runtimeHandlers [NodeRuntimeHandler]; volumesAttached [AttachedVolume]; volumesInUse [string]
NodeSwapStatus: capacity int
NodeSystemInfo: architecture! string; bootID! string; containerRuntimeVersion! string; kernelVersion! string;
    kubeProxyVersion! string; kubeletVersion! string; machineID! string; operatingSystem! string; osImage! string;
    swap NodeSwapStatus; systemUUID! string
ObjectReference atomic: apiVersion string; fieldPath string; kind string; name string; namespace string;
    resourceVersion string; uid string
PersistentVolume: apiVersion string; kind string; metadata ObjectMeta; spec PersistentVolumeSpec;
    status PersistentVolumeStatus
PersistentVolumeClaim: apiVersion string; kind string; metadata ObjectMeta; spec PersistentVolumeClaimSpec;
    status PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: lastProbeTime time; lastTransitionTime time; message string; reason string;
    status! string; type! string
PersistentVolumeClaimStatus: accessModes [string]; allocatedResourceStatuses {string}; allocatedResources {quantity};
    capacity {quantity}; conditions [PersistentVolumeClaimCondition by type]; currentVolumeAttributesClassName string;
    modifyVolumeStatus ModifyVolumeStatus; phase string
PersistentVolumeSpec: accessModes [string]; awsElasticBlockStore AWSElasticBlockStoreVolumeSource;
    azureDisk AzureDiskVolumeSource; azureFile AzureFilePersistentVolumeSource; capacity {quantity};
    cephfs CephFSPersistentVolumeSource; cinder CinderPersistentVolumeSource; claimRef ObjectReference;
    csi CSIPersistentVolumeSource; fc FCVolumeSource; flexVolume FlexPersistentVolumeSource;
    flocker FlockerVolumeSource; gcePersistentDisk GCEPersistentDiskVolumeSource;
    glusterfs GlusterfsPersistentVolumeSource; hostPath HostPathVolumeSource; iscsi ISCSIPersistentVolumeSource;
    local LocalVolumeSource; mountOptions [string]; nfs NFSVolumeSource; nodeAffinity VolumeNodeAffinity;
    persistentVolumeReclaimPolicy string; photonPersistentDisk PhotonPersistentDiskVolumeSource;
    portworxVolume PortworxVolumeSource; quobyte QuobyteVolumeSource; rbd RBDPersistentVolumeSource;
    scaleIO ScaleIOPersistentVolumeSource; storageClassName string; storageos StorageOSPersistentVolumeSource;
    volumeAttributesClassName string; volumeMode string; vsphereVolume VsphereVirtualDiskVolumeSource
PersistentVolumeStatus: lastPhaseTransitionTime time; message string; phase string; reason string
PortStatus: error string; port! int; protocol! string
RBDPersistentVolumeSource: fsType string; image! string; keyring string; monitors! [string]; pool string;
    readOnly boolean; secretRef SecretReference; user string
ReplicationController: apiVersion string; kind string; metadata ObjectMeta; spec ReplicationControllerSpec;
    status ReplicationControllerStatus
ReplicationControllerCondition: lastTransitionTime time; message string; reason string; status! string; type! string
ReplicationControllerSpec: minReadySeconds int; replicas int; selector {string atomic}; template PodTemplateSpec
ReplicationControllerStatus: availableReplicas int; conditions [ReplicationControllerCondition by type];
    fullyLabeledReplicas int; observedGeneration int; readyReplicas int; replicas! int
ResourceQuota: apiVersion string; kind string; metadata ObjectMeta; spec ResourceQuotaSpec; status ResourceQuotaStatus
ResourceQuotaSpec: hard {quantity}; scopeSelector ScopeSelector; scopes [string]
ResourceQuotaStatus: hard {quantity}; used {quantity}
ScaleIOPersistentVolumeSource: fsType string; gateway! string; protectionDomain string; readOnly boolean;
    secretRef! SecretReference; sslEnabled boolean; storageMode string; storagePool string; system! string;
    volumeName string
ScopeSelector atomic: matchExpressions [ScopedResourceSelectorRequirement]
ScopedResourceSelectorRequirement: operator! string; scopeName! string; values [string]
Secret: apiVersion string; data {string}; immutable boolean; kind string; metadata ObjectMeta; stringData {string};
    type string
SecretReference atomic: name string; namespace string
Service: apiVersion string; kind string; metadata ObjectMeta; spec ServiceSpec; status ServiceStatus
ServiceAccount: apiVersion string; automountServiceAccountToken boolean;
    imagePullSecrets [LocalObjectReference by name]; kind string; metadata ObjectMeta;
    secrets [ObjectReference by name]
ServicePort: appProtocol string; name string; nodePort int; port! int; protocol string; targetPort intOrString
ServiceSpec: allocateLoadBalancerNodePorts boolean; clusterIP string; clusterIPs [string]; externalIPs [string];
    externalName string; externalTrafficPolicy string; healthCheckNodePort int; internalTrafficPolicy string;
    ipFamilies [string]; ipFamilyPolicy string; loadBalancerClass string; loadBalancerIP string;
    loadBalancerSourceRanges [string]; ports [ServicePort by port,protocol]; publishNotReadyAddresses boolean;
    selector {string atomic}; sessionAffinity string; sessionAffinityConfig SessionAffinityConfig;
    trafficDistribution string; type string
ServiceStatus: conditions [Condition by type]; loadBalancer LoadBalancerStatus
SessionAffinityConfig: clientIP ClientIPConfig
StorageOSPersistentVolumeSource: fsType string; readOnly boolean; secretRef ObjectReference; volumeName string;
    volumeNamespace string
Taint: effect! string; key! string; timeAdded time; value string
VolumeNodeAffinity: required NodeSelector
`;
