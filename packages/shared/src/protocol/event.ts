import { ConfigDiagnostic } from '../config/config-diagnostic.ts';
import { ErrorReport } from '../errors/devloop-error.ts';
import { z } from '../zod.ts';
import { Hold, PassTimes, Phase, RolloutKind } from './service-state.ts';
import { ClusterLink } from './snapshot.ts';

const service = z.string();
const revision = z.number().int();

/**
 * Everything that happens, in the past tense. This union is what `devloop events` prints, one JSON line each, and what
 * the plain printer interprets; the daemon's state is a fold over it.
 */
export const DaemonEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('daemon-started'), pid: z.number().int(), version: z.string() }),
  z.object({ type: z.literal('daemon-stopping'), reason: z.string() }),
  z.object({ type: z.literal('cluster-changed'), cluster: ClusterLink }),
  /** The config was read and is in force. */
  z.object({
    type: z.literal('config-loaded'),
    project: z.string(),
    services: z.array(z.string()),
    /** Against the config before; all of them at the start. */
    added: z.array(z.string()),
    removed: z.array(z.string()),
    changed: z.array(z.string()),
  }),
  /** The config on disk is broken; the last good one stays in force. */
  z.object({ type: z.literal('config-rejected'), diagnostics: z.array(ConfigDiagnostic) }),
  z.object({ type: z.literal('warning-raised'), warning: ErrorReport }),
  z.object({ type: z.literal('warning-cleared'), code: z.string() }),
  /** New content of a service was seen: a save, a changed manifest or config, a rebuild that was asked for. */
  z.object({
    type: z.literal('change-seen'),
    service,
    revision,
    cause: z.enum(['start', 'files', 'manifests', 'config', 'asked', 'cluster']),
    /** What was asked for, where that is the cause. */
    asked: z.enum(['rebuild', 'restart', 'scale', 'roll-back']).optional(),
    /** Relative to the project folder; the first few only. */
    paths: z.array(z.string()),
    /** How many files changed. */
    count: z.number().int(),
    noticedAt: z.number(),
  }),
  z.object({ type: z.literal('service-held'), service, hold: Hold }),
  z.object({ type: z.literal('service-paused'), service }),
  z.object({ type: z.literal('service-resumed'), service }),
  /** It keeps this many replicas from now on, whatever the manifests say. */
  z.object({ type: z.literal('service-scaled'), service, replicas: z.number().int() }),
  /** It serves an earlier build until the next save. */
  z.object({ type: z.literal('service-rolled-back'), service, image: z.string() }),
  z.object({ type: z.literal('pod-deleted'), service, namespace: z.string(), pod: z.string() }),
  z.object({ type: z.literal('pass-started'), service, revision }),
  z.object({
    type: z.literal('phase-changed'),
    service,
    revision,
    phase: Phase,
    detail: z.string(),
    hold: Hold.optional(),
  }),
  z.object({ type: z.literal('build-started'), service, image: z.string() }),
  /** One line of build or hook output. */
  z.object({
    type: z.literal('output'),
    service,
    source: z.enum(['build', 'beforeBuild', 'afterReady']),
    stream: z.enum(['stdout', 'stderr']),
    line: z.string(),
  }),
  z.object({
    type: z.literal('image-ready'),
    service,
    image: z.string(),
    imageId: z.string(),
    /** True when nothing was built for this service: the engine had it, or another service's build of it was joined. */
    reused: z.boolean(),
  }),
  z.object({
    type: z.literal('object-applied'),
    /** Absent for objects that belong to no service. */
    service: service.optional(),
    /** kind/name, with the namespace where it is not the project's. */
    object: z.string(),
    action: z.enum(['created', 'configured', 'unchanged', 'replaced', 'pruned']),
    /** Why it was replaced rather than configured. */
    because: z.string().optional(),
  }),
  z.object({
    type: z.literal('pass-ended'),
    service,
    revision,
    outcome: z.enum(['live', 'failed', 'superseded']),
    kind: RolloutKind,
    times: PassTimes,
    failure: ErrorReport.optional(),
    image: z.string().optional(),
    /** What the user should know of how it is live: that no pods tell. */
    note: z.string().optional(),
  }),
  /** What serves changed its health without devloop having touched it. */
  z.object({ type: z.literal('service-degraded'), service, failure: ErrorReport }),
  z.object({ type: z.literal('service-recovered'), service }),
  z.object({ type: z.literal('images-pruned'), images: z.array(z.string()) }),
  z.object({
    type: z.literal('forward-changed'),
    service,
    local: z.number().int(),
    port: z.union([z.number(), z.string()]),
    status: z.enum(['listening', 'failed', 'closed']),
    /** True when nobody named the local port. */
    chosen: z.boolean().optional(),
    failure: ErrorReport.optional(),
  }),
  /** A connection to a forwarded port was refused, after it had waited. Of several within a second one is told. */
  z.object({
    type: z.literal('forward-refused'),
    service,
    local: z.number().int(),
    port: z.union([z.number(), z.string()]),
    failure: ErrorReport,
  }),
]);
export type DaemonEvent = z.infer<typeof DaemonEvent>;

/** Version of the event lines. A consumer may ignore types and fields that it does not know. */
export const EVENT_VERSION = 1;

/** An event as it is published: numbered without gaps from the daemon's start. */
export const PublishedEvent = z.object({
  v: z.literal(EVENT_VERSION),
  seq: z.number().int(),
  /** ISO 8601. */
  at: z.string(),
  event: DaemonEvent,
});
export type PublishedEvent = z.infer<typeof PublishedEvent>;
