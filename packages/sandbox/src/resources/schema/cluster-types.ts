/**
 * Networking, discovery, RBAC, storage and the extensions. Written as `type-schema.ts` reads it; the facts are those of Kubernetes' own OpenAPI documents
 * (api/openapi-spec).
 */
export const CLUSTER_TYPES = `
AggregationRule: clusterRoleSelectors [LabelSelector]
ApiextensionsV1ServiceReference: name! string; namespace! string; path string; port int
ApiextensionsV1WebhookClientConfig: caBundle string; service ApiextensionsV1ServiceReference; url string
ClusterRole: aggregationRule AggregationRule; apiVersion string; kind string; metadata ObjectMeta; rules [PolicyRule]
ClusterRoleBinding: apiVersion string; kind string; metadata ObjectMeta; roleRef! RoleRef; subjects [Subject]
CustomResourceColumnDefinition: description string; format string; jsonPath! string; name! string; priority int;
    type! string
CustomResourceConversion: strategy! string; webhook WebhookConversion
CustomResourceDefinition: apiVersion string; kind string; metadata ObjectMeta; spec! CustomResourceDefinitionSpec;
    status CustomResourceDefinitionStatus
CustomResourceDefinitionCondition: lastTransitionTime time; message string; observedGeneration int; reason string;
    status! string; type! string
CustomResourceDefinitionNames: categories [string]; kind! string; listKind string; plural! string;
    shortNames [string]; singular string
CustomResourceDefinitionSpec: conversion CustomResourceConversion; group! string;
    names! CustomResourceDefinitionNames; preserveUnknownFields boolean; scope! string;
    versions! [CustomResourceDefinitionVersion]
CustomResourceDefinitionStatus: acceptedNames CustomResourceDefinitionNames;
    conditions [CustomResourceDefinitionCondition by type]; observedGeneration int; storedVersions [string]
CustomResourceDefinitionVersion: additionalPrinterColumns [CustomResourceColumnDefinition]; deprecated boolean;
    deprecationWarning string; name! string; schema CustomResourceValidation; selectableFields [SelectableField];
    served! boolean; storage! boolean; subresources CustomResourceSubresources
CustomResourceSubresourceScale: labelSelectorPath string; specReplicasPath! string; statusReplicasPath! string
CustomResourceSubresources: scale CustomResourceSubresourceScale; status any
CustomResourceValidation: openAPIV3Schema any
Endpoint: addresses! [string set]; conditions EndpointConditions; deprecatedTopology {string}; hints EndpointHints;
    hostname string; nodeName string; targetRef ObjectReference; zone string
EndpointConditions: ready boolean; serving boolean; terminating boolean
EndpointHints: forNodes [ForNode]; forZones [ForZone]
EndpointSlice: addressType! string; apiVersion string; endpoints [Endpoint]; kind string; metadata ObjectMeta;
    ports [EndpointPort]
EventsEvent: action string; apiVersion string; deprecatedCount int; deprecatedFirstTimestamp time;
    deprecatedLastTimestamp time; deprecatedSource EventSource; eventTime time; kind string; metadata ObjectMeta;
    note string; reason string; regarding ObjectReference; related ObjectReference; reportingController string;
    reportingInstance string; series EventSeries; type string
FieldSelectorAttributes: rawSelector string; requirements [FieldSelectorRequirement]
FieldSelectorRequirement: key! string; operator! string; values [string]
ForNode: name! string
ForZone: name! string
HTTPIngressPath: backend! IngressBackend; path string; pathType! string
HTTPIngressRuleValue: paths! [HTTPIngressPath]
IPBlock: cidr! string; except [string]
Ingress: apiVersion string; kind string; metadata ObjectMeta; spec IngressSpec; status IngressStatus
IngressBackend: resource TypedLocalObjectReference; service IngressServiceBackend
IngressClass: apiVersion string; kind string; metadata ObjectMeta; spec IngressClassSpec
IngressClassParametersReference: apiGroup string; kind! string; name! string; namespace string; scope string
IngressClassSpec: controller string; parameters IngressClassParametersReference
IngressLoadBalancerIngress: hostname string; ip string; ports [IngressPortStatus]
IngressLoadBalancerStatus: ingress [IngressLoadBalancerIngress]
IngressPortStatus: error string; port! int; protocol! string
IngressRule: host string; http HTTPIngressRuleValue
IngressServiceBackend: name! string; port ServiceBackendPort
IngressSpec: defaultBackend IngressBackend; ingressClassName string; rules [IngressRule]; tls [IngressTLS]
IngressStatus: loadBalancer IngressLoadBalancerStatus
IngressTLS: hosts [string]; secretName string
LabelSelectorAttributes: rawSelector string; requirements [LabelSelectorRequirement]
Lease: apiVersion string; kind string; metadata ObjectMeta; spec LeaseSpec
LeaseSpec: acquireTime time; holderIdentity string; leaseDurationSeconds int; leaseTransitions int;
    preferredHolder string; renewTime time; strategy string
NetworkPolicy: apiVersion string; kind string; metadata ObjectMeta; spec NetworkPolicySpec
NetworkPolicyEgressRule: ports [NetworkPolicyPort]; to [NetworkPolicyPeer]
NetworkPolicyIngressRule: from [NetworkPolicyPeer]; ports [NetworkPolicyPort]
NetworkPolicyPeer: ipBlock IPBlock; namespaceSelector LabelSelector; podSelector LabelSelector
NetworkPolicyPort: endPort int; port intOrString; protocol string
NetworkPolicySpec: egress [NetworkPolicyEgressRule]; ingress [NetworkPolicyIngressRule]; podSelector LabelSelector;
    policyTypes [string]
NonResourceAttributes: path string; verb string
PolicyRule: apiGroups [string]; nonResourceURLs [string]; resourceNames [string]; resources [string]; verbs! [string]
PriorityClass: apiVersion string; description string; globalDefault boolean; kind string; metadata ObjectMeta;
    preemptionPolicy string; value int
ResourceAttributes: fieldSelector FieldSelectorAttributes; group string; labelSelector LabelSelectorAttributes;
    name string; namespace string; resource string; subresource string; verb string; version string
Role: apiVersion string; kind string; metadata ObjectMeta; rules [PolicyRule]
RoleBinding: apiVersion string; kind string; metadata ObjectMeta; roleRef! RoleRef; subjects [Subject]
RoleRef atomic: apiGroup string; kind! string; name! string
SelectableField: jsonPath! string
SelfSubjectAccessReview: apiVersion string; kind string; metadata ObjectMeta; spec! SelfSubjectAccessReviewSpec;
    status SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: nonResourceAttributes NonResourceAttributes; resourceAttributes ResourceAttributes
SelfSubjectReview: apiVersion string; kind string; metadata ObjectMeta; status SelfSubjectReviewStatus
SelfSubjectReviewStatus: userInfo UserInfo
ServiceBackendPort: name string; number int
StorageClass: allowVolumeExpansion boolean; allowedTopologies [TopologySelectorTerm]; apiVersion string; kind string;
    metadata ObjectMeta; mountOptions [string]; parameters {string}; provisioner! string; reclaimPolicy string;
    volumeBindingMode string
Subject atomic: apiGroup string; kind! string; name! string; namespace string
SubjectAccessReviewStatus: allowed! boolean; denied boolean; evaluationError string; reason string
TopologySelectorLabelRequirement: key! string; values! [string]
TopologySelectorTerm atomic: matchLabelExpressions [TopologySelectorLabelRequirement]
UserInfo: extra {[string]}; groups [string]; uid string; username string
WebhookConversion: clientConfig ApiextensionsV1WebhookClientConfig; conversionReviewVersions! [string]
`;
