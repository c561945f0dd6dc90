import path from 'node:path';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ComposeProblem } from './compose-file.ts';
import { objectName } from './service-names.ts';
import { type ComposeMount, type Fields, isFields, listOf, mountOf, quantityOf, textOf } from './short-forms.ts';

/** What lies on this machine where a mount leads. */
export type MountedFiles =
  | { readonly is: 'file'; readonly bytes: Uint8Array }
  /** Files directly in it, by name. */
  | { readonly is: 'folder'; readonly files: ReadonlyMap<string, Uint8Array>; readonly hasFolders: boolean }
  | { readonly is: 'large' }
  | { readonly is: 'missing' };

export interface VolumeContext {
  /** Of all objects that are made. */
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly volumes: Fields;
  readonly configs: Fields;
  readonly secrets: Fields;
  readonly variables: ReadonlyMap<string, string>;
  /** Folder of the build's context; undefined: nothing is built. */
  readonly context: string | undefined;
  /** Folder of the compose files. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, MountedFiles>;
  /** Whether named volumes outlive their pods. */
  readonly namedVolumes: 'claims' | 'empty';
  readonly tell: (problem: ComposeProblem, severity: 'error' | 'warning') => void;
}

export interface PodVolumes {
  readonly volumes: Fields[];
  readonly mounts: Fields[];
  /** ConfigMaps, Secrets and claims. */
  readonly objects: KubernetesObject[];
  /** Whether something is mounted that only one pod at a time should write to. */
  readonly isExclusive: boolean;
}

const CLAIM = '1Gi';
const SHM = '/dev/shm';

/** Volumes, bind mounts, tmpfs, configs, secrets and shared memory of a service, as a pod has them. */
export function toVolumes(service: Fields, context: VolumeContext): PodVolumes {
  const result: PodVolumes & { isExclusive: boolean } = { volumes: [], mounts: [], objects: [], isExclusive: false };
  const at = (key: string, index: number) => ['services', context.service, key, index];
  const add = (volume: Fields | undefined, mount: Fields) => {
    if (volume !== undefined && !result.volumes.some((one) => one['name'] === volume['name']))
      result.volumes.push(volume);
    result.mounts.push(mount);
  };
  const sources = sourceTargets(service, context);
  for (const [index, item] of listOf(service['volumes']).entries()) {
    const mount = mountOf(item);
    if (mount === undefined || mount.type === 'other') {
      const message = `\`${JSON.stringify(item)}\` is no mount that a pod can have.`;
      context.tell({ path: at('volumes', index), message, hint: 'Volumes, bind mounts and tmpfs are.' }, 'error');
      continue;
    }
    if (isInImage(mount, sources)) {
      if (mount.source === undefined) continue;
      const message = `\`${mount.source}\` is left out: the image has what is at ${mount.target}.`;
      const hint = 'What is installed while the container runs goes with it: install it in the Dockerfile.';
      context.tell({ path: at('volumes', index), message, hint }, 'warning');
      continue;
    }
    const made = mount.type === 'bind' ? bound(mount, index, context) : named(mount, index, context);
    if (made === undefined) continue;
    add(made.volume, { ...made.mount, mountPath: mount.target, ...(mount.readOnly && { readOnly: true }) });
    result.objects.push(...made.objects);
    result.isExclusive ||= made.isExclusive;
  }
  for (const [index, item] of listOf(service['tmpfs']).entries()) {
    const [target = '', options = ''] = String(item).split(':');
    const size = quantityOf(/(?:^|,)size=([^,]+)/.exec(options)?.[1]);
    add(memory(`tmpfs-${index}`, size), { name: `tmpfs-${index}`, mountPath: target });
  }
  const shm = quantityOf(service['shm_size']);
  if (shm !== undefined) add(memory('shm', shm), { name: 'shm', mountPath: SHM });
  for (const kind of ['configs', 'secrets'] as const) {
    for (const [index, item] of listOf(service[kind]).entries()) {
      const made = granted(kind, item, at(kind, index), context);
      if (made === undefined) continue;
      add(made.volume, made.mount);
      result.objects.push(...made.objects);
    }
  }
  return result;
}

