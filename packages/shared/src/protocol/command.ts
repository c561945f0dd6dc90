import { z } from 'zod';

/** What a client may ask the daemon to do: the body of `POST /v1/command`. */
export const Command = z.discriminatedUnion('type', [
  /** Build and roll out again, even where nothing changed. */
  z.object({ type: z.literal('rebuild-service'), service: z.string() }),
  /** Look at the disk now: answers with the revision that holds what is there, so that a client can wait for it. */
  z.object({ type: z.literal('look-again'), service: z.string() }),
  /** What `down` would delete, without deleting it. */
  z.object({ type: z.literal('plan-down') }),
  /** Delete everything devloop applied for this project, then stop. */
  z.object({ type: z.literal('down') }),
  z.object({ type: z.literal('stop') }),
]);
export type Command = z.infer<typeof Command>;

/** One object in the cluster, as `down` lists it. */
export const ObjectName = z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() });
export type ObjectName = z.infer<typeof ObjectName>;

/** Answers, by the command's type. */
export const CommandResult = z.discriminatedUnion('type', [
  z.object({ type: z.literal('rebuild-service'), revision: z.number().int() }),
  z.object({ type: z.literal('look-again'), revision: z.number().int() }),
  z.object({ type: z.literal('plan-down'), objects: z.array(ObjectName) }),
  z.object({ type: z.literal('down'), objects: z.array(ObjectName) }),
  z.object({ type: z.literal('stop') }),
]);
export type CommandResult = z.infer<typeof CommandResult>;
