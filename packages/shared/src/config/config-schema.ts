import { z } from '../zod.ts';
import { PORT_TEXT, readPort, type WrittenPort } from './port-text.ts';

/**
 * The schema of `devloop.yaml`. Defaults that need no look at the disk live here and nowhere else; what depends on
 * folders and manifests (a service's context, its image, its manifests) is left open and resolved by the project room.
 */

/** RFC 1123 label, as Kubernetes wants names that become part of object names and DNS. */
const dnsLabel = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
  error: 'must be lower-case letters, digits and "-", at most 63 characters, and start and end with a letter or digit',
});

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value));

/** The long form of `build:`. */
export const BuildSchema = z.strictObject({
  context: z
    .string()
    .optional()
    .describe('Folder that is sent to the build, relative to devloop.yaml. Default: the folder named as the service.'),
  dockerfile: z.string().optional().describe('Dockerfile, relative to the context. Default: Dockerfile.'),
  target: z.string().optional().describe('Stage of the Dockerfile to build. Default: the last one.'),
  args: z.record(z.string(), scalar).default({}).describe('Build arguments (ARG).'),
  image: z
    .string()
    .optional()
    .describe(
      'Image as the manifests name it; its tag, registry and digest do not matter. Default: the service name, or the ' +
        'one image in its manifests that is called like it.',
    ),
});

/** The long form of a hook. */
export const HookObjectSchema = z.strictObject({
  command: z.string().min(1).describe('Run by sh -c.'),
  workdir: z.string().default('.').describe('Working folder, relative to devloop.yaml.'),
  outputs: z
    .array(z.string())
    .default([])
    .describe('Files and folders the command writes, relative to devloop.yaml; changes in them do not start a pass.'),
});

const HookSchema = z.union([
  z
    .string()
    .min(1)
    .transform((command) => ({ command, workdir: '.', outputs: [] as string[] })),
  HookObjectSchema,
]);

export const HooksSchema = z.strictObject({
  beforeBuild: HookSchema.optional().describe('Run before each build; what it writes is part of the build.'),
  afterReady: HookSchema.optional().describe('Run each time new content is live.'),
});

const portNumber = z.int().min(1).max(65535);
const NO_PORT = 'must be a port ("8080") or local:port ("8080:80" or "8080:http")';
const FORWARD_TARGET = /^[a-z]+\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** The long form of an item of `ports:`. */
export const PortObjectSchema = z.strictObject({
  local: portNumber.describe('Port on this machine.'),
  port: z.union([portNumber, z.string()]).describe('Port of the container, as a number or by its name.'),
  address: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe('Address of this machine to listen on, 0.0.0.0 for all of them. Default: loopback, of IPv4 and IPv6.'),
});

const PortSchema = z.union([
  portNumber.transform((port): WrittenPort => ({ local: port, port })),
  z
    .string()
    .regex(PORT_TEXT, { error: NO_PORT })
    .transform((text, context): WrittenPort => {
      const port = readPort(text);
      if (port !== undefined) return port;
      context.addIssue({ code: 'custom', message: NO_PORT });
      return z.NEVER;
    }),
  PortObjectSchema,
]);

/** An item of `forwards:`. */
export const ForwardSchema = PortObjectSchema.extend({
  to: z
    .string()
    .regex(FORWARD_TARGET, { error: 'must be kind/name, as service/redis, deployment/web or pod/job-1' })
    .describe('What is forwarded, as kind/name: service, deployment, statefulset, daemonset, replicaset, job or pod.'),
  namespace: dnsLabel.optional().describe('Namespace that it is in. Default: that of the project.'),
});

/** A chart that helm renders. */
export const HelmSchema = z.strictObject({
  chart: z.string().min(1).describe('Folder of the chart, relative to devloop.yaml.'),
  release: dnsLabel.optional().describe('Name of the release. Default: the name of the chart’s folder.'),
  values: z
    .union([z.string().transform((file) => [file]), z.array(z.string())])
    .default([])
    .describe('Files of values, relative to devloop.yaml; each is laid over those before it.'),
  set: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Single values over those of the files, by their path in them: image.tag.'),
});

/** Manifests that a tool renders: one of the two keys. */
export const RenderedManifestsSchema = z
  .strictObject({
    kustomize: z.string().min(1).optional().describe('Folder with a kustomization.yaml, relative to devloop.yaml.'),
    helm: HelmSchema.optional().describe('A chart that helm renders.'),
  })
  .refine(({ kustomize, helm }) => (kustomize === undefined) !== (helm === undefined));

const ManifestsSchema = z.array(z.union([z.string(), RenderedManifestsSchema]));

/** One service, without the `null` that a bare `web:` reads as. */
export const ServiceSchema = z.strictObject({
  build: z
    .union([
      z.literal(false).describe('Nothing is built: the manifests are deployed as they are.'),
      z.string().transform((context): z.output<typeof BuildSchema> => ({ context, args: {} })),
      BuildSchema,
    ])
    .optional()
    .describe('How the image is built. Default: from the Dockerfile in the folder named as the service.'),
  manifests: ManifestsSchema.optional().describe(
    'Files, folders (applied recursively), globs, kustomizations and charts. [] generates a Deployment and a Service from EXPOSE, or a Pod.',
  ),
  dependsOn: z.array(z.string()).default([]).describe('Services that must be live before this one is deployed.'),
  rollout: z
    .enum(['swap', 'rolling'])
    .optional()
    .describe('swap: replace the image inside the running pod. Default: swap for one replica, else rolling.'),
  killAfterMs: z
    .union([z.literal(false), z.int().min(0).max(30_000)])
    .default(50)
    .describe('In a swap, milliseconds a program has to end on SIGTERM before it is killed; false: its grace period.'),
  readyTimeoutSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(120)
    .describe('Seconds a rollout may take before it counts as failed.'),
  hooks: HooksSchema.default({}).describe('Commands run on this machine in step with the service.'),
  ports: z
    .array(PortSchema)
    .optional()
    .describe('Ports forwarded to this machine. Default: those of its Services, see choosePorts; [] forwards none.'),
  env: z.record(z.string(), scalar).default({}).describe('Environment variables set on the containers of this image.'),
});

