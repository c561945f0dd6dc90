import { ErrorReport } from '../errors/devloop-error.ts';
import { z } from '../zod.ts';

/** Why a service that has something to do is not doing it. */
export const Hold = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('waiting-for-cluster'), detail: z.string() }),
  z.object({ reason: z.literal('waiting-for-config'), detail: z.string() }),
  z.object({ reason: z.literal('waiting-for-dependency'), on: z.array(z.string()) }),
  z.object({ reason: z.literal('waiting-for-image'), on: z.array(z.string()) }),
  z.object({ reason: z.literal('waiting-for-build-slot') }),
  /** To start its containers; `before`: how many services are before it. */
  z.object({ reason: z.literal('waiting-for-turn'), before: z.number().int() }),
  /** Saves of this service are not acted on until the user resumes it. */
  z.object({ reason: z.literal('paused') }),
]);
export type Hold = z.infer<typeof Hold>;

/** The parts of a pass, in their order. `held` is outside the line: the pass has begun and may not go on yet. */
export const PHASES = ['hash', 'build', 'push', 'apply', 'rollout', 'hook', 'held'] as const;
export const Phase = z.enum(PHASES);
export type Phase = z.infer<typeof Phase>;

/** How the cluster is brought to new content: inside the running pod, by new pods, or not at all. */
export const RolloutKind = z.enum(['swap', 'rolling', 'replace', 'none']);
export type RolloutKind = z.infer<typeof RolloutKind>;

/**
 * Instants of one pass, in milliseconds since the epoch with fractions. An instant that a pass did not reach or did
 * not need is absent. `noticedAt` is the first file event of the change; `settledAt` the end of the quiet time.
 */
export const PassTimes = z.object({
  noticedAt: z.number(),
  settledAt: z.number().optional(),
  startedAt: z.number(),
  hashedAt: z.number().optional(),
  contextAt: z.number().optional(),
  builtAt: z.number().optional(),
  /** The registry has the image, where there is one. */
  pushedAt: z.number().optional(),
  appliedAt: z.number().optional(),
  /** A node has pulled the image, where it had to. */
  pulledAt: z.number().optional(),
  containerStartedAt: z.number().optional(),
  readyAt: z.number().optional(),
  endedAt: z.number(),
});
export type PassTimes = z.infer<typeof PassTimes>;

export const PodSummary = z.object({
  name: z.string(),
  namespace: z.string(),
  /** kubectl's STATUS column: Running, Pending, CrashLoopBackOff, Completed, … */
  status: z.string(),
  ready: z.boolean(),
  restarts: z.number().int(),
  startedAt: z.string().optional(),
  ip: z.string().optional(),
  /** Whether every container that should run this service's image runs the newest built one, or is going to as its first. */
  newest: z.boolean(),
});
export type PodSummary = z.infer<typeof PodSummary>;

export const ForwardSummary = z.object({
  local: z.number().int(),
  port: z.union([z.number(), z.string()]),
  /** listening: connections are accepted; failed: the report says why. */
  status: z.enum(['listening', 'failed']),
  /** Where it listens, if that is not loopback. */
  address: z.string().optional(),
  /** True when nobody named the local port, so that devloop chose it. */
  chosen: z.boolean().optional(),
  failure: ErrorReport.optional(),
});
export type ForwardSummary = z.infer<typeof ForwardSummary>;

/** An address that a browser on this machine can open. */
export const ServiceUrl = z.object({
  url: z.string(),
  through: z.enum(['forward', 'node-port', 'load-balancer', 'ingress']),
});
export type ServiceUrl = z.infer<typeof ServiceUrl>;

/** What a client may know about a service. */
export const ServiceSnapshot = z.object({
  name: z.string(),
  /** Counts up with every change of content that was seen; never down. */
  seenRevision: z.number().int(),
  /** The newest revision that a pass was begun for. */
  attemptedRevision: z.number().int(),
  /** The newest revision that serves; 0 while none does. */
  liveRevision: z.number().int(),
  /** When the newest revision was first noticed, ISO 8601. */
  seenAt: z.string().optional(),
  /** When the live revision became live, ISO 8601. */
  liveAt: z.string().optional(),
  /** Image reference that serves, where the service is built. */
  liveImage: z.string().optional(),
  /** What goes on now. */
  activity: z.discriminatedUnion('is', [
    z.object({ is: z.literal('idle') }),
    z.object({ is: z.literal('held'), hold: Hold }),
    z.object({
      is: z.literal('working'),
      revision: z.number().int(),
      phase: Phase,
      /** The phase in words with numbers: `building 3/7 RUN npm ci`, `ready 1/2`. */
      detail: z.string(),
      hold: Hold.optional(),
      since: z.string(),
    }),
  ]),
  /** Why the newest attempted revision is not live, if it failed. */
  failure: ErrorReport.optional(),
  /** What is wrong with what is live, after it became live: a crash, a vanished pod. */
  degraded: ErrorReport.optional(),
  pods: z.array(PodSummary),
  /** Replicas over all its workloads: how many are wanted, and how many of the newest content are ready. */
  replicas: z.object({ wanted: z.number().int(), ready: z.number().int() }),
  forwards: z.array(ForwardSummary),
  /** Where it can be opened, forwards first. */
  urls: z.array(ServiceUrl),
  /** NodePorts that this machine cannot reach, as with minikube's docker driver on macOS: they need a forward. */
  unreachableNodePorts: z.array(z.number().int()),
  /** True while saves are seen but not acted on, because the user asked for that. */
  paused: z.boolean(),
  /** Image of the earlier build that the user rolled back to; the next save leaves it. */
  rolledBackTo: z.string().optional(),
  lastPass: z.object({ outcome: z.string(), kind: RolloutKind, times: PassTimes }).optional(),
  /** From change to ready, in milliseconds, of the newest passes that became live; the newest last, at most 20. */
  recentPasses: z.array(z.number()),
});
export type ServiceSnapshot = z.infer<typeof ServiceSnapshot>;

/** live: the last save serves; working, held, failed: it does not, and why; off: nothing was ever live. */
export type Liveness = 'live' | 'working' | 'held' | 'failed' | 'degraded' | 'off';

/** The one word for a service. Never `live` unless the newest revision seen is the one that serves. */
export function liveness(service: ServiceSnapshot): Liveness {
  if (service.activity.is === 'working') return service.activity.hold ? 'held' : 'working';
  if (service.activity.is === 'held') return 'held';
  if (service.attemptedRevision < service.seenRevision) return service.paused ? 'held' : 'working';
  if (service.failure) return 'failed';
  if (service.liveRevision === 0) return 'off';
  if (service.degraded) return 'degraded';
  return service.liveRevision >= service.seenRevision ? 'live' : 'working';
}
