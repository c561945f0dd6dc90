import { createHash } from 'node:crypto';
import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import type { ExposedPort } from '../deploy/generate-manifests.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { checkKeys, checkNames, type Tell } from './check-service.ts';
import type { ComposeContent } from './load-compose.ts';
import { namesOf } from './merge-files.ts';
import { objectName } from './service-names.ts';
import { type ComposePort, type Fields, isFields, listOf, pairsOf, portsOf, textOf } from './short-forms.ts';
import { namedUser, toContainer, toPodSettings } from './to-container.ts';
import { containerPorts, toServices } from './to-services.ts';
import { type MountedFiles, toVolumes } from './to-volumes.ts';

/** Annotation of pods with a hash of what devloop mounts into them. */
const MOUNTED = 'devloop.dev/mounted';

/** What is known beside the compose files, all of it read before. */
export interface ComposeFacts {
  /** Absolute folder of the compose files. */
  readonly folder: string;
  /** By service: what the Dockerfile says that its image is built from. */
  readonly dockerfiles: ReadonlyMap<string, DockerfileFacts>;
  /** By service: what its env files say; later ones win. */
  readonly envFiles: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** By absolute path: what is mounted. */
  readonly files: ReadonlyMap<string, MountedFiles>;
  readonly namedVolumes: 'claims' | 'empty';
}

/** What an image is made with that a compose file need not repeat. */
export interface DockerfileFacts {
  readonly ports: readonly ExposedPort[];
  /** HEALTHCHECK, as a compose file would have it. */
  readonly healthcheck: Fields | undefined;
}

/** A compose service as devloop carries it. */
export interface ConvertedService {
  /** As Kubernetes can have it. */
  readonly name: string;
  readonly build:
    | {
        readonly context: string;
        readonly dockerfile: string | undefined;
        readonly target: string | undefined;
        readonly args: Readonly<Record<string, string>>;
      }
    | undefined;
  /** As the objects name it, without tag where it is built. */
  readonly image: string;
  /** As whom its containers run, where the image has to say which number that is. */
  readonly user: string | undefined;
  readonly dependsOn: readonly string[];
  /** Of this machine, forwarded to ports of the container. */
  readonly ports: readonly { readonly local: number; readonly port: number }[];
  readonly objects: readonly KubernetesObject[];
  /** Where the service is in its file. */
  readonly place: { readonly file: string; readonly line: number };
}

/** An object, and the service of which it was made first. */
export interface PlacedObject extends Pick<ConvertedService, 'place'> {
  readonly object: KubernetesObject;
}

export interface ConvertedCompose {
  readonly services: readonly ConvertedService[];
  /** What several services mount, which has to be there before the first of them: each with where that is in its file. */
  readonly shared: readonly PlacedObject[];
  /** What stops the project. */
  readonly errors: readonly ConfigDiagnostic[];
  /** What is other than compose has it. */
  readonly warnings: readonly ConfigDiagnostic[];
}

/** Makes Kubernetes objects of compose services; docs/compose.md is the table of what becomes of what. */
export function convertCompose(content: ComposeContent, facts: ComposeFacts): ConvertedCompose {
  const errors: ConfigDiagnostic[] = [];
  const warnings: ConfigDiagnostic[] = [];
  const tell: Tell = (problem, severity) => (severity === 'error' ? errors : warnings).push(content.place(problem));
  const names = new Map<string, string>();
  for (const name of content.services.keys()) {
    const object = objectName(name);
    const taken = [...names].find(([, one]) => one === object)?.[0];
    if (object !== undefined && taken === undefined) names.set(name, object);
    else {
      const message =
        taken === undefined
          ? `\`${name}\` is no name that Kubernetes can have.`
          : `\`${name}\` and \`${taken}\` have the same name on Kubernetes: ${object}.`;
      tell({ path: ['services', name], message, hint: 'Call it by letters, digits and `-`.' }, 'error');
    }
  }
  const builds = builtImages(content.services);
  const awaited = new Set(
    [...content.services.values()].flatMap((service) =>
      Object.entries(namesOf('depends_on', service['depends_on'])).flatMap(([name, how]) =>
        isFields(how) && how['condition'] === 'service_completed_successfully' ? [name] : [],
      ),
    ),
  );
  const services = [...content.services].flatMap(([name, service]) => {
    const object = names.get(name);
    if (object === undefined) return [];
    checkKeys(name, service, tell);
    checkNames(name, service, content, tell);
    return [convertService(name, object, service, { content, facts, names, builds, awaited, tell })];
  });
  return { ...apart(withoutOthersNames(services)), errors, warnings };
}

interface Conversion {
  readonly content: ComposeContent;
  readonly facts: ComposeFacts;
  readonly names: ReadonlyMap<string, string>;
  readonly builds: ReadonlyMap<string, Fields>;
  readonly awaited: ReadonlySet<string>;
  readonly tell: Tell;
}