interface Made {
  readonly volume: Fields | undefined;
  readonly mount: Fields;
  readonly objects: readonly KubernetesObject[];
  readonly isExclusive: boolean;
}

function memory(name: string, size: string | undefined): Fields {
  return { name, emptyDir: { medium: 'Memory', ...(size !== undefined && { sizeLimit: size }) } };
}

function named({ type, source, subpath, size }: ComposeMount, index: number, context: VolumeContext): Made {
  if (type === 'tmpfs') {
    return {
      volume: memory(`tmpfs-v${index}`, size),
      mount: { name: `tmpfs-v${index}` },
      objects: [],
      isExclusive: false,
    };
  }
  const name = source === undefined ? `anonymous-${index}` : (objectName(source) ?? `volume-${index}`);
  const mount = { name, ...(subpath !== undefined && { subPath: subpath }) };
  if (source === undefined || context.namedVolumes === 'empty')
    return { volume: { name, emptyDir: {} }, mount, objects: [], isExclusive: false };
  const definition = context.volumes[source];
  const given = isFields(definition) ? definition : {};
  const external = given['external'] === true;
  const claimName = objectName(textOf(given['name']) ?? source) ?? name;
  const claim: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claimName },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: CLAIM } } },
  };
  return {
    volume: { name, persistentVolumeClaim: { claimName } },
    mount,
    objects: external ? [] : [claim],
    isExclusive: true,
  };
}

/** Folders that hold what was installed. */
const INSTALLED = /(?:^|\/)(?:node_modules|bower_components|vendor|\.?venv|site-packages|\.yarn|\.pnpm-store)$/;

/** Where sources are mounted that are in the image. */
function sourceTargets(service: Fields, { context }: VolumeContext): string[] {
  return listOf(service['volumes']).flatMap((item) => {
    const mount = mountOf(item);
    return mount?.type === 'bind' && isSource(mount.source ?? '', context) ? [mount.target] : [];
  });
}

function isSource(source: string, context: string | undefined): boolean {
  return context !== undefined && (source === context || source.startsWith(`${context}${path.sep}`));
}

/**
 * Whether a volume is there only so that a mount of the sources does not hide what the image has: compose fills it with
 * that, and a pod's volume would be empty.
 */
function isInImage({ type, source, target }: ComposeMount, sources: readonly string[]): boolean {
  if (type !== 'volume' || !sources.some((one) => target.startsWith(`${one.replace(/\/$/, '')}/`))) return false;
  return source === undefined || INSTALLED.test(target);
}

function bound({ source = '', target }: ComposeMount, index: number, context: VolumeContext): Made | undefined {
  const at = ['services', context.service, 'volumes', index];
  const shown = path.relative(context.folder, source) || '.';
  const { context: built } = context;
  if (isSource(source, built)) return undefined; // in the image
  const name = `bind-${index}`;
  if (!source.startsWith(`${context.folder}${path.sep}`) && source !== context.folder) {
    const message = `${source} is that of the node, not of this machine.`;
    const hint = 'What a pod needs of this machine goes into the image, or below the folder of the compose file.';
    context.tell({ path: at, message, hint }, 'warning');
    return { volume: { name, hostPath: { path: source } }, mount: { name }, objects: [], isExclusive: true };
  }
  const found = context.files.get(source) ?? { is: 'missing' };
  if (found.is === 'large' || (found.is === 'folder' && found.hasFolders)) {
    const why =
      found.is === 'large' ? 'more than a ConfigMap holds (900 kB)' : 'folders in it, which a ConfigMap cannot hold';
    const message = `${shown} cannot be mounted at ${target}: it has ${why}.`;
    const hint = `Copy it in the Dockerfile, or take it away in a file that is laid over: \`volumes: !override [...]\`.`;
    context.tell({ path: at, message, hint }, 'error');
    return undefined;
  }
  if (found.is === 'missing' || (found.is === 'folder' && found.files.size === 0)) {
    const message = `What is written to ${target} is not kept in ${shown}: it goes with the pod.`;
    context.tell({ path: at, message, hint: 'A named volume is kept.' }, 'warning');
    return { volume: { name, emptyDir: {} }, mount: { name }, objects: [], isExclusive: false };
  }
  const configMap = `${context.labels['app']}-${name}`;
  const files = found.is === 'file' ? new Map([[path.basename(target), found.bytes]]) : found.files;
  return {
    volume: { name, configMap: { name: configMap } },
    mount: { name, ...(found.is === 'file' && { subPath: keyOf(path.basename(target)) }) },
    objects: [keeper('ConfigMap', configMap, files, context.labels)],
    isExclusive: false,
  };
}

