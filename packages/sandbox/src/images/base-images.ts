import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../ports/container-engine.ts';
import type { HostSystem } from './host-system.ts';
import type { LayerStore } from './layer-store.ts';
import { parseReference } from './reference.ts';
import { type BaseKind, EMPTY_CONFIG, identify, type Layer, type RunConfig, type StoredImage } from './stored-image.ts';

const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const HONEST_LABEL = 'io.devloop.sandbox.is';
const FOLDERS = [
  'dev/pts',
  'dev/shm',
  'etc',
  'home',
  'media',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'srv',
  'sys',
  'tmp',
  'usr/local/bin',
  'usr/local/lib',
  'usr/local/sbin',
  'usr/local/share',
  'var/cache',
  'var/lib',
  'var/log',
  'var/tmp',
];

/** Makes the few images that there are to pull. Their programs are the host's own, lent read-only. */
export class BaseImages {
  readonly #layers: LayerStore;
  readonly #system: HostSystem;
  /** Those that are being made too. */
  readonly #making = new Map<BaseKind, Promise<Layer>>();
  readonly #made = new Set<Layer>();
  readonly #created = new Date().toISOString();

  constructor(layers: LayerStore, system: HostSystem) {
    this.#layers = layers;
    this.#system = system;
  }

  /** Layers that a later pull takes again. */
  layers(): Layer[] {
    return [...this.#made];
  }

  /** What every Dockerfile may begin with. It has no name and no files. */
  scratch(): StoredImage {
    return identify({
      base: 'scratch',
      config: { ...EMPTY_CONFIG, env: [DEFAULT_PATH] },
      layers: [],
      history: [],
      created: this.#created,
    });
  }

  /** @throws EngineError 404 for everything that is no base image, in the registry's words */
  async pull(name: string): Promise<StoredImage> {
    const { repository, tag } = parseReference(name);
    const kind = this.#kindOf(repository);
    if (kind === undefined) {
      throw new EngineError(
        404,
        `pull access denied for ${repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
      );
    }
    const layer = await (this.#making.get(kind) ?? this.#make(kind));
    const createdBy = `devloop sandbox: the host's own programs in the place of ${repository}:${tag}`;
    return identify({
      base: kind,
      config: this.#config(kind, `${repository}:${tag}`),
      layers: [layer],
      history: [{ created: this.#created, createdBy, comment: '', size: layer.size }],
      created: this.#created,
    });
  }

  #kindOf(repository: string): BaseKind | undefined {
    return this.#system.kinds.find((kind) => kind === repository);
  }

  #config(kind: BaseKind, asked: string): RunConfig {
    const labels = {
      [HONEST_LABEL]: `a stand-in for ${asked}: ${kind === 'node' ? `Node ${process.versions.node}` : "the host's own programs"}, read-only`,
    };
    const cmd = { node: ['node'], python: ['python3'], busybox: ['sh'], scratch: undefined }[kind];
    const env = kind === 'node' ? [DEFAULT_PATH, `NODE_VERSION=${process.versions.node}`] : [DEFAULT_PATH];
    return { ...EMPTY_CONFIG, env, cmd, labels };
  }

  #make(kind: BaseKind): Promise<Layer> {
    const making = this.#fill(kind);
    this.#making.set(kind, making);
    making.catch(() => this.#making.delete(kind)); // told to who asked; the next one may have more luck
    return making;
  }

  async #fill(kind: BaseKind): Promise<Layer> {
    const folder = await this.#layers.draft();
    const at = (name: string) => path.join(folder, name);
    for (const name of FOLDERS) await mkdir(at(name), { recursive: true });
    for (const { name, to } of this.#system.links) await symlink(to, at(name));
    for (const lent of this.#system.lent(kind)) {
      if (lent.is === 'folder') await mkdir(at(lent.target), { recursive: true });
      else {
        await mkdir(path.dirname(at(lent.target)), { recursive: true });
        await writeFile(at(lent.target), '', { mode: 0o755 }); // a place for it; what stands there decides its mode
      }
    }
    const person = kind === 'node' ? ['node'] : [];
    await writeFile(at('etc/passwd'), passwd(person));
    await writeFile(at('etc/group'), group(person));
    await writeFile(at('etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
    await writeFile(
      at('etc/os-release'),
      'PRETTY_NAME="devloop sandbox"\nNAME="devloop sandbox"\nID=devloop-sandbox\n',
    );
    for (const name of ['hosts', 'hostname', 'resolv.conf']) await writeFile(at(`etc/${name}`), '');
    for (const name of person) await mkdir(at(`home/${name}`));
    if (kind === 'node' && this.#system.npm !== undefined) {
      for (const name of ['npm', 'npx'])
        await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, at(`usr/local/bin/${name}`));
    }
    if (kind === 'node') await symlink('node', at('usr/local/bin/nodejs'));
    if (kind === 'python')
      for (const name of ['python', 'python3']) await symlink('/usr/bin/python3', at(`usr/local/bin/${name}`));
    await chmod(at('root'), 0o700);
    for (const name of ['tmp', 'var/tmp', 'dev/shm']) await chmod(at(name), 0o1777);
    const layer = await this.#layers.seal(folder, `base ${kind}`);
    this.#layers.add(layer);
    this.#made.add(layer);
    return layer;
  }
}

function passwd(people: readonly string[]): string {
  return [
    'root:x:0:0:root:/root:/bin/sh',
    'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
    'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    ...people.map((name) => `${name}:x:1000:1000::/home/${name}:/bin/sh`),
    '',
  ].join('\n');
}

function group(people: readonly string[]): string {
  const groups = ['root:x:0:', 'daemon:x:1:', 'www-data:x:33:', 'nogroup:x:65534:'];
  return [...groups, ...people.map((name) => `${name}:x:1000:`), ''].join('\n');
}
