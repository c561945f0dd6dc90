import { resolve } from 'node:path';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { type DevloopConfig, type ServiceConfig, ServiceSchema } from '@devloop/shared/config/config-schema';
import type { ConvertedService } from '../compose/convert-compose.ts';
import { readCompose } from '../compose/read-compose.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { Manifest } from './project.ts';

/** A config whose services are those of its compose files too. */
export interface ComposedConfig {
  readonly config: DevloopConfig;
  /** By service: the objects made of it; none of a service whose manifests the config names. */
  readonly manifests: ReadonlyMap<string, readonly Manifest[]>;
  /** Objects that several services have. */
  readonly shared: readonly Manifest[];
  readonly errors: readonly ConfigDiagnostic[];
  readonly warnings: readonly ConfigDiagnostic[];
  /** Absolute paths of all that was read. */
  readonly inputs: readonly string[];
}

/** Takes the services of compose files into a config. What `devloop.yaml` says of one counts for more. */
export async function composedServices(folder: string, config: DevloopConfig): Promise<ComposedConfig> {
  const { compose } = config;
  if (compose === undefined) return { config, manifests: new Map(), shared: [], errors: [], warnings: [], inputs: [] };
  const files = compose.files.map((file) => resolve(folder, file));
  const read = await readCompose({
    files,
    profiles: compose.profiles,
    namedVolumes: compose.volumes,
    environment: process.env,
  });
  const services = Object.fromEntries([
    ...read.services.map((service) => [service.name, withCompose(config.services[service.name], service)]),
    ...Object.entries(config.services).filter(([name]) => !read.services.some((service) => service.name === name)),
  ]);
  const manifests = new Map(
    read.services
      .filter(({ name }) => config.services[name]?.manifests === undefined)
      .map(({ name, objects, place, user }) => [
        name,
        objects.map((object): Manifest => ({ object, ...place, ...(podTemplateOf(object) && { user }) })),
      ]),
  );
  const { errors, warnings, inputs } = read;
  const shared = read.shared.map(({ object, place }): Manifest => ({ object, ...place }));
  return { config: { ...config, services }, manifests, shared, errors, warnings, inputs };
}

function withCompose(own: ServiceConfig | undefined, composed: ConvertedService): ServiceConfig {
  const base = own ?? ServiceSchema.parse({});
  const { build, image } = composed;
  return {
    ...base,
    build: base.build ?? (build === undefined ? false : { ...build, args: { ...build.args }, image }),
    manifests: base.manifests ?? [],
    dependsOn: [...new Set([...composed.dependsOn, ...base.dependsOn])],
    ports: base.ports ?? [...composed.ports], // what compose does not publish is not forwarded
  };
}
