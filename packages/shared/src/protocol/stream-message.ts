import { z } from 'zod';
import { PublishedEvent } from './event.ts';
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

/** What `GET /v1/logs` sends, one JSON line each. */
export const LogMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('line'),
    service: z.string(),
    pod: z.string(),
    container: z.string(),
    /** RFC 3339 with nanoseconds, as the kubelet wrote it. */
    at: z.string(),
    text: z.string(),
  }),
  /** Lines that could not be had, and why. */
  z.object({
    type: z.literal('gap'),
    service: z.string(),
    pod: z.string(),
    container: z.string(),
    because: z.string(),
  }),
]);
export type LogMessage = z.infer<typeof LogMessage>;
