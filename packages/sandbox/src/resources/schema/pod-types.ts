/**
 * Pods and what every object has: metadata. Written as `type-schema.ts` reads it; the facts are those of Kubernetes' own OpenAPI documents
 * (api/openapi-spec) and protobuf messages (generated.proto).
 */
export const POD_TYPES = `
AWSElasticBlockStoreVolumeSource: fsType@2 string; partition@3 int; readOnly@4 boolean; volumeID@1! string
Affinity: nodeAffinity@1 NodeAffinity; podAffinity@2 PodAffinity; podAntiAffinity@3 PodAntiAffinity
AppArmorProfile: localhostProfile@2 string; type@1! string
AzureDiskVolumeSource: cachingMode@3 string; diskName@1! string; diskURI@2! string; fsType@4 string; kind@6 string;
    readOnly@5 boolean
AzureFileVolumeSource: readOnly@3 boolean; secretName@1! string; shareName@2! string
CSIVolumeSource: driver@1! string; fsType@3 string; nodePublishSecretRef@5 LocalObjectReference; readOnly@2 boolean;
    volumeAttributes@4 {string}
Capabilities: add@1 [string]; drop@2 [string]
CephFSVolumeSource: monitors@1! [string]; path@2 string; readOnly@6 boolean; secretFile@4 string;
    secretRef@5 LocalObjectReference; user@3 string
CinderVolumeSource: fsType@2 string; readOnly@3 boolean; secretRef@4 LocalObjectReference; volumeID@1! string
ClusterTrustBundleProjection: labelSelector@3 LabelSelector; name@1 string; optional@5 boolean; path@4! string;
    signerName@2 string
ConfigMapEnvSource: name@1.1 string; optional@2 boolean
ConfigMapKeySelector atomic: key@2! string; name@1.1 string; optional@3 boolean
ConfigMapProjection: items@2 [KeyToPath]; name@1.1 string; optional@4 boolean
ConfigMapVolumeSource: defaultMode@3 int; items@2 [KeyToPath]; name@1.1 string; optional@4 boolean
Container: args@4 [string]; command@3 [string]; env@7 [EnvVar by name]; envFrom@19 [EnvFromSource]; image@2 string;
    imagePullPolicy@14 string; lifecycle@12 Lifecycle; livenessProbe@10 Probe; name@1! string;
    ports@6 [ContainerPort by containerPort,protocol]; readinessProbe@11 Probe;
    resizePolicy@23 [ContainerResizePolicy]; resources@8 ResourceRequirements; restartPolicy@24 string;
    restartPolicyRules [ContainerRestartRule]; securityContext@15 SecurityContext; startupProbe@22 Probe;
    stdin@16 boolean; stdinOnce@17 boolean; terminationMessagePath@13 string; terminationMessagePolicy@20 string;
    tty@18 boolean; volumeDevices@21 [VolumeDevice by devicePath]; volumeMounts@9 [VolumeMount by mountPath];
    workingDir@5 string
ContainerExtendedResourceRequest: containerName! string; requestName! string; resourceName! string
ContainerPort: containerPort@3! int; hostIP@5 string; hostPort@2 int; name@1 string; protocol@4 string
ContainerResizePolicy: resourceName@1! string; restartPolicy@2! string
ContainerRestartRule: action! string; exitCodes ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: operator! string; values [int]
ContainerState: running@2 ContainerStateRunning; terminated@3 ContainerStateTerminated;
    waiting@1 ContainerStateWaiting
ContainerStateRunning: startedAt@1 time
ContainerStateTerminated: containerID@7 string; exitCode@1! int; finishedAt@6 time; message@4 string; reason@3 string;
    signal@2 int; startedAt@5 time
ContainerStateWaiting: message@2 string; reason@1 string
ContainerStatus: allocatedResources@10 {quantity}; allocatedResourcesStatus@14 [ResourceStatus by name];
    containerID@8 string; image@6! string; imageID@7! string; lastState@3 ContainerState; name@1! string;
    ready@4! boolean; resources@11 ResourceRequirements; restartCount@5! int; started@9 boolean;
    state@2 ContainerState; stopSignal@15 string; user@13 ContainerUser;
    volumeMounts@12 [VolumeMountStatus by mountPath]
ContainerUser: linux@1 LinuxContainerUser
DownwardAPIProjection: items@1 [DownwardAPIVolumeFile]
DownwardAPIVolumeFile: fieldRef@2 ObjectFieldSelector; mode@4 int; path@1! string;
    resourceFieldRef@3 ResourceFieldSelector
DownwardAPIVolumeSource: defaultMode@2 int; items@1 [DownwardAPIVolumeFile]
EmptyDirVolumeSource: medium@1 string; sizeLimit@2 quantity
EnvFromSource: configMapRef@2 ConfigMapEnvSource; prefix@1 string; secretRef@3 SecretEnvSource
EnvVar: name@1! string; value@2 string; valueFrom@3 EnvVarSource
EnvVarSource: configMapKeyRef@3 ConfigMapKeySelector; fieldRef@1 ObjectFieldSelector; fileKeyRef FileKeySelector;
    resourceFieldRef@2 ResourceFieldSelector; secretKeyRef@4 SecretKeySelector
EphemeralContainer: args@1.4 [string]; command@1.3 [string]; env@1.7 [EnvVar by name]; envFrom@1.19 [EnvFromSource];
    image@1.2 string; imagePullPolicy@1.14 string; lifecycle@1.12 Lifecycle; livenessProbe@1.10 Probe;
    name@1.1! string; ports@1.6 [ContainerPort by containerPort,protocol]; readinessProbe@1.11 Probe;
    resizePolicy@1.23 [ContainerResizePolicy]; resources@1.8 ResourceRequirements; restartPolicy@1.24 string;
    restartPolicyRules [ContainerRestartRule]; securityContext@1.15 SecurityContext; startupProbe@1.22 Probe;
    stdin@1.16 boolean; stdinOnce@1.17 boolean; targetContainerName@2 string; terminationMessagePath@1.13 string;
    terminationMessagePolicy@1.20 string; tty@1.18 boolean; volumeDevices@1.21 [VolumeDevice by devicePath];
    volumeMounts@1.9 [VolumeMount by mountPath]; workingDir@1.5 string
EphemeralVolumeSource: volumeClaimTemplate@1 PersistentVolumeClaimTemplate
ExecAction: command@1 [string]
FCVolumeSource: fsType@3 string; lun@2 int; readOnly@4 boolean; targetWWNs@1 [string]; wwids@5 [string]
FileKeySelector: key! string; optional boolean; path! string; volumeName! string
FlexVolumeSource: driver@1! string; fsType@2 string; options@5 {string}; readOnly@4 boolean;
    secretRef@3 LocalObjectReference
FlockerVolumeSource: datasetName@1 string; datasetUUID@2 string
GCEPersistentDiskVolumeSource: fsType@2 string; partition@3 int; pdName@1! string; readOnly@4 boolean
GRPCAction: port@1! int; service@2 string
GitRepoVolumeSource: directory@3 string; repository@1! string; revision@2 string
GlusterfsVolumeSource: endpoints@1! string; path@2! string; readOnly@3 boolean
HTTPGetAction: host@3 string; httpHeaders@5 [HTTPHeader]; path@1 string; port@2! intOrString; scheme@4 string
HTTPHeader: name@1! string; value@2! string
HostAlias: hostnames@2 [string]; ip@1! string
HostIP: ip@1! string
HostPathVolumeSource: path@1! string; type@2 string
ISCSIVolumeSource: chapAuthDiscovery@8 boolean; chapAuthSession@11 boolean; fsType@5 string; initiatorName@12 string;
    iqn@2! string; iscsiInterface@4 string; lun@3! int; portals@7 [string]; readOnly@6 boolean;
    secretRef@10 LocalObjectReference; targetPortal@1! string
ImageVolumeSource: pullPolicy@2 string; reference@1 string
ImageVolumeStatus: imageRef! string
KeyToPath: key@1! string; mode@3 int; path@2! string
LabelSelector atomic: matchExpressions@2 [LabelSelectorRequirement]; matchLabels@1 {string}
LabelSelectorRequirement: key@1! string; operator@2! string; values@3 [string]
Lifecycle: postStart@1 LifecycleHandler; preStop@2 LifecycleHandler; stopSignal@3 string
LifecycleHandler: exec@1 ExecAction; httpGet@2 HTTPGetAction; sleep@4 SleepAction; tcpSocket@3 TCPSocketAction
LinuxContainerUser: gid@2! int; supplementalGroups@3 [int]; uid@1! int
LocalObjectReference atomic: name@1 string
ManagedFieldsEntry: apiVersion@3 string; fieldsType@6 string; fieldsV1@7 any; manager@1 string; operation@2 string;
    subresource@8 string; time@4 time
NFSVolumeSource: path@2! string; readOnly@3 boolean; server@1! string
NodeAffinity: preferredDuringSchedulingIgnoredDuringExecution@2 [PreferredSchedulingTerm];
    requiredDuringSchedulingIgnoredDuringExecution@1 NodeSelector
NodeAllocatableResourceClaimStatus: containers [string]; resourceClaimName! string; resources! {string}
NodeSelector atomic: nodeSelectorTerms@1! [NodeSelectorTerm]
NodeSelectorRequirement: key@1! string; operator@2! string; values@3 [string]
NodeSelectorTerm atomic: matchExpressions@1 [NodeSelectorRequirement]; matchFields@2 [NodeSelectorRequirement]
ObjectFieldSelector atomic: apiVersion@1 string; fieldPath@2! string
ObjectMeta: annotations@12 {string}; creationTimestamp@8 time; deletionGracePeriodSeconds@10 int;
    deletionTimestamp@9 time; finalizers@14 [string set]; generateName@2 string; generation@7 int; labels@11 {string};
    managedFields@17 [ManagedFieldsEntry]; name@1 string; namespace@3 string;
    ownerReferences@13 [OwnerReference by uid]; resourceVersion@6 string; selfLink@4 string; uid@5 string
OwnerReference atomic: apiVersion@5! string; blockOwnerDeletion@7 boolean; controller@6 boolean; kind@1! string;
    name@3! string; uid@4! string
PersistentVolumeClaimSpec: accessModes@1 [string]; dataSource@7 TypedLocalObjectReference;
    dataSourceRef@8 TypedObjectReference; resources@2 VolumeResourceRequirements; selector@4 LabelSelector;
    storageClassName@5 string; volumeAttributesClassName@9 string; volumeMode@6 string; volumeName@3 string
PersistentVolumeClaimTemplate: metadata@1 ObjectMeta; spec@2! PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource: claimName@1! string; readOnly@2 boolean
PhotonPersistentDiskVolumeSource: fsType@2 string; pdID@1! string
Pod: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 PodSpec; status@3 PodStatus
PodAffinity: preferredDuringSchedulingIgnoredDuringExecution@2 [WeightedPodAffinityTerm];
    requiredDuringSchedulingIgnoredDuringExecution@1 [PodAffinityTerm]
PodAffinityTerm: labelSelector@1 LabelSelector; matchLabelKeys@5 [string]; mismatchLabelKeys@6 [string];
    namespaceSelector@4 LabelSelector; namespaces@2 [string]; topologyKey@3! string
PodAntiAffinity: preferredDuringSchedulingIgnoredDuringExecution@2 [WeightedPodAffinityTerm];
    requiredDuringSchedulingIgnoredDuringExecution@1 [PodAffinityTerm]
PodCertificateProjection: certificateChainPath string; credentialBundlePath string; keyPath string; keyType! string;
    maxExpirationSeconds int; signerName! string; userAnnotations {string}
PodCondition: lastProbeTime@3 time; lastTransitionTime@4 time; message@6 string; observedGeneration@7 int;
    reason@5 string; status@2! string; type@1! string
PodDNSConfig: nameservers@1 [string]; options@3 [PodDNSConfigOption]; searches@2 [string]
PodDNSConfigOption: name@1 string; value@2 string
PodExtendedResourceClaimStatus: requestMappings! [ContainerExtendedResourceRequest]; resourceClaimName! string
PodIP: ip@1! string
PodOS: name@1! string
PodReadinessGate: conditionType@1! string
PodResourceClaim: name@1! string; resourceClaimName@3 string; resourceClaimTemplateName@4 string
PodResourceClaimStatus: name@1! string; resourceClaimName@2 string
PodSchedulingGate: name@1! string
PodSchedulingGroup: podGroupName string
PodSecurityContext: appArmorProfile@11 AppArmorProfile; fsGroup@5 int; fsGroupChangePolicy@9 string; runAsGroup@6 int;
    runAsNonRoot@3 boolean; runAsUser@2 int; seLinuxChangePolicy@13 string; seLinuxOptions@1 SELinuxOptions;
    seccompProfile@10 SeccompProfile; supplementalGroups@4 [int]; supplementalGroupsPolicy@12 string;
    sysctls@7 [Sysctl]; windowsOptions@8 WindowsSecurityContextOptions
PodSpec: activeDeadlineSeconds@5 int; affinity@18 Affinity; automountServiceAccountToken@21 boolean;
    containers@2! [Container by name]; dnsConfig@26 PodDNSConfig; dnsPolicy@6 string; enableServiceLinks@30 boolean;
    ephemeralContainers@34 [EphemeralContainer by name]; hostAliases@23 [HostAlias by ip]; hostIPC@13 boolean;
    hostNetwork@11 boolean; hostPID@12 boolean; hostUsers@37 boolean; hostname@16 string; hostnameOverride string;
    imagePullSecrets@15 [LocalObjectReference by name]; initContainers@20 [Container by name]; nodeName@10 string;
    nodeSelector@7 {string atomic}; os@36 PodOS; overhead@32 {quantity}; preemptionPolicy@31 string; priority@25 int;
    priorityClassName@24 string; readinessGates@28 [PodReadinessGate]; resourceClaims@39 [PodResourceClaim by name];
    resources@40 ResourceRequirements; restartPolicy@3 string; runtimeClassName@29 string; schedulerName@19 string;
    schedulingGates@38 [PodSchedulingGate by name]; schedulingGroup PodSchedulingGroup;
    securityContext@14 PodSecurityContext; serviceAccount@9 string; serviceAccountName@8 string;
    setHostnameAsFQDN@35 boolean; shareProcessNamespace@27 boolean; subdomain@17 string;
    terminationGracePeriodSeconds@4 int; tolerations@22 [Toleration];
    topologySpreadConstraints@33 [TopologySpreadConstraint by topologyKey,whenUnsatisfiable];
    volumes@1 [Volume by name retainKeys]
PodStatus: allocatedResources {quantity}; conditions@2 [PodCondition by type]; containerStatuses@8 [ContainerStatus];
    ephemeralContainerStatuses@13 [ContainerStatus]; extendedResourceClaimStatus PodExtendedResourceClaimStatus;
    hostIP@5 string; hostIPs@16 [HostIP]; initContainerStatuses@10 [ContainerStatus]; message@3 string;
    nodeAllocatableResourceClaimStatuses [NodeAllocatableResourceClaimStatus]; nominatedNodeName@11 string;
    observedGeneration@17 int; phase@1 string; podIP@6 string; podIPs@12 [PodIP by ip]; qosClass@9 string;
    reason@4 string; resize@14 string; resourceClaimStatuses@15 [PodResourceClaimStatus by name];
    resources ResourceRequirements; startTime@7 time
PodTemplate: apiVersion string; kind string; metadata@1 ObjectMeta; template@2 PodTemplateSpec
PodTemplateSpec: metadata@1 ObjectMeta; spec@2 PodSpec
PortworxVolumeSource: fsType@2 string; readOnly@3 boolean; volumeID@1! string
PreferredSchedulingTerm: preference@2! NodeSelectorTerm; weight@1! int
Probe: exec@1.1 ExecAction; failureThreshold@6 int; grpc@1.4 GRPCAction; httpGet@1.2 HTTPGetAction;
    initialDelaySeconds@2 int; periodSeconds@4 int; successThreshold@5 int; tcpSocket@1.3 TCPSocketAction;
    terminationGracePeriodSeconds@7 int; timeoutSeconds@3 int
ProjectedVolumeSource: defaultMode@2 int; sources@1 [VolumeProjection]
QuobyteVolumeSource: group@5 string; readOnly@3 boolean; registry@1! string; tenant@6 string; user@4 string;
    volume@2! string
RBDVolumeSource: fsType@3 string; image@2! string; keyring@6 string; monitors@1! [string]; pool@4 string;
    readOnly@8 boolean; secretRef@7 LocalObjectReference; user@5 string
ResourceClaim: name@1! string; request@2 string
ResourceFieldSelector atomic: containerName@1 string; divisor@3 quantity; resource@2! string
ResourceHealth: health@2 string; message string; resourceID@1! string
ResourceRequirements: claims@3 [ResourceClaim by name]; limits@1 {quantity}; requests@2 {quantity}
ResourceStatus: name@1! string; resources@2 [ResourceHealth]
SELinuxOptions: level@4 string; role@2 string; type@3 string; user@1 string
ScaleIOVolumeSource: fsType@9 string; gateway@1! string; protectionDomain@5 string; readOnly@10 boolean;
    secretRef@3! LocalObjectReference; sslEnabled@4 boolean; storageMode@7 string; storagePool@6 string;
    system@2! string; volumeName@8 string
SeccompProfile: localhostProfile@2 string; type@1! string
SecretEnvSource: name@1.1 string; optional@2 boolean
SecretKeySelector atomic: key@2! string; name@1.1 string; optional@3 boolean
SecretProjection: items@2 [KeyToPath]; name@1.1 string; optional@4 boolean
SecretVolumeSource: defaultMode@3 int; items@2 [KeyToPath]; optional@4 boolean; secretName@1 string
SecurityContext: allowPrivilegeEscalation@7 boolean; appArmorProfile@12 AppArmorProfile; capabilities@1 Capabilities;
    privileged@2 boolean; procMount@9 string; readOnlyRootFilesystem@6 boolean; runAsGroup@8 int;
    runAsNonRoot@5 boolean; runAsUser@4 int; seLinuxOptions@3 SELinuxOptions; seccompProfile@11 SeccompProfile;
    windowsOptions@10 WindowsSecurityContextOptions
ServiceAccountTokenProjection: audience@1 string; expirationSeconds@2 int; path@3! string
SleepAction: seconds@1! int
StorageOSVolumeSource: fsType@3 string; readOnly@4 boolean; secretRef@5 LocalObjectReference; volumeName@1 string;
    volumeNamespace@2 string
Sysctl: name@1! string; value@2! string
TCPSocketAction: host@2 string; port@1! intOrString
Toleration: effect@4 string; key@1 string; operator@2 string; tolerationSeconds@5 int; value@3 string
TopologySpreadConstraint: labelSelector@4 LabelSelector; matchLabelKeys@8 [string]; maxSkew@1! int; minDomains@5 int;
    nodeAffinityPolicy@6 string; nodeTaintsPolicy@7 string; topologyKey@2! string; whenUnsatisfiable@3! string
TypedLocalObjectReference atomic: apiGroup@1 string; kind@2! string; name@3! string
TypedObjectReference: apiGroup@1 string; kind@2! string; name@3! string; namespace@4 string
Volume: awsElasticBlockStore@2.4 AWSElasticBlockStoreVolumeSource; azureDisk@2.22 AzureDiskVolumeSource;
    azureFile@2.18 AzureFileVolumeSource; cephfs@2.14 CephFSVolumeSource; cinder@2.13 CinderVolumeSource;
    configMap@2.19 ConfigMapVolumeSource; csi@2.28 CSIVolumeSource; downwardAPI@2.16 DownwardAPIVolumeSource;
    emptyDir@2.2 EmptyDirVolumeSource; ephemeral@2.29 EphemeralVolumeSource; fc@2.17 FCVolumeSource;
    flexVolume@2.12 FlexVolumeSource; flocker@2.15 FlockerVolumeSource;
    gcePersistentDisk@2.3 GCEPersistentDiskVolumeSource; gitRepo@2.5 GitRepoVolumeSource;
    glusterfs@2.9 GlusterfsVolumeSource; hostPath@2.1 HostPathVolumeSource; image@2.30 ImageVolumeSource;
    iscsi@2.8 ISCSIVolumeSource; name@1! string; nfs@2.7 NFSVolumeSource;
    persistentVolumeClaim@2.10 PersistentVolumeClaimVolumeSource;
    photonPersistentDisk@2.23 PhotonPersistentDiskVolumeSource; portworxVolume@2.24 PortworxVolumeSource;
    projected@2.26 ProjectedVolumeSource; quobyte@2.21 QuobyteVolumeSource; rbd@2.11 RBDVolumeSource;
    scaleIO@2.25 ScaleIOVolumeSource; secret@2.6 SecretVolumeSource; storageos@2.27 StorageOSVolumeSource;
    vsphereVolume@2.20 VsphereVirtualDiskVolumeSource
VolumeDevice: devicePath@2! string; name@1! string
VolumeMount: mountPath@3! string; mountPropagation@5 string; name@1! string; readOnly@2 boolean;
    recursiveReadOnly@7 string; subPath@4 string; subPathExpr@6 string
VolumeMountStatus: mountPath@2! string; name@1! string; readOnly@3 boolean; recursiveReadOnly@4 string;
    volumeStatus VolumeStatus
VolumeProjection: clusterTrustBundle@5 ClusterTrustBundleProjection; configMap@3 ConfigMapProjection;
    downwardAPI@2 DownwardAPIProjection; podCertificate PodCertificateProjection; secret@1 SecretProjection;
    serviceAccountToken@4 ServiceAccountTokenProjection
VolumeResourceRequirements: limits@1 {quantity}; requests@2 {quantity}
VolumeStatus: image ImageVolumeStatus
VsphereVirtualDiskVolumeSource: fsType@2 string; storagePolicyID@4 string; storagePolicyName@3 string;
    volumePath@1! string
WeightedPodAffinityTerm: podAffinityTerm@2! PodAffinityTerm; weight@1! int
WindowsSecurityContextOptions: gmsaCredentialSpec@2 string; gmsaCredentialSpecName@1 string; hostProcess@4 boolean;
    runAsUserName@3 string
`;
