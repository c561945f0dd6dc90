/**
 * The other objects of the core group. Written as `type-schema.ts` reads it; the facts are those of Kubernetes' own OpenAPI documents
 * (api/openapi-spec) and protobuf messages (generated.proto).
 */
export const CORE_TYPES = `
AttachedVolume: devicePath@2! string; name@1! string
AzureFilePersistentVolumeSource: readOnly@3 boolean; secretName@1! string; secretNamespace@4 string;
    shareName@2! string
Binding: apiVersion string; kind string; metadata@1 ObjectMeta; target@2! ObjectReference
CSIPersistentVolumeSource: controllerExpandSecretRef@9 SecretReference; controllerPublishSecretRef@6 SecretReference;
    driver@1! string; fsType@4 string; nodeExpandSecretRef@10 SecretReference; nodePublishSecretRef@8 SecretReference;
    nodeStageSecretRef@7 SecretReference; readOnly@3 boolean; volumeAttributes@5 {string}; volumeHandle@2! string
CephFSPersistentVolumeSource: monitors@1! [string]; path@2 string; readOnly@6 boolean; secretFile@4 string;
    secretRef@5 SecretReference; user@3 string
CinderPersistentVolumeSource: fsType@2 string; readOnly@3 boolean; secretRef@4 SecretReference; volumeID@1! string
ClientIPConfig: timeoutSeconds@1 int
Condition: lastTransitionTime@4! time; message@6! string; observedGeneration@3 int; reason@5! string;
    status@2! string; type@1! string
ConfigMap: apiVersion string; binaryData@3 {bytes}; data@2 {string}; immutable@4 boolean; kind string;
    metadata@1 ObjectMeta
ConfigMapNodeConfigSource: kubeletConfigKey@5! string; name@2! string; namespace@1! string; resourceVersion@4 string;
    uid@3 string
ContainerImage: names@1 [string]; sizeBytes@2 int
DaemonEndpoint: Port@1! int
EndpointAddress: hostname@3 string; ip@1! string; nodeName@4 string; targetRef@2 ObjectReference
EndpointPort: appProtocol@4 string; name@1 string; port@2! int; protocol@3 string
EndpointSubset: addresses@1 [EndpointAddress]; notReadyAddresses@2 [EndpointAddress]; ports@3 [EndpointPort]
Endpoints: apiVersion string; kind string; metadata@1 ObjectMeta; subsets@2 [EndpointSubset]
Event: action@12 string; apiVersion string; count@8 int; eventTime@10 time; firstTimestamp@6 time;
    involvedObject@2! ObjectReference; kind string; lastTimestamp@7 time; message@4 string; metadata@1! ObjectMeta;
    reason@3 string; related@13 ObjectReference; reportingComponent@14 string; reportingInstance@15 string;
    series@11 EventSeries; source@5 EventSource; type@9 string
EventSeries: count@1 int; lastObservedTime@2 time
EventSource: component@1 string; host@2 string
FlexPersistentVolumeSource: driver@1! string; fsType@2 string; options@5 {string}; readOnly@4 boolean;
    secretRef@3 SecretReference
GlusterfsPersistentVolumeSource: endpoints@1! string; endpointsNamespace@4 string; path@2! string; readOnly@3 boolean
ISCSIPersistentVolumeSource: chapAuthDiscovery@8 boolean; chapAuthSession@11 boolean; fsType@5 string;
    initiatorName@12 string; iqn@2! string; iscsiInterface@4 string; lun@3! int; portals@7 [string];
    readOnly@6 boolean; secretRef@10 SecretReference; targetPortal@1! string
LimitRange: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 LimitRangeSpec
LimitRangeItem: default@4 {quantity}; defaultRequest@5 {quantity}; max@2 {quantity};
    maxLimitRequestRatio@6 {quantity}; min@3 {quantity}; type@1! string
LimitRangeSpec: limits@1! [LimitRangeItem]
LoadBalancerIngress: hostname@2 string; ip@1 string; ipMode@3 string; ports@4 [PortStatus]
LoadBalancerStatus: ingress@1 [LoadBalancerIngress]
LocalVolumeSource: fsType@2 string; path@1! string
ModifyVolumeStatus: status@2! string; targetVolumeAttributesClassName@1 string
Namespace: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 NamespaceSpec; status@3 NamespaceStatus
NamespaceCondition: lastTransitionTime@4 time; message@6 string; reason@5 string; status@2! string; type@1! string
NamespaceSpec: finalizers@1 [string]
NamespaceStatus: conditions@2 [NamespaceCondition by type]; phase@1 string
Node: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 NodeSpec; status@3 NodeStatus
NodeAddress: address@2! string; type@1! string
NodeCondition: lastHeartbeatTime@3 time; lastTransitionTime@4 time; message@6 string; reason@5 string;
    status@2! string; type@1! string
NodeConfigSource: configMap@2 ConfigMapNodeConfigSource
NodeConfigStatus: active@2 NodeConfigSource; assigned@1 NodeConfigSource; error@4 string;
    lastKnownGood@3 NodeConfigSource
NodeDaemonEndpoints: kubeletEndpoint@1 DaemonEndpoint
NodeFeatures: supplementalGroupsPolicy@1 boolean
NodeRuntimeHandler: features@2 NodeRuntimeHandlerFeatures; name@1 string
NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts@1 boolean; userNamespaces@2 boolean
NodeSpec: configSource@6 NodeConfigSource; externalID@2 string; podCIDR@1 string; podCIDRs@7 [string set];
    providerID@3 string; taints@5 [Taint]; unschedulable@4 boolean
NodeStatus: addresses@5 [NodeAddress by type]; allocatable@2 {quantity}; capacity@1 {quantity};
    conditions@4 [NodeCondition by type]; config@11 NodeConfigStatus; daemonEndpoints@6 NodeDaemonEndpoints;
    declaredFeatures [string]; features@13 NodeFeatures; images@8 [ContainerImage]; nodeInfo@7 NodeSystemInfo;
    phase@3 string; runtimeHandlers@12 [NodeRuntimeHandler]; volumesAttached@10 [AttachedVolume];
    volumesInUse@9 [string]
NodeSwapStatus: capacity@1 int
NodeSystemInfo: architecture@10! string; bootID@3! string; containerRuntimeVersion@6! string; kernelVersion@4! string;
    kubeProxyVersion@8! string; kubeletVersion@7! string; machineID@1! string; operatingSystem@9! string;
    osImage@5! string; swap@11 NodeSwapStatus; systemUUID@2! string
ObjectReference atomic: apiVersion@5 string; fieldPath@7 string; kind@1 string; name@3 string; namespace@2 string;
    resourceVersion@6 string; uid@4 string
PersistentVolume: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 PersistentVolumeSpec;
    status@3 PersistentVolumeStatus
PersistentVolumeClaim: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 PersistentVolumeClaimSpec;
    status@3 PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: lastProbeTime@3 time; lastTransitionTime@4 time; message@6 string; reason@5 string;
    status@2! string; type@1! string
PersistentVolumeClaimStatus: accessModes@2 [string]; allocatedResourceStatuses@7 {string};
    allocatedResources@5 {quantity}; capacity@3 {quantity}; conditions@4 [PersistentVolumeClaimCondition by type];
    currentVolumeAttributesClassName@8 string; modifyVolumeStatus@9 ModifyVolumeStatus; phase@1 string
PersistentVolumeSpec: accessModes@3 [string]; awsElasticBlockStore@2.2 AWSElasticBlockStoreVolumeSource;
    azureDisk@2.16 AzureDiskVolumeSource; azureFile@2.13 AzureFilePersistentVolumeSource; capacity@1 {quantity};
    cephfs@2.9 CephFSPersistentVolumeSource; cinder@2.8 CinderPersistentVolumeSource; claimRef@4 ObjectReference;
    csi@2.22 CSIPersistentVolumeSource; fc@2.10 FCVolumeSource; flexVolume@2.12 FlexPersistentVolumeSource;
    flocker@2.11 FlockerVolumeSource; gcePersistentDisk@2.1 GCEPersistentDiskVolumeSource;
    glusterfs@2.4 GlusterfsPersistentVolumeSource; hostPath@2.3 HostPathVolumeSource;
    iscsi@2.7 ISCSIPersistentVolumeSource; local@2.20 LocalVolumeSource; mountOptions@7 [string];
    nfs@2.5 NFSVolumeSource; nodeAffinity@9 VolumeNodeAffinity; persistentVolumeReclaimPolicy@5 string;
    photonPersistentDisk@2.17 PhotonPersistentDiskVolumeSource; portworxVolume@2.18 PortworxVolumeSource;
    quobyte@2.15 QuobyteVolumeSource; rbd@2.6 RBDPersistentVolumeSource; scaleIO@2.19 ScaleIOPersistentVolumeSource;
    storageClassName@6 string; storageos@2.21 StorageOSPersistentVolumeSource; volumeAttributesClassName@10 string;
    volumeMode@8 string; vsphereVolume@2.14 VsphereVirtualDiskVolumeSource
PersistentVolumeStatus: lastPhaseTransitionTime@4 time; message@2 string; phase@1 string; reason@3 string
PortStatus: error@3 string; port@1! int; protocol@2! string
RBDPersistentVolumeSource: fsType@3 string; image@2! string; keyring@6 string; monitors@1! [string]; pool@4 string;
    readOnly@8 boolean; secretRef@7 SecretReference; user@5 string
ReplicationController: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 ReplicationControllerSpec;
    status@3 ReplicationControllerStatus
ReplicationControllerCondition: lastTransitionTime@3 time; message@5 string; reason@4 string; status@2! string;
    type@1! string
ReplicationControllerSpec: minReadySeconds@4 int; replicas@1 int; selector@2 {string atomic};
    template@3 PodTemplateSpec
ReplicationControllerStatus: availableReplicas@5 int; conditions@6 [ReplicationControllerCondition by type];
    fullyLabeledReplicas@2 int; observedGeneration@3 int; readyReplicas@4 int; replicas@1! int
ResourceQuota: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 ResourceQuotaSpec;
    status@3 ResourceQuotaStatus
ResourceQuotaSpec: hard@1 {quantity}; scopeSelector@3 ScopeSelector; scopes@2 [string]
ResourceQuotaStatus: hard@1 {quantity}; used@2 {quantity}
ScaleIOPersistentVolumeSource: fsType@9 string; gateway@1! string; protectionDomain@5 string; readOnly@10 boolean;
    secretRef@3! SecretReference; sslEnabled@4 boolean; storageMode@7 string; storagePool@6 string; system@2! string;
    volumeName@8 string
ScopeSelector atomic: matchExpressions@1 [ScopedResourceSelectorRequirement]
ScopedResourceSelectorRequirement: operator@2! string; scopeName@1! string; values@3 [string]
Secret: apiVersion string; data@2 {bytes}; immutable@5 boolean; kind string; metadata@1 ObjectMeta;
    stringData@4 {string}; type@3 string
SecretReference atomic: name@1 string; namespace@2 string
Service: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 ServiceSpec; status@3 ServiceStatus
ServiceAccount: apiVersion string; automountServiceAccountToken@4 boolean;
    imagePullSecrets@3 [LocalObjectReference by name]; kind string; metadata@1 ObjectMeta;
    secrets@2 [ObjectReference by name]
ServicePort: appProtocol@6 string; name@1 string; nodePort@5 int; port@3! int; protocol@2 string;
    targetPort@4 intOrString
ServiceSpec: allocateLoadBalancerNodePorts@20 boolean; clusterIP@3 string; clusterIPs@18 [string];
    externalIPs@5 [string]; externalName@10 string; externalTrafficPolicy@11 string; healthCheckNodePort@12 int;
    internalTrafficPolicy@22 string; ipFamilies@19 [string]; ipFamilyPolicy@17 string; loadBalancerClass@21 string;
    loadBalancerIP@8 string; loadBalancerSourceRanges@9 [string]; ports@1 [ServicePort by port,protocol];
    publishNotReadyAddresses@13 boolean; selector@2 {string atomic}; sessionAffinity@7 string;
    sessionAffinityConfig@14 SessionAffinityConfig; trafficDistribution@23 string; type@4 string
ServiceStatus: conditions@2 [Condition by type]; loadBalancer@1 LoadBalancerStatus
SessionAffinityConfig: clientIP@1 ClientIPConfig
StorageOSPersistentVolumeSource: fsType@3 string; readOnly@4 boolean; secretRef@5 ObjectReference;
    volumeName@1 string; volumeNamespace@2 string
Taint: effect@3! string; key@1! string; timeAdded@4 time; value@2 string
VolumeNodeAffinity: required@1 NodeSelector
`;
