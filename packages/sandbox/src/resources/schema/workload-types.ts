/**
 * The groups apps, batch, autoscaling and policy. Written as `type-schema.ts` reads it; the facts are those of Kubernetes' own OpenAPI documents
 * (api/openapi-spec) and protobuf messages (generated.proto).
 */
export const WORKLOAD_TYPES = `
ContainerResourceMetricSource: container@3! string; name@1! string; target@2! MetricTarget
ContainerResourceMetricStatus: container@3! string; current@2! MetricValueStatus; name@1! string
ControllerRevision: apiVersion string; data@2 any; kind string; metadata@1 ObjectMeta; revision@3! int
CronJob: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2! CronJobSpec; status@3 CronJobStatus
CronJobSpec: concurrencyPolicy@3 string; failedJobsHistoryLimit@7 int; jobTemplate@5! JobTemplateSpec;
    schedule@1! string; startingDeadlineSeconds@2 int; successfulJobsHistoryLimit@6 int; suspend@4 boolean;
    timeZone@8 string
CronJobStatus: active@1 [ObjectReference]; lastScheduleTime@4 time; lastSuccessfulTime@5 time
CrossVersionObjectReference: apiVersion@3 string; kind@1! string; name@2! string
DaemonSet: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 DaemonSetSpec; status@3 DaemonSetStatus
DaemonSetCondition: lastTransitionTime@3 time; message@5 string; reason@4 string; status@2! string; type@1! string
DaemonSetSpec: minReadySeconds@4 int; revisionHistoryLimit@6 int; selector@1! LabelSelector;
    template@2! PodTemplateSpec; updateStrategy@3 DaemonSetUpdateStrategy
DaemonSetStatus: collisionCount@9 int; conditions@10 [DaemonSetCondition by type]; currentNumberScheduled@1! int;
    desiredNumberScheduled@3! int; numberAvailable@7 int; numberMisscheduled@2! int; numberReady@4! int;
    numberUnavailable@8 int; observedGeneration@5 int; updatedNumberScheduled@6 int
DaemonSetUpdateStrategy: rollingUpdate@2 RollingUpdateDaemonSet; type@1 string
DeleteOptions: apiVersion string; dryRun@5 [string]; gracePeriodSeconds@1 int;
    ignoreStoreReadErrorWithClusterBreakingPotential@6 boolean; kind string; orphanDependents@3 boolean;
    preconditions@2 Preconditions; propagationPolicy@4 string
Deployment: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 DeploymentSpec; status@3 DeploymentStatus
DeploymentCondition: lastTransitionTime@7 time; lastUpdateTime@6 time; message@5 string; reason@4 string;
    status@2! string; type@1! string
DeploymentSpec: minReadySeconds@5 int; paused@7 boolean; progressDeadlineSeconds@9 int; replicas@1 int;
    revisionHistoryLimit@6 int; selector@2! LabelSelector; strategy@4 DeploymentStrategy retainKeys;
    template@3! PodTemplateSpec
DeploymentStatus: availableReplicas@4 int; collisionCount@8 int; conditions@6 [DeploymentCondition by type];
    observedGeneration@1 int; readyReplicas@7 int; replicas@2 int; terminatingReplicas@9 int;
    unavailableReplicas@5 int; updatedReplicas@3 int
DeploymentStrategy: rollingUpdate@2 RollingUpdateDeployment; type@1 string
Eviction: apiVersion string; deleteOptions@2 DeleteOptions; kind string; metadata@1 ObjectMeta
ExternalMetricSource: metric@1! MetricIdentifier; target@2! MetricTarget
ExternalMetricStatus: current@2! MetricValueStatus; metric@1! MetricIdentifier
HPAScalingPolicy: periodSeconds@3! int; type@1! string; value@2! int
HPAScalingRules: policies@2 [HPAScalingPolicy]; selectPolicy@1 string; stabilizationWindowSeconds@3 int;
    tolerance@4 string
HorizontalPodAutoscaler: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2! HorizontalPodAutoscalerSpec;
    status@3 HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior: scaleDown@2 HPAScalingRules; scaleUp@1 HPAScalingRules
HorizontalPodAutoscalerCondition: lastTransitionTime@3 time; message@5 string; reason@4 string; status@2! string;
    type@1! string
HorizontalPodAutoscalerSpec: behavior@5 HorizontalPodAutoscalerBehavior; maxReplicas@3! int; metrics@4 [MetricSpec];
    minReplicas@2 int; scaleTargetRef@1! CrossVersionObjectReference
HorizontalPodAutoscalerStatus: conditions@6 [HorizontalPodAutoscalerCondition by type];
    currentMetrics@5 [MetricStatus]; currentReplicas@3 int; desiredReplicas@4! int; lastScaleTime@2 time;
    observedGeneration@1 int
Job: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 JobSpec; status@3 JobStatus
JobCondition: lastProbeTime@3 time; lastTransitionTime@4 time; message@6 string; reason@5 string; status@2! string;
    type@1! string
JobSpec: activeDeadlineSeconds@3 int; backoffLimit@7 int; backoffLimitPerIndex@12 int; completionMode@9 string;
    completions@2 int; managedBy@15 string; manualSelector@5 boolean; maxFailedIndexes@13 int; parallelism@1 int;
    podFailurePolicy@11 PodFailurePolicy; podReplacementPolicy@14 string; selector@4 LabelSelector;
    successPolicy@16 SuccessPolicy; suspend@10 boolean; template@6! PodTemplateSpec; ttlSecondsAfterFinished@8 int
JobStatus: active@4 int; completedIndexes@7 string; completionTime@3 time; conditions@1 [JobCondition]; failed@6 int;
    failedIndexes@10 string; ready@9 int; startTime@2 time; succeeded@5 int; terminating@11 int;
    uncountedTerminatedPods@8 UncountedTerminatedPods
JobTemplateSpec: metadata@1 ObjectMeta; spec@2 JobSpec
MetricIdentifier: name@1! string; selector@2 LabelSelector
MetricSpec: containerResource@7 ContainerResourceMetricSource; external@5 ExternalMetricSource;
    object@2 ObjectMetricSource; pods@3 PodsMetricSource; resource@4 ResourceMetricSource; type@1! string
MetricStatus: containerResource@7 ContainerResourceMetricStatus; external@5 ExternalMetricStatus;
    object@2 ObjectMetricStatus; pods@3 PodsMetricStatus; resource@4 ResourceMetricStatus; type@1! string
MetricTarget: averageUtilization@4 int; averageValue@3 quantity; type@1! string; value@2 quantity
MetricValueStatus: averageUtilization@3 int; averageValue@2 quantity; value@1 string
ObjectMetricSource: describedObject@1! CrossVersionObjectReference; metric@3! MetricIdentifier; target@2! MetricTarget
ObjectMetricStatus: current@2! MetricValueStatus; describedObject@3! CrossVersionObjectReference;
    metric@1! MetricIdentifier
PodDisruptionBudget: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 PodDisruptionBudgetSpec;
    status@3 PodDisruptionBudgetStatus
PodDisruptionBudgetSpec: maxUnavailable@3 intOrString; minAvailable@1 intOrString; selector@2 LabelSelector;
    unhealthyPodEvictionPolicy@4 string
PodDisruptionBudgetStatus: conditions@7 [Condition by type]; currentHealthy@4 int; desiredHealthy@5 int;
    disruptedPods@2 {time}; disruptionsAllowed@3 int; expectedPods@6 int; observedGeneration@1 int
PodFailurePolicy: rules@1! [PodFailurePolicyRule]
PodFailurePolicyOnExitCodesRequirement: containerName@1 string; operator@2! string; values@3! [int]
PodFailurePolicyOnPodConditionsPattern: status@2 string; type@1! string
PodFailurePolicyRule: action@1! string; onExitCodes@2 PodFailurePolicyOnExitCodesRequirement;
    onPodConditions@3 [PodFailurePolicyOnPodConditionsPattern]
PodsMetricSource: metric@1! MetricIdentifier; target@2! MetricTarget
PodsMetricStatus: current@2! MetricValueStatus; metric@1! MetricIdentifier
Preconditions: resourceVersion string; uid@1 string
ReplicaSet: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 ReplicaSetSpec; status@3 ReplicaSetStatus
ReplicaSetCondition: lastTransitionTime@3 time; message@5 string; reason@4 string; status@2! string; type@1! string
ReplicaSetSpec: minReadySeconds@4 int; replicas@1 int; selector@2! LabelSelector; template@3 PodTemplateSpec
ReplicaSetStatus: availableReplicas@5 int; conditions@6 [ReplicaSetCondition by type]; fullyLabeledReplicas@2 int;
    observedGeneration@3 int; readyReplicas@4 int; replicas@1! int; terminatingReplicas@7 int
ResourceMetricSource: name@1! string; target@2! MetricTarget
ResourceMetricStatus: current@2! MetricValueStatus; name@1! string
RollingUpdateDaemonSet: maxSurge@2 intOrString; maxUnavailable@1 intOrString
RollingUpdateDeployment: maxSurge@2 intOrString; maxUnavailable@1 intOrString
RollingUpdateStatefulSetStrategy: maxUnavailable@2 intOrString; partition@1 int
Scale: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 ScaleSpec; status@3 ScaleStatus
ScaleSpec: replicas@1 int
ScaleStatus: replicas@1! int; selector@2 string
StatefulSet: apiVersion string; kind string; metadata@1 ObjectMeta; spec@2 StatefulSetSpec; status@3 StatefulSetStatus
StatefulSetCondition: lastTransitionTime@3 time; message@5 string; reason@4 string; status@2! string; type@1! string
StatefulSetOrdinals: start@1 int
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted@1 string; whenScaled@2 string
StatefulSetSpec: minReadySeconds@9 int; ordinals@11 StatefulSetOrdinals;
    persistentVolumeClaimRetentionPolicy@10 StatefulSetPersistentVolumeClaimRetentionPolicy;
    podManagementPolicy@6 string; replicas@1 int; revisionHistoryLimit@8 int; selector@2! LabelSelector;
    serviceName@5 string; template@3! PodTemplateSpec; updateStrategy@7 StatefulSetUpdateStrategy;
    volumeClaimTemplates@4 [PersistentVolumeClaim]
StatefulSetStatus: availableReplicas@11 int; collisionCount@9 int; conditions@10 [StatefulSetCondition by type];
    currentReplicas@4 int; currentRevision@6 string; observedGeneration@1 int; readyReplicas@3 int; replicas@2! int;
    updateRevision@7 string; updatedReplicas@5 int
StatefulSetUpdateStrategy: rollingUpdate@2 RollingUpdateStatefulSetStrategy; type@1 string
SuccessPolicy: rules@1! [SuccessPolicyRule]
SuccessPolicyRule: succeededCount@2 int; succeededIndexes@1 string
UncountedTerminatedPods: failed@2 [string]; succeeded@1 [string]
`;
