import { z } from '../zod.ts';

/** What a client may ask the daemon to do: the body of `POST /v1/command`. */
export const Command = z.discriminatedUnion('type', [
  /** Build and roll out again, even where nothing changed. */
  z.object({ type: z.literal('rebuild-service'), service: z.string() }),
  /** Look at the disk now: answers with the revision that holds what is there, so that a client can wait for it. */
  z.object({ type: z.literal('look-again'), service: z.string() }),
  /** Start its containers anew, with the content that is live. */
  z.object({ type: z.literal('restart-service'), service: z.string() }),
  /** See saves but do not act on them, until resumed. Empty: all services. */
  z.object({ type: z.literal('pause'), services: z.array(z.string()) }),
  z.object({ type: z.literal('resume'), services: z.array(z.string()) }),
  /** Keep this many replicas, whatever the manifests say, until the daemon ends. */
  z.object({ type: z.literal('scale-service'), service: z.string(), replicas: z.int().min(0).max(100) }),
  /** Delete one pod of the app; its controller replaces it, a bare pod devloop applies again. */
  z.object({ type: z.literal('delete-pod'), service: z.string(), namespace: z.string(), pod: z.string() }),
  /** Serve an earlier build until the next save. Without an image: the build before the live one. */
  z.object({ type: z.literal('roll-back'), service: z.string(), image: z.string().optional() }),
  /** Forward a port until it is removed or the daemon ends; an own local port replaces the one of the same port. */
  z.object({
    type: z.literal('add-forward'),
    /** Or `kind/name` of something else, in another namespace with that before it: `service/redis`, `data/service/redis`. */
    service: z.string(),
    local: z.int().min(1).max(65_535),
    port: z.union([z.int().min(1).max(65_535), z.string()]),
    /** IP address of this machine to listen on; absent: loopback. */
    address: z.union([z.ipv4(), z.ipv6()]).optional(),
  }),
  z.object({ type: z.literal('remove-forward'), service: z.string(), local: z.int() }),
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
  z.object({ type: z.literal('restart-service') }),
  /** The services that changed by it. */
  z.object({ type: z.literal('pause'), services: z.array(z.string()) }),
  z.object({ type: z.literal('resume'), services: z.array(z.string()) }),
  z.object({ type: z.literal('scale-service') }),
  z.object({ type: z.literal('delete-pod') }),
  z.object({ type: z.literal('roll-back'), image: z.string() }),
  z.object({ type: z.literal('add-forward') }),
  z.object({ type: z.literal('remove-forward') }),
  z.object({ type: z.literal('plan-down'), objects: z.array(ObjectName) }),
  z.object({ type: z.literal('down'), objects: z.array(ObjectName) }),
  z.object({ type: z.literal('stop') }),
]);
export type CommandResult = z.infer<typeof CommandResult>;
