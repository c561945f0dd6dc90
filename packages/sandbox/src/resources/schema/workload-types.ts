/**
 * The groups apps, batch, autoscaling and policy. Written as `type-schema.ts` reads it; the facts are those of Kubernetes' own OpenAPI documents
 * (api/openapi-spec).
 */
export const WORKLOAD_TYPES = `
ContainerResourceMetricSource: container! string; name! string; target! MetricTarget
ContainerResourceMetricStatus: container! string; current! MetricValueStatus; name! string
ControllerRevision: apiVersion string; data any; kind string; metadata ObjectMeta; revision! int
CronJob: apiVersion string; kind string; metadata ObjectMeta; spec! CronJobSpec; status CronJobStatus
CronJobSpec: concurrencyPolicy string; failedJobsHistoryLimit int; jobTemplate! JobTemplateSpec; schedule! string;
    startingDeadlineSeconds int; successfulJobsHistoryLimit int; suspend boolean; timeZone string
CronJobStatus: active [ObjectReference]; lastScheduleTime time; lastSuccessfulTime time
CrossVersionObjectReference: apiVersion string; kind! string; name! string
DaemonSet: apiVersion string; kind string; metadata ObjectMeta; spec DaemonSetSpec; status DaemonSetStatus
DaemonSetCondition: lastTransitionTime time; message string; reason string; status! string; type! string
DaemonSetSpec: minReadySeconds int; revisionHistoryLimit int; selector! LabelSelector; template! PodTemplateSpec;
    updateStrategy DaemonSetUpdateStrategy
DaemonSetStatus: collisionCount int; conditions [DaemonSetCondition by type]; currentNumberScheduled! int;
    desiredNumberScheduled! int; numberAvailable int; numberMisscheduled! int; numberReady! int;
    numberUnavailable int; observedGeneration int; updatedNumberScheduled int
DaemonSetUpdateStrategy: rollingUpdate RollingUpdateDaemonSet; type string
DeleteOptions: apiVersion string; dryRun [string]; gracePeriodSeconds int;
    ignoreStoreReadErrorWithClusterBreakingPotential boolean; kind string; orphanDependents boolean;
    preconditions Preconditions; propagationPolicy string
Deployment: apiVersion string; kind string; metadata ObjectMeta; spec DeploymentSpec; status DeploymentStatus
DeploymentCondition: lastTransitionTime time; lastUpdateTime time; message string; reason string; status! string;
    type! string
DeploymentSpec: minReadySeconds int; paused boolean; progressDeadlineSeconds int; replicas int;
    revisionHistoryLimit int; selector! LabelSelector; strategy DeploymentStrategy retainKeys;
    template! PodTemplateSpec
DeploymentStatus: availableReplicas int; collisionCount int; conditions [DeploymentCondition by type];
    observedGeneration int; readyReplicas int; replicas int; terminatingReplicas int; unavailableReplicas int;
    updatedReplicas int
DeploymentStrategy: rollingUpdate RollingUpdateDeployment; type string
Eviction: apiVersion string; deleteOptions DeleteOptions; kind string; metadata ObjectMeta
ExternalMetricSource: metric! MetricIdentifier; target! MetricTarget
ExternalMetricStatus: current! MetricValueStatus; metric! MetricIdentifier
HPAScalingPolicy: periodSeconds! int; type! string; value! int
HPAScalingRules: policies [HPAScalingPolicy]; selectPolicy string; stabilizationWindowSeconds int; tolerance string
HorizontalPodAutoscaler: apiVersion string; kind string; metadata ObjectMeta; spec! HorizontalPodAutoscalerSpec;
    status HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior: scaleDown HPAScalingRules; scaleUp HPAScalingRules
HorizontalPodAutoscalerCondition: lastTransitionTime time; message string; reason string; status! string; type! string
HorizontalPodAutoscalerSpec: behavior HorizontalPodAutoscalerBehavior; maxReplicas! int; metrics [MetricSpec];
    minReplicas int; scaleTargetRef! CrossVersionObjectReference
HorizontalPodAutoscalerStatus: conditions [HorizontalPodAutoscalerCondition by type]; currentMetrics [MetricStatus];
    currentReplicas int; desiredReplicas! int; lastScaleTime time; observedGeneration int
Job: apiVersion string; kind string; metadata ObjectMeta; spec JobSpec; status JobStatus
JobCondition: lastProbeTime time; lastTransitionTime time; message string; reason string; status! string; type! string
JobSpec: activeDeadlineSeconds int; backoffLimit int; backoffLimitPerIndex int; completionMode string;
    completions int; managedBy string; manualSelector boolean; maxFailedIndexes int; parallelism int;
    podFailurePolicy PodFailurePolicy; podReplacementPolicy string; selector LabelSelector;
    successPolicy SuccessPolicy; suspend boolean; template! PodTemplateSpec; ttlSecondsAfterFinished int
JobStatus: active int; completedIndexes string; completionTime time; conditions [JobCondition]; failed int;
    failedIndexes string; ready int; startTime time; succeeded int; terminating int;
    uncountedTerminatedPods UncountedTerminatedPods
JobTemplateSpec: metadata ObjectMeta; spec JobSpec
MetricIdentifier: name! string; selector LabelSelector
MetricSpec: containerResource ContainerResourceMetricSource; external ExternalMetricSource; object ObjectMetricSource;
    pods PodsMetricSource; resource ResourceMetricSource; type! string
MetricStatus: containerResource ContainerResourceMetricStatus; external ExternalMetricStatus;
    object ObjectMetricStatus; pods PodsMetricStatus; resource ResourceMetricStatus; type! string
MetricTarget: averageUtilization int; averageValue quantity; type! string; value quantity
MetricValueStatus: averageUtilization int; averageValue quantity; value string
ObjectMetricSource: describedObject! CrossVersionObjectReference; metric! MetricIdentifier; target! MetricTarget
ObjectMetricStatus: current! MetricValueStatus; describedObject! CrossVersionObjectReference; metric! MetricIdentifier
PodDisruptionBudget: apiVersion string; kind string; metadata ObjectMeta; spec PodDisruptionBudgetSpec;
    status PodDisruptionBudgetStatus
PodDisruptionBudgetSpec: maxUnavailable intOrString; minAvailable intOrString; selector LabelSelector;
    unhealthyPodEvictionPolicy string
PodDisruptionBudgetStatus: conditions [Condition by type]; currentHealthy int; desiredHealthy int;
    disruptedPods {time}; disruptionsAllowed int; expectedPods int; observedGeneration int
PodFailurePolicy: rules! [PodFailurePolicyRule]
PodFailurePolicyOnExitCodesRequirement: containerName string; operator! string; values! [int]
PodFailurePolicyOnPodConditionsPattern: status string; type! string
PodFailurePolicyRule: action! string; onExitCodes PodFailurePolicyOnExitCodesRequirement;
    onPodConditions [PodFailurePolicyOnPodConditionsPattern]
PodsMetricSource: metric! MetricIdentifier; target! MetricTarget
PodsMetricStatus: current! MetricValueStatus; metric! MetricIdentifier
Preconditions: resourceVersion string; uid string
ReplicaSet: apiVersion string; kind string; metadata ObjectMeta; spec ReplicaSetSpec; status ReplicaSetStatus
ReplicaSetCondition: lastTransitionTime time; message string; reason string; status! string; type! string
ReplicaSetSpec: minReadySeconds int; replicas int; selector! LabelSelector; template PodTemplateSpec
ReplicaSetStatus: availableReplicas int; conditions [ReplicaSetCondition by type]; fullyLabeledReplicas int;
    observedGeneration int; readyReplicas int; replicas! int; terminatingReplicas int
ResourceMetricSource: name! string; target! MetricTarget
ResourceMetricStatus: current! MetricValueStatus; name! string
RollingUpdateDaemonSet: maxSurge intOrString; maxUnavailable intOrString
RollingUpdateDeployment: maxSurge intOrString; maxUnavailable intOrString
RollingUpdateStatefulSetStrategy: maxUnavailable intOrString; partition int
Scale: apiVersion string; kind string; metadata ObjectMeta; spec ScaleSpec; status ScaleStatus
ScaleSpec: replicas int
ScaleStatus: replicas! int; selector string
StatefulSet: apiVersion string; kind string; metadata ObjectMeta; spec StatefulSetSpec; status StatefulSetStatus
StatefulSetCondition: lastTransitionTime time; message string; reason string; status! string; type! string
StatefulSetOrdinals: start int
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted string; whenScaled string
StatefulSetSpec: minReadySeconds int; ordinals StatefulSetOrdinals;
    persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy; podManagementPolicy string;
    replicas int; revisionHistoryLimit int; selector! LabelSelector; serviceName string; template! PodTemplateSpec;
    updateStrategy StatefulSetUpdateStrategy; volumeClaimTemplates [PersistentVolumeClaim]
StatefulSetStatus: availableReplicas int; collisionCount int; conditions [StatefulSetCondition by type];
    currentReplicas int; currentRevision string; observedGeneration int; readyReplicas int; replicas! int;
    updateRevision string; updatedReplicas int
StatefulSetUpdateStrategy: rollingUpdate RollingUpdateStatefulSetStrategy; type string
SuccessPolicy: rules! [SuccessPolicyRule]
SuccessPolicyRule: succeededCount int; succeededIndexes string
UncountedTerminatedPods: failed [string]; succeeded [string]
`;
