import type { KubeObject } from '../../ports/kube-object.ts';
import type { Fields } from '../schema/fields.ts';
import { setPodSpecDefaults } from './pod-defaults.ts';

/** Defaults of the groups apps and batch; kubernetes' pkg/apis/apps/v1 and pkg/apis/batch/v1 defaults.go. */

export function setDeploymentDefaults({ spec }: KubeObject): void {
  if (spec === undefined) return;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  setTemplateDefaults(spec);
}

export function setReplicaSetDefaults({ spec }: KubeObject): void {
  if (spec === undefined) return;
  spec.replicas ??= 1;
  setTemplateDefaults(spec);
}

export function setReplicationControllerDefaults(controller: KubeObject): void {
  const { spec, metadata } = controller;
  if (spec === undefined) return;
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    spec.selector ??= labels;
    metadata.labels ??= labels;
  }
  setReplicaSetDefaults(controller);
}

export function setStatefulSetDefaults({ spec }: KubeObject): void {
  if (spec === undefined) return;
  spec.podManagementPolicy ??= 'OrderedReady';
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ??= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ??= 'v1';
    claim.kind ??= 'PersistentVolumeClaim';
    if (claim.spec !== undefined) claim.spec.volumeMode ??= 'Filesystem';
    claim.status = { phase: 'Pending' };
  }
  setTemplateDefaults(spec);
}

export function setDaemonSetDefaults({ spec }: KubeObject): void {
  if (spec === undefined) return;
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ??= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  setTemplateDefaults(spec);
}

export function setJobDefaults({ spec, metadata }: KubeObject): void {
  if (spec === undefined) return;
  if (spec.parallelism === undefined && spec.completions === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= 6;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) metadata.labels ??= labels;
  setTemplateDefaults(spec);
}

/** A Job's pods are found by the Job's uid: its selector and template are completed once it has one. */
export function setJobSelector({ spec, metadata }: KubeObject): void {
  if (spec?.template === undefined || spec.manualSelector === true) return;
  const uid = metadata.uid ?? '';
  spec.template.metadata ??= {};
  const given = spec.template.metadata.labels;
  spec.template.metadata.labels = {
    ...spec.template.metadata.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': uid,
    'job-name': metadata.name,
  };
  // A Job without labels of its own has those of its pods.
  if (metadata.labels === given) metadata.labels = spec.template.metadata.labels;
  spec.selector ??= {};
  spec.selector.matchLabels = { ...spec.selector.matchLabels, 'batch.kubernetes.io/controller-uid': uid };
}

export function setCronJobDefaults({ spec }: KubeObject): void {
  if (spec === undefined) return;
  spec.concurrencyPolicy ??= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  if (spec.jobTemplate?.spec !== undefined) setTemplateDefaults(spec.jobTemplate.spec);
}

/** Defaults of the pod template in a workload's spec, where it has one. */
export function setTemplateDefaults({ template }: Fields): void {
  if (template === undefined) return;
  template.metadata ??= {};
  if (template.spec !== undefined) setPodSpecDefaults(template.spec);
}