function convertService(name: string, object: string, service: Fields, conversion: Conversion): ConvertedService {
  const { content, facts, names, builds, awaited, tell } = conversion;
  const given = textOf(service['image']);
  const build = toBuild(service['build'] ?? (given === undefined ? undefined : builds.get(given)), content.variables);
  const image = given === undefined ? object : build === undefined ? given : withoutTag(given);
  const labels = { app: object };
  const asked = portsAsked(name, service, tell);
  const ports = containerPorts(asked, listOf(service['expose']), facts.dockerfiles.get(name)?.ports ?? []);
  const volumes = toVolumes(service, {
    service: name,
    labels,
    volumes: content.volumes,
    configs: content.configs,
    secrets: content.secrets,
    variables: content.variables,
    context: build?.context,
    folder: facts.folder,
    files: facts.files,
    namedVolumes: facts.namedVolumes,
    tell,
  });
  const container = toContainer(withHealthcheck(service, facts.dockerfiles.get(name)?.healthcheck), {
    name: object,
    image,
    environment: environmentOf(service, facts.envFiles.get(name) ?? new Map(), content.variables),
    ports: ports.map(({ name: port, port: containerPort, protocol }) => ({ name: port, containerPort, protocol })),
    mounts: volumes.mounts,
  });
  const restart = textOf(service['restart']) ?? '';
  const isAwaited = awaited.has(name);
  const isServer = ports.length > 0 || container['startupProbe'] !== undefined || replicasOf(service) > 1;
  // Of what neither serves nor is waited for nobody can tell whether it ends: a Pod is live when it runs, and when it has.
  const isOnce = isAwaited || (!isServer && (restart === 'no' || restart.startsWith('on-failure')));
  const annotations = { ...annotationsOf(service), ...mountedContent(volumes.objects) };
  const template = {
    metadata: { labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      ...toPodSettings(service),
      containers: [container],
      ...(volumes.volumes.length > 0 && { volumes: volumes.volumes }),
      ...(isOnce && { restartPolicy: restart.startsWith('on-failure') ? 'OnFailure' : 'Never' }),
    },
  };
  const workload = isAwaited
    ? job(object, labels, template, restart)
    : isOnce
      ? { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: object, ...template.metadata } }
      : deployment(object, labels, template, replicasOf(service), volumes.isExclusive);
  return {
    name: object,
    build,
    image,
    user: namedUser(service['user']),
    dependsOn: dependenciesOf(name, service, content, names, tell),
    ports: asked.flatMap(({ target, published, protocol }) =>
      typeof published === 'number' && protocol === 'TCP' ? [{ local: published, port: target }] : [],
    ),
    objects: [
      ...volumes.objects,
      workload,
      // nobody reaches what has run to its end
      ...(isOnce && ports.length === 0 ? [] : toServices(object, service, labels, ports, linkedAs(name, content))),
    ],
    place: placeOf(content, name),
  };
}

/**
 * With the image's health check below its own. Where the image is made to run something else, its check asks after what
 * does not run: to compose that is a remark, to Kubernetes a reason to end the container.
 */
function withHealthcheck(service: Fields, ofImage: Fields | undefined): Fields {
  const { command, entrypoint, healthcheck: own } = service;
  if (ofImage === undefined || command !== undefined || entrypoint !== undefined) return service;
  return { ...service, healthcheck: { ...ofImage, ...(isFields(own) && own) } };
}

/** Images that one service builds and others only name, with their build. */
function builtImages(services: ReadonlyMap<string, Fields>): Map<string, Fields> {
  return new Map(
    [...services.values()].flatMap(({ image, build }): [string, Fields][] => {
      const name = textOf(image);
      return name === undefined || !isFields(build) ? [] : [[name, build]];
    }),
  );
}

function toBuild(build: unknown, variables: ReadonlyMap<string, string>): ConvertedService['build'] {
  if (!isFields(build)) return undefined;
  return {
    context: textOf(build['context']) ?? '.',
    dockerfile: textOf(build['dockerfile']),
    target: textOf(build['target']),
    args: buildArgs(build, variables),
  };
}

/** Build arguments; those without a value have that of the environment or `.env`, or are the Dockerfile's affair. */
export function buildArgs(build: Fields, variables: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(withValues(build['args'], variables));
}

/** Pairs that have a value, here or among the variables. */
function withValues(pairs: unknown, variables: ReadonlyMap<string, string>): [string, string][] {
  return [...pairsOf(pairs)].flatMap(([name, given]): [string, string][] => {
    const value = given ?? variables.get(name);
    return value === undefined ? [] : [[name, value]];
  });
}

