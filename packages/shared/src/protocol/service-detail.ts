import { ErrorReport } from '../errors/devloop-error.ts';
import { z } from '../zod.ts';
import { PassTimes, PodSummary, RolloutKind } from './service-state.ts';

/** A condition of a pod, in Kubernetes' words. */
export const PodCondition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  /** Since when it is so, ISO 8601. */
  since: z.string().optional(),
});
export type PodCondition = z.infer<typeof PodCondition>;

export const ContainerDetail = z.object({
  name: z.string(),
  init: z.boolean(),
  /** The reference that the pod names. */
  image: z.string(),
  /** Against the newest build: newest, an older build of this service, or an image that devloop does not build. */
  content: z.enum(['newest', 'older', 'foreign']),
  state: z.enum(['waiting', 'running', 'terminated']),
  /** CrashLoopBackOff, Completed, …; absent while it runs. */
  reason: z.string().optional(),
  exitCode: z.number().int().optional(),
  /** When the present or last run began, ISO 8601. */
  startedAt: z.string().optional(),
  ready: z.boolean(),
  restarts: z.number().int(),
  ports: z.array(z.object({ port: z.number().int(), name: z.string().optional() })),
});
export type ContainerDetail = z.infer<typeof ContainerDetail>;

/** A Kubernetes Event about a pod. */
export const PodEvent = z.object({
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number().int(),
  /** When it was last seen, ISO 8601. */
  lastAt: z.string().optional(),
});
export type PodEvent = z.infer<typeof PodEvent>;

export const PodDetail = PodSummary.extend({
  node: z.string().optional(),
  conditions: z.array(PodCondition),
  containers: z.array(ContainerDetail),
  /** The newest last. */
  events: z.array(PodEvent),
});
export type PodDetail = z.infer<typeof PodDetail>;

/** A pass that has ended. */
export const PassRecord = z.object({
  revision: z.number().int(),
  outcome: z.enum(['live', 'failed', 'superseded']),
  kind: RolloutKind,
  times: PassTimes,
  /** Image reference that it built or found, where the service is built. */
  image: z.string().optional(),
  /** What made it begin: files, manifests, config, asked, cluster, start. */
  cause: z.string().optional(),
  /** The first of the files that changed, relative to the project folder. */
  paths: z.array(z.string()),
  failure: ErrorReport.optional(),
});
export type PassRecord = z.infer<typeof PassRecord>;

/** All that is known about one service beyond its snapshot. */
export const ServiceDetail = z.object({
  service: z.string(),
  workloads: z.array(
    z.object({
      kind: z.string(),
      namespace: z.string(),
      name: z.string(),
      wanted: z.number().int(),
      ready: z.number().int(),
    }),
  ),
  pods: z.array(PodDetail),
  /** The newest first, at most 50. */
  passes: z.array(PassRecord),
  /** The service's objects as they were applied last, as YAML documents; empty before the first apply. */
  config: z.string(),
});
export type ServiceDetail = z.infer<typeof ServiceDetail>;
