/**
 * Networking, discovery, RBAC, storage and the extensions. Written as `type-schema.ts` reads it; the facts are those of Kubernetes' own OpenAPI documents
 * (api/openapi-spec) and protobuf messages (generated.proto).
 */
export const CLUSTER_TYPES = `
AggregationRule: clusterRoleSelectors@1 [LabelSelector]
ApiextensionsV1ServiceReference: name! string; namespace! string; path string; port int
ApiextensionsV1WebhookClientConfig: caBundle bytes; service ApiextensionsV1ServiceReference; url string
ClusterRole: aggregationRule@3 AggregationRule; apiVersion string; kind string; metadata@1 ObjectMeta;
    rules@2 [PolicyRule]
ClusterRoleBinding: apiVersion string; kind string; metadata@1 ObjectMeta; roleRef@3! RoleRef; subjects@2 [Subject]
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
Endpoint: addresses@1! [string set]; conditions@2 EndpointConditions; deprecatedTopology@5 {string};
    hints@8 EndpointHints; hostname@3 string; nodeName@6 string; targetRef@4 ObjectReference; zone@7 string
EndpointConditions: ready@1 boolean; serving@2 boolean; terminating@3 boolean
EndpointHints: forNodes@2 [ForNode]; forZones@1 [ForZone]
EndpointSlice: addressType@4! string; apiVersion string; endpoints@2 [Endpoint]; kind string; metadata@1 ObjectMeta;
    ports@3 [EndpointPort]
EventsEvent: action string; apiVersion string; deprecatedCount int; deprecatedFirstTimestamp time;
    deprecatedLastTimestamp time; deprecatedSource EventSource; eventTime time; kind string; metadata ObjectMeta;
    note string; reason string; regarding ObjectReference; related ObjectReference; reportingController string;
    reportingInstance string; series EventSeries; type string
FieldSelectorAttributes: rawSelector@1 string; requirements@2 [FieldSelectorRequirement]
FieldSelectorRequirement: key@1! string; operator@2! string; values@3 [string]
ForNode: name@1! string
ForZone: name@1! string
HTTPIngressPath: backend@2! IngressBackend; path@1 string; pathType@3! string
HTTPIngressRuleValue: paths@1! [HTTPIngressPath]
IPBlock: cidr@1! string; except@2 [string]
Ingress: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 IngressSpec; status@3 IngressStatus
IngressBackend: resource@3 TypedLocalObjectReference; service@4 IngressServiceBackend
IngressClass: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 IngressClassSpec
IngressClassParametersReference: apiGroup string; kind@2! string; name@3! string; namespace@5 string; scope@4 string
IngressClassSpec: controller@1 string; parameters@2 IngressClassParametersReference
IngressLoadBalancerIngress: hostname@2 string; ip@1 string; ports@4 [IngressPortStatus]
IngressLoadBalancerStatus: ingress@1 [IngressLoadBalancerIngress]
IngressPortStatus: error@3 string; port@1! int; protocol@2! string
IngressRule: host@1 string; http@2.1 HTTPIngressRuleValue
IngressServiceBackend: name@1! string; port@2 ServiceBackendPort
IngressSpec: defaultBackend@1 IngressBackend; ingressClassName@4 string; rules@3 [IngressRule]; tls@2 [IngressTLS]
IngressStatus: loadBalancer@1 IngressLoadBalancerStatus
IngressTLS: hosts@1 [string]; secretName@2 string
LabelSelectorAttributes: rawSelector@1 string; requirements@2 [LabelSelectorRequirement]
Lease: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 LeaseSpec
LeaseSpec: acquireTime@3 time; holderIdentity@1 string; leaseDurationSeconds@2 int; leaseTransitions@5 int;
    preferredHolder@7 string; renewTime@4 time; strategy@6 string
NetworkPolicy: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 NetworkPolicySpec
NetworkPolicyEgressRule: ports@1 [NetworkPolicyPort]; to@2 [NetworkPolicyPeer]
NetworkPolicyIngressRule: from@2 [NetworkPolicyPeer]; ports@1 [NetworkPolicyPort]
NetworkPolicyPeer: ipBlock@3 IPBlock; namespaceSelector@2 LabelSelector; podSelector@1 LabelSelector
NetworkPolicyPort: endPort@3 int; port@2 intOrString; protocol@1 string
NetworkPolicySpec: egress@3 [NetworkPolicyEgressRule]; ingress@2 [NetworkPolicyIngressRule];
    podSelector@1 LabelSelector; policyTypes@4 [string]
NonResourceAttributes: path@1 string; verb@2 string
PolicyRule: apiGroups@2 [string]; nonResourceURLs@5 [string]; resourceNames@4 [string]; resources@3 [string];
    verbs@1! [string]
PriorityClass: apiVersion string; description@4 string; globalDefault@3 boolean; kind string; metadata@1 ObjectMeta;
    preemptionPolicy@5 string; value@2 int
ResourceAttributes: fieldSelector@8 FieldSelectorAttributes; group@3 string; labelSelector@9 LabelSelectorAttributes;
    name@7 string; namespace@1 string; resource@5 string; subresource@6 string; verb@2 string; version@4 string
Role: apiVersion string; kind string; metadata@1 ObjectMeta; rules@2 [PolicyRule]
RoleBinding: apiVersion string; kind string; metadata@1 ObjectMeta; roleRef@3! RoleRef; subjects@2 [Subject]
RoleRef atomic: apiGroup@1 string; kind@2! string; name@3! string
SelectableField: jsonPath! string
SelfSubjectAccessReview: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2! SelfSubjectAccessReviewSpec;
    status@3 SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: nonResourceAttributes@2 NonResourceAttributes; resourceAttributes@1 ResourceAttributes
SelfSubjectReview: apiVersion string; kind string; metadata@1 ObjectMeta; status@2 SelfSubjectReviewStatus
SelfSubjectReviewStatus: userInfo@1 UserInfo
ServiceBackendPort: name@1 string; number@2 int
StorageClass: allowVolumeExpansion@6 boolean; allowedTopologies@8 [TopologySelectorTerm]; apiVersion string;
    kind string; metadata@1 ObjectMeta; mountOptions@5 [string]; parameters@3 {string}; provisioner@2! string;
    reclaimPolicy@4 string; volumeBindingMode@7 string
Subject atomic: apiGroup@2 string; kind@1! string; name@3! string; namespace@4 string
SubjectAccessReviewStatus: allowed@1! boolean; denied@4 boolean; evaluationError@3 string; reason@2 string
TopologySelectorLabelRequirement: key@1! string; values@2! [string]
TopologySelectorTerm atomic: matchLabelExpressions@1 [TopologySelectorLabelRequirement]
UserInfo: extra@4 {[string]}; groups@3 [string]; uid@2 string; username@1 string
WebhookConversion: clientConfig ApiextensionsV1WebhookClientConfig; conversionReviewVersions! [string]
`;