function withoutTag(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function portsAsked(name: string, service: Fields, tell: Tell): ComposePort[] {
  return listOf(service['ports']).flatMap((item, index) => {
    const ports = portsOf(item);
    const path = ['services', name, 'ports', index];
    if (ports === undefined) {
      const message = `\`${textOf(item) ?? JSON.stringify(item)}\` is no port.`;
      tell({ path, message, hint: 'For example "8080:80", "80" or "127.0.0.1:8080:80/tcp".' }, 'error');
      return [];
    }
    if (ports.some(({ protocol, published }) => protocol === 'UDP' && published !== undefined)) {
      const message = 'UDP is not forwarded to this machine; the other services reach it.';
      tell({ path, message, hint: 'Reach it through the node: a Service of type NodePort.' }, 'warning');
    }
    return ports;
  });
}

/** Environment over env files; a variable without a value has that of this machine, where it is set. */
function environmentOf(
  service: Fields,
  envFiles: ReadonlyMap<string, string>,
  variables: ReadonlyMap<string, string>,
): Map<string, string> {
  return new Map([...envFiles, ...withValues(service['environment'], variables)]);
}

/**
 * The content of what is mounted, as an annotation of the pods: a container keeps a single file as it was at its start, and
 * has a folder's new files only up to a minute later, so that other content asks for other pods.
 */
function mountedContent(objects: readonly KubernetesObject[]): Record<string, string> {
  const content = objects.flatMap(({ kind, metadata: { name }, data, binaryData }) =>
    kind === 'ConfigMap' || kind === 'Secret' ? [[kind, name, data, binaryData]] : [],
  );
  if (content.length === 0) return {};
  return { [MOUNTED]: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16) };
}

function annotationsOf(service: Fields): Record<string, string> {
  const pairs = [...pairsOf(service['labels']), ...pairsOf(service['annotations'])];
  const valid = pairs.filter(([key]) => /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(key));
  return Object.fromEntries(valid.map(([key, value]) => [key, value ?? '']));
}

function replicasOf(service: Fields): number {
  const deploy = isFields(service['deploy']) ? service['deploy'] : {};
  return Number(textOf(deploy['replicas']) ?? textOf(service['scale']) ?? 1);
}

function deployment(
  name: string,
  labels: Fields,
  template: object,
  replicas: number,
  isExclusive: boolean,
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { ...labels } as Record<string, string> },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      // two pods at once would write to the same files
      ...(isExclusive && { strategy: { type: 'Recreate' } }),
      template,
    },
  };
}

function job(name: string, labels: Fields, template: object, restart: string): KubernetesObject {
  const [, most] = /^on-failure:(\d+)$/.exec(restart) ?? [];
  const backoffLimit = restart.startsWith('on-failure') ? Number(most ?? 6) : 0;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { ...labels } as Record<string, string> },
    spec: { backoffLimit, template },
  };
}

/** Names that other services give a service in their `links`. */
function linkedAs(name: string, { services }: ComposeContent): string[] {
  return [...services.values()].flatMap(({ links }) =>
    listOf(links).flatMap((link) => {
      const [to, alias] = String(link).split(':');
      return to === name && alias !== undefined ? [alias] : [];
    }),
  );
}

/** A service's own name is worth more than another's alias for itself, and an alias goes to the first that has it. */
function withoutOthersNames(services: readonly ConvertedService[]): ConvertedService[] {
  const taken = new Set<string>();
  const names = new Set(services.map(({ name }) => name));
  return services.map((service) => ({
    ...service,
    objects: service.objects.filter(({ kind, metadata: { name } }) => {
      if (kind !== 'Service') return true;
      if (taken.has(name) || (name !== service.name && names.has(name))) return false;
      taken.add(name);
      return true;
    }),
  }));
}

/** Takes what several services have out of each of them: whichever had it, another could be started before that one. */
function apart(services: readonly ConvertedService[]): Pick<ConvertedCompose, 'services' | 'shared'> {
  const keyOf = ({ kind, metadata: { name } }: KubernetesObject) => `${kind}/${name}`;
  const owners = new Map<string, Set<string>>();
  const shared = new Map<string, PlacedObject>();
  for (const { name, place, objects } of services) {
    for (const object of objects) {
      const key = keyOf(object);
      const all = owners.get(key) ?? new Set();
      owners.set(key, all.add(name));
      if (all.size > 1 && !shared.has(key)) shared.set(key, { object, place });
    }
  }
  const own = services.map((service) => {
    const distinct = new Map(service.objects.map((object) => [keyOf(object), object]));
    return { ...service, objects: [...distinct].flatMap(([key, object]) => (shared.has(key) ? [] : [object])) };
  });
  return { services: own, shared: [...shared.values()] };
}

function dependenciesOf(
  name: string,
  service: Fields,
  content: ComposeContent,
  names: ReadonlyMap<string, string>,
  tell: Tell,
): string[] {
  const links = listOf(service['links']).map((link) => String(link).split(':')[0] ?? '');
  const asked = { ...namesOf('depends_on', links), ...namesOf('depends_on', service['depends_on']) };
  return Object.entries(asked).flatMap(([other, how]) => {
    const object = names.get(other);
    if (object !== undefined) return [object];
    if (isFields(how) && how['required'] === false) return [];
    const there = [...content.services.keys()].join(', ');
    const message = `\`${name}\` depends on \`${other}\`, which is no service here; there are: ${there}.`;
    tell(
      { path: ['services', name, 'depends_on', other], message, hint: 'Correct the name, or turn its profile on.' },
      'error',
    );
    return [];
  });
}

function placeOf(content: ComposeContent, name: string): { file: string; line: number } {
  const { file, line } = content.place({ path: ['services', name], message: '', hint: '' });
  return { file, line };
}
