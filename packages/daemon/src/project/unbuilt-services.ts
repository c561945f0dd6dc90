import { ServiceSchema } from '@devloop/shared/config/config-schema';
import { apiGroupOf } from '../deploy/custom-kind.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { Manifest, ServiceSpec } from './project.ts';

/** Kinds whose pods are there as soon as the object is, so that there is something to follow. */
const FOLLOWED = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod']);

export interface UnbuiltServices {
  readonly services: readonly ServiceSpec[];
  /** What is no workload. */
  readonly rest: readonly Manifest[];
}

/**
 * Workloads of the project that no service has: each is a service of its own that is not built, so that it is followed
 * and its logs are shown like those of the others.
 *
 * @param manifests of the project, which name no service's image
 * @param names of the services that there are
 */
export function unbuiltServices(manifests: readonly Manifest[], names: readonly string[]): UnbuiltServices {
  const taken = new Set(names);
  const services: ServiceSpec[] = [];
  const rest: Manifest[] = [];
  for (const manifest of manifests) {
    const { object } = manifest;
    if (!isFollowed(manifest)) {
      rest.push(manifest);
      continue;
    }
    const name = freeName(object.metadata.name, object.kind, taken);
    taken.add(name);
    services.push(asService(name, manifest));
  }
  return { services, rest };
}

function isFollowed({ object, custom }: Manifest): boolean {
  // of a kind without pods there is nothing to follow
  if (apiGroupOf(object).includes('.')) return custom !== undefined && custom.pods !== false;
  return FOLLOWED.has(object.kind) && podTemplateOf(object) !== undefined;
}

function asService(name: string, manifest: Manifest): ServiceSpec {
  const { dependsOn, rollout, killAfterMs, readyTimeoutSeconds, ports, env } = ServiceSchema.parse({});
  return {
    name,
    build: undefined,
    manifests: [manifest],
    generated: false,
    dependsOn,
    rollout,
    killAfterMs,
    readyTimeoutMs: readyTimeoutSeconds * 1000,
    beforeBuild: undefined,
    afterReady: undefined,
    ports,
    env,
  };
}

/** Names of objects may have dots, and two kinds, or two namespaces, may have one of the same name. */
function freeName(given: string, kind: string, taken: ReadonlySet<string>): string {
  const label = given.replaceAll('.', '-').slice(0, 63).replace(/-+$/, '');
  if (!taken.has(label)) return label;
  const withKind = `${label.slice(0, 50)}-${kind.toLowerCase()}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? withKind : `${withKind}-${number}`;
    if (!taken.has(name)) return name;
  }
}
