import { ConfigDiagnostic } from '../config/config-diagnostic.ts';
import { ErrorReport } from '../errors/devloop-error.ts';
import { z } from '../zod.ts';
import { ForwardSummary, ServiceSnapshot } from './service-state.ts';

/** The cluster and the engine as devloop found them. */
export const ClusterLink = z.discriminatedUnion('is', [
  z.object({ is: z.literal('connecting') }),
  z.object({
    is: z.literal('connected'),
    context: z.string(),
    namespace: z.string(),
    server: z.string(),
    version: z.string(),
    /** The local cluster product: minikube, docker-desktop, kind, … or `named by the config`. */
    product: z.string(),
    engine: z.object({
      address: z.string(),
      version: z.string(),
      builder: z.enum(['buildkit', 'classic']),
      /** Why this engine: `minikube docker-env`, `shared with the host`. */
      because: z.string(),
    }),
    /** The registry that images are pushed to and pulled from; absent where the nodes run what the engine has. */
    registry: z
      .object({
        push: z.string(),
        pull: z.string(),
        /** Why this one: `devloop.yaml`, `minikube's registry addon`. */
        because: z.string(),
      })
      .optional(),
  }),
  z.object({ is: z.literal('lost'), failure: ErrorReport, since: z.string() }),
]);
export type ClusterLink = z.infer<typeof ClusterLink>;

export const DaemonSnapshot = z.object({
  project: z.string(),
  folder: z.string(),
  pid: z.number().int(),
  startedAt: z.string(),
  cluster: ClusterLink,
  /** Problems of the config as it is on disk; while there are any, the last good one runs. */
  diagnostics: z.array(ConfigDiagnostic),
  /** Things that work less well than they could, with a remedy: no file watches left, disk nearly full. */
  warnings: z.array(ErrorReport),
  services: z.array(ServiceSnapshot),
  /** Forwards of what is no service of the project: `to` is `service/redis`. */
  forwards: z.array(ForwardSummary.extend({ to: z.string() })),
});
export type DaemonSnapshot = z.infer<typeof DaemonSnapshot>;