const composeFiles = z.union([z.string().transform((file) => [file]), z.array(z.string()).min(1)]);

/** Which compose files are carried over. */
export const ComposeSchema = z.union([
  composeFiles.transform((files) => ({ files, profiles: [] as string[], volumes: 'claims' as 'claims' | 'empty' })),
  z.strictObject({
    files: composeFiles.describe('Compose files, relative to devloop.yaml; each is laid over those before it.'),
    profiles: z.array(z.string()).default([]).describe('Profiles whose services are run too.'),
    volumes: z
      .enum(['claims', 'empty'])
      .default('claims')
      .describe('claims: named volumes are kept, as PersistentVolumeClaims. empty: they go with their pod.'),
  }),
]);

export const ClusterSchema = z.strictObject({
  context: z
    .string()
    .optional()
    .describe('Context of the kubeconfig. Naming one also allows a cluster that is not local.'),
  namespace: dnsLabel.optional().describe('Namespace of objects that name none. Default: that of the context.'),
});

/** A registry's host as Docker tells it from a part of a path, by a dot or a port, and perhaps a path below it. */
const REGISTRY_ADDRESS =
  /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

const registryAddress = z.string().regex(REGISTRY_ADDRESS, {
  error: 'must be host:port or a host name, perhaps with a path: localhost:5000, registry.example.com/team',
});

/** The long form of `registry:`. */
export const RegistryObjectSchema = z.strictObject({
  push: registryAddress.describe('Where images are pushed, as the Docker Engine that builds them reaches it.'),
  pull: registryAddress.optional().describe('The same registry as the nodes reach it. Default: as it is pushed to.'),
});

const RegistrySchema = z.union([
  registryAddress.transform((push): z.output<typeof RegistryObjectSchema> => ({ push })),
  RegistryObjectSchema,
]);

/** Fields, each perhaps followed by `[*]` or `[0]`, with dots between: `spec.containers[*].image`. */
const IMAGE_PATH = /^[A-Za-z_$][\w$-]*(\[(\*|\d{1,4})\])*(\.[A-Za-z_$][\w$-]*(\[(\*|\d{1,4})\])*)*$/;

/** An item of `resources:`, a kind of custom resource. */
export const ResourceSchema = z.strictObject({
  kind: z
    .string()
    .regex(/^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$/)
    .describe('As the manifests write it: Rollout.'),
  apiGroup: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/)
    .describe('What stands before the slash in its apiVersion: argoproj.io.'),
  images: z
    .array(z.string().regex(IMAGE_PATH))
    .default([])
    .describe('Where it names images: fields with dots between, [*] for all of a list, [0] for one of it.'),
  pods: z
    .boolean()
    .optional()
    .describe('Whether it is live only with pods. Default: with those that come soon, or without any.'),
});

export const LogsSchema = z.strictObject({
  megabytes: z
    .int()
    .min(1)
    .max(100_000)
    .default(200)
    .describe('How much of the disk the log of each service may take, in megabytes; the oldest lines are dropped.'),
});

export const ConfigSchema = z.strictObject({
  project: dnsLabel
    .optional()
    .describe('Marks what devloop applied as this project’s own. Default: the name of the folder.'),
  cluster: ClusterSchema.default({}).describe('The cluster and namespace that is deployed to.'),
  registry: RegistrySchema.optional().describe(
    'Registry that images are pushed to and the nodes pull from. Default: none where the nodes share the engine.',
  ),
  logs: LogsSchema.default({ megabytes: 200 }).describe('What is kept of the logs of the services.'),
  services: z
    .record(
      dnsLabel,
      z.preprocess((value) => value ?? {}, ServiceSchema),
    )
    .default({})
    .describe('Services by name. A name alone is enough where its folder and a manifest go by the same name.'),
  compose: ComposeSchema.optional().describe(
    'Compose files whose services are run on Kubernetes; `services:` may say more of each. See docs/compose.md.',
  ),
  manifests: ManifestsSchema.optional().describe(
    'Manifests that belong to no service. Default: k8s/, kubernetes/, manifests/ or deploy/, where present.',
  ),
  resources: z
    .array(ResourceSchema)
    .default([])
    .describe('Kinds of custom resources that name images at places of their own.'),
  choosePorts: z
    .boolean()
    .default(true)
    .describe('Whether the ports of services without `ports:` are forwarded, to local ports that stay the same.'),
  forwards: z
    .array(ForwardSchema)
    .default([])
    .describe('Ports of what belongs to no service: of anything in the cluster, deployed by devloop or not.'),
});

/** `devloop.yaml` as validated, with defaults. */
export type DevloopConfig = z.infer<typeof ConfigSchema>;
export type ServiceConfig = DevloopConfig['services'][string];
/** An item of `manifests:`. */
export type ManifestEntry = NonNullable<DevloopConfig['manifests']>[number];
/** An item of `resources:`. */
export type ResourceConfig = DevloopConfig['resources'][number];
/** `devloop.yaml` as the user may write it. */
export type DevloopConfigInput = z.input<typeof ConfigSchema>;