function granted(
  kind: 'configs' | 'secrets',
  item: unknown,
  at: readonly (string | number)[],
  context: VolumeContext,
): Made | undefined {
  const source = isFields(item) ? textOf(item['source']) : textOf(item);
  const definition = source === undefined ? undefined : context[kind][source];
  if (source === undefined || !isFields(definition)) {
    const message = `There is no \`${source}\` among the ${kind} of these files.`;
    context.tell({ path: at, message, hint: `Define it: \`${kind}: { ${source}: { file: ... } }\`.` }, 'error');
    return undefined;
  }
  const asked = isFields(item) ? textOf(item['target']) : undefined;
  const base = kind === 'secrets' ? '/run/secrets' : '/';
  const target = path.posix.resolve(base, asked ?? source);
  const object = objectName(textOf(definition['name']) ?? source) ?? source;
  const isExternal = definition['external'] === true;
  const bytes = isExternal ? undefined : contentOf(definition, context);
  if (!isExternal && bytes === undefined) {
    const message = `\`${source}\` has no content: ${missingContent(definition)}.`;
    context.tell({ path: [kind, source], message, hint: 'Give it `file`, `environment` or `content`.' }, 'error');
    return undefined;
  }
  const name = `${kind.slice(0, -1)}-${object}`.slice(0, 63);
  const key = keyOf(source); // not that of the target: other services may mount it elsewhere
  const volume = kind === 'secrets' ? { name, secret: { secretName: object } } : { name, configMap: { name: object } };
  const keys = new Map([[key, bytes ?? new Uint8Array()]]);
  return {
    volume,
    mount: { name, mountPath: target, subPath: key, readOnly: true },
    objects: isExternal ? [] : [keeper(kind === 'secrets' ? 'Secret' : 'ConfigMap', object, keys, {})],
    isExclusive: false,
  };
}

function contentOf(definition: Fields, { files, variables }: VolumeContext): Uint8Array | undefined {
  const text = textOf(definition['content']) ?? variables.get(textOf(definition['environment']) ?? '');
  if (text !== undefined) return Buffer.from(text);
  const found = files.get(textOf(definition['file']) ?? '');
  return found?.is === 'file' ? found.bytes : undefined;
}

function missingContent(definition: Fields): string {
  const file = textOf(definition['file']);
  if (file !== undefined) return `${file} cannot be read`;
  const variable = textOf(definition['environment']);
  return variable === undefined ? 'nothing says where it is' : `${variable} is not set`;
}

/** A ConfigMap or Secret; what is no text goes into it as bytes. */
function keeper(
  kind: 'ConfigMap' | 'Secret',
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
  labels: Readonly<Record<string, string>>,
): KubernetesObject {
  const entries = [...files].map(([file, bytes]) => ({ key: keyOf(file), bytes, text: asText(bytes) }));
  const coded = entries.filter(({ text }) => kind === 'Secret' || text === undefined);
  const plain = entries.filter(({ text }) => kind === 'ConfigMap' && text !== undefined);
  const base64 = Object.fromEntries(coded.map(({ key, bytes }) => [key, Buffer.from(bytes).toString('base64')]));
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) },
    ...(plain.length > 0 && { data: Object.fromEntries(plain.map(({ key, text }) => [key, text])) }),
    ...(coded.length > 0 && { [kind === 'Secret' ? 'data' : 'binaryData']: base64 }),
  };
}

/** Keys of ConfigMaps have letters, digits and `-_.` only. */
function keyOf(file: string): string {
  return file.replace(/[^\w.-]/g, '_');
}

function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
