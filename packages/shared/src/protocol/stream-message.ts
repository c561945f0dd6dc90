import { z } from '../zod.ts';
import { PublishedEvent } from './event.ts';
import { ServiceDetail } from './service-detail.ts';
import { ServiceSnapshot } from './service-state.ts';
import { DaemonSnapshot } from './snapshot.ts';

/** First line of every stream, and the answer of `GET /v1/hello`. */
export const Hello = z.object({
  type: z.literal('hello'),
  protocol: z.object({ major: z.number().int(), minor: z.number().int() }),
  version: z.string(),
  pid: z.number().int(),
  folder: z.string(),
  /** Sequence number of the newest event. */
  seq: z.number().int(),
  /** Whether its cluster is a sandbox that it holds. */
  sandbox: z.boolean().optional(),
});
export type Hello = z.infer<typeof Hello>;

/** What `GET /v1/stream?after=SEQ` sends, one JSON line each. */
export const StreamMessage = z.discriminatedUnion('type', [
  Hello,
  z.object({ type: z.literal('snapshot'), snapshot: DaemonSnapshot }),
  z.object({ type: z.literal('event'), published: PublishedEvent }),
  /** Events that the daemon no longer has, or that this client was too slow for. */
  z.object({ type: z.literal('gap'), missed: z.number().int() }),
  z.object({ type: z.literal('goodbye'), reason: z.string() }),
]);
export type StreamMessage = z.infer<typeof StreamMessage>;

/** What `GET /v1/view` sends, one JSON line each: everything a screen shows, kept current. */
export const ViewMessage = z.discriminatedUnion('type', [
  Hello,
  z.object({ type: z.literal('snapshot'), snapshot: DaemonSnapshot }),
  /** What differs from the messages before; changes that come close together come as one. */
  z.object({
    type: z.literal('changed'),
    /** Everything but the services; absent when nothing of it changed. */
    project: DaemonSnapshot.omit({ services: true }).optional(),
    /** The services that changed, whole. */
    services: z.array(ServiceSnapshot),
    /** All services in their order; absent when none came or went. */
    order: z.array(z.string()).optional(),
  }),
  z.object({ type: z.literal('goodbye'), reason: z.string() }),
]);
export type ViewMessage = z.infer<typeof ViewMessage>;

/** What `GET /v1/detail?service=NAME` sends, one JSON line each: the state now, then whenever it changes. */
export const DetailMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('detail'), detail: ServiceDetail }),
  z.object({ type: z.literal('goodbye'), reason: z.string() }),
]);
export type DetailMessage = z.infer<typeof DetailMessage>;

/** When a line was written, RFC 3339 with up to nanoseconds, and the line. */
export type LogLine = [at: string, text: string];

/** Lines are not looked at one by one: there may be ten thousand of them a second. */
const LogLines = z.custom<LogLine[]>(Array.isArray);

/** What `GET /v1/logs` sends, one JSON line each. Lines of one source come in their order, as many as came together. */
export const LogMessage = z.discriminatedUnion('type', [
  /** Lines that a container wrote. */
  z.object({
    type: z.literal('lines'),
    service: z.string(),
    pod: z.string(),
    container: z.string(),
    /** How often the container had been started again before the run that wrote them. */
    restarts: z.number().int().optional(),
    lines: LogLines,
  }),
  /** Lines of a build or a hook; sent only where they are asked for (`build=1`). */
  z.object({
    type: z.literal('output'),
    service: z.string(),
    source: z.enum(['build', 'beforeBuild', 'afterReady']),
    lines: LogLines,
  }),
  /** Lines that could not be had, and why. Pod and container are empty where the lines may be of any. */
  z.object({
    type: z.literal('gap'),
    service: z.string(),
    pod: z.string(),
    container: z.string(),
    because: z.string(),
    /** There where it is not known whether anything is missing. */
    isPerhapsNone: z.literal(true).optional(),
    /** Time of the last line before it and of the first after it, RFC 3339, as far as known. */
    from: z.string().optional(),
    to: z.string().optional(),
  }),
  /** All that was there already has been sent; only where it is asked for (`mark=1`). */
  z.object({ type: z.literal('caught-up') }),
  z.object({ type: z.literal('goodbye'), reason: z.string() }),
]);
export type LogMessage = z.infer<typeof LogMessage>;
