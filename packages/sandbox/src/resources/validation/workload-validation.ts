import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../ports/kube-object.ts';
import { NotASchedule, parseCronSchedule } from '../cron-schedule.ts';
import { matchesSelector } from '../label-selector.ts';
import type { Fields } from '../schema/fields.ts';
import {
  type FieldError,
  forbidden,
  GoSyntax,
  goStringMap,
  invalid,
  notSupported,
  required,
} from '../status-errors.ts';
import { validateLabels } from './metadata-validation.ts';
import { atLeast, oneOf, validatePodSpec } from './pod-validation.ts';

/** Kinds whose pods are started again for ever, and so always restart. */
export function validateReplicated(kind: string): (object: KubeObject) => FieldError[] {
  return ({ spec = {} }) => {
    const errors: FieldError[] = [];
    atLeast(spec.replicas, 0, 'spec.replicas', errors);
    errors.push(...validateSelector(spec, kind));
    const claims: Fields[] = spec.volumeClaimTemplates ?? [];
    const claimed = claims.map(({ metadata }) => metadata?.name);
    errors.push(...validateTemplate(spec.template, 'spec.template', ['Always'], claimed));
    atLeast(spec.minReadySeconds, 0, 'spec.minReadySeconds', errors);
    atLeast(spec.revisionHistoryLimit, 0, 'spec.revisionHistoryLimit', errors);
    if (kind === 'deployment') errors.push(...validateStrategy(spec));
    if (kind === 'statefulset')
      oneOf(spec.podManagementPolicy, ['OrderedReady', 'Parallel'], 'spec.podManagementPolicy', errors);
    return errors;
  };
}

/** A selector that must be there and fit the pods that come of the template. */
function validateSelector(spec: Fields, kind: string): FieldError[] {
  const { selector, template } = spec;
  const labels = template?.metadata?.labels;
  if (selector === undefined) return [required('spec.selector'), ...mismatch(labels)];
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) {
    return [invalid('spec.selector', goSelector(selector), `empty selector is invalid for ${kind}`)];
  }
  const errors = validateLabels(selector.matchLabels, 'spec.selector.matchLabels');
  return errors.length > 0 || matchesSelector(selector, labels ?? {}) ? errors : mismatch(labels);
}

function mismatch(labels: Record<string, string> | undefined): FieldError[] {
  const value = new GoSyntax(goStringMap(labels));
  return [invalid('spec.template.metadata.labels', value, '`selector` does not match template `labels`')];
}

function goSelector({ matchLabels, matchExpressions }: Fields): GoSyntax {
  const expressions = (matchExpressions ?? []).map(
    ({ key, operator, values }: Fields) =>
      `v1.LabelSelectorRequirement{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:[]string${
        values === undefined ? '(nil)' : `{${values.map((value: string) => JSON.stringify(value)).join(', ')}}`
      }}`,
  );
  const list = matchExpressions === undefined ? '(nil)' : `{${expressions.join(', ')}}`;
  return new GoSyntax(
    `v1.LabelSelector{MatchLabels:${goStringMap(matchLabels)}, MatchExpressions:[]v1.LabelSelectorRequirement${list}}`,
  );
}

function validateTemplate(
  template: Fields | undefined,
  at: string,
  restartPolicies: readonly string[],
  claimed: readonly string[] = [],
): FieldError[] {
  const errors = validateLabels(template?.['metadata']?.labels, `${at}.metadata.labels`);
  errors.push(...validatePodSpec(template?.['spec'], `${at}.spec`, claimed));
  const policy = template?.['spec']?.restartPolicy;
  if (policy !== undefined && !restartPolicies.includes(policy)) {
    errors.push(
      // what nobody has set is Always; a Job is told that it has to choose
      policy === 'Always'
        ? required(`${at}.spec.restartPolicy`, `valid values: ${restartPolicies.map((one) => `"${one}"`).join(', ')}`)
        : notSupported(`${at}.spec.restartPolicy`, policy, restartPolicies),
    );
  }
  return errors;
}

function validateStrategy(spec: Fields): FieldError[] {
  const { type, rollingUpdate } = spec['strategy'] ?? {};
  const errors: FieldError[] = [];
  if (type !== 'Recreate' && type !== 'RollingUpdate') {
    const value = new GoSyntax(
      `apps.DeploymentStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}`,
    );
    errors.push(notSupported('spec.strategy', value, ['Recreate', 'RollingUpdate']));
  }
  if (type === 'Recreate' && rollingUpdate !== undefined) {
    errors.push(forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'"));
  }
  if (type === 'RollingUpdate' && isZero(rollingUpdate?.maxUnavailable) && isZero(rollingUpdate?.maxSurge)) {
    errors.push(
      invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        new GoSyntax(`intstr.IntOrString{Type:0, IntVal:0, StrVal:""}`),
        'may not be 0 when `maxSurge` is 0',
      ),
    );
  }
  if (
    spec['progressDeadlineSeconds'] !== undefined &&
    spec['progressDeadlineSeconds'] <= (spec['minReadySeconds'] ?? 0)
  ) {
    errors.push(
      invalid('spec.progressDeadlineSeconds', spec['progressDeadlineSeconds'], 'must be greater than minReadySeconds'),
    );
  }
  return errors;
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '0%';
}

export function validateJob({ spec = {} }: KubeObject): FieldError[] {
  return validateJobSpec(spec, 'spec');
}

function validateJobSpec(spec: Fields, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of [
    'parallelism',
    'completions',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'activeDeadlineSeconds',
  ]) {
    atLeast(spec[field], 0, `${at}.${field}`, errors);
  }
  return [...errors, ...validateTemplate(spec['template'], `${at}.template`, ['OnFailure', 'Never'])];
}

export function validateCronJob({ spec = {} }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const schedule: string = spec.schedule ?? '';
  if (schedule === '') errors.push(required('spec.schedule'));
  else {
    try {
      parseCronSchedule(schedule);
    } catch (error) {
      if (!(error instanceof NotASchedule)) throw error;
      errors.push(invalid('spec.schedule', schedule, error.message));
    }
  }
  oneOf(spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], 'spec.concurrencyPolicy', errors);
  return [...errors, ...validateJobSpec(spec.jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec')];
}

/** Selectors stay what they were. */
export function validateSelectorUpdate({ spec }: KubeObject, before: KubeObject): FieldError[] {
  if (isDeepStrictEqual(spec?.selector, before['spec']?.selector)) return [];
  return [invalid('spec.selector', goSelector(spec?.selector ?? {}), 'field is immutable')];
}

const STATEFUL_SET_MUTABLE = new Set([
  'minReadySeconds',
  'ordinals',
  'persistentVolumeClaimRetentionPolicy',
  'replicas',
  'revisionHistoryLimit',
  'template',
  'updateStrategy',
]);

export function validateStatefulSetUpdate({ spec = {} }: KubeObject, before: KubeObject): FieldError[] {
  const old = before['spec'] ?? {};
  const changed = Object.keys({ ...old, ...spec }).some(
    (field) => !STATEFUL_SET_MUTABLE.has(field) && !isDeepStrictEqual(spec[field], old[field]),
  );
  if (!changed) return [];
  return [
    forbidden(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
}

export function validateJobUpdate(job: KubeObject, before: KubeObject): FieldError[] {
  const errors = validateSelectorUpdate(job, before);
  for (const field of ['template', 'completionMode']) {
    const value = job['spec']?.[field];
    if (isDeepStrictEqual(value, before['spec']?.[field])) continue;
    errors.push(invalid(`spec.${field}`, value, 'field is immutable'));
  }
  return errors;
}
