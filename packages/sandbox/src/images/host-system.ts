import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { BaseKind } from './stored-image.ts';

/** Folders of /usr that an image has for itself, or that a program does not need. */
const OWN_OF_USR = new Set(['local', 'src', 'tmp', 'games']);
/** Files of /etc that programs of the host's /usr need. Private keys, passwords and names of people are not among them. */
const ETC = [
  'ssl/certs',
  'ssl/openssl.cnf',
  'ca-certificates',
  'alternatives',
  'ld.so.cache',
  'pki/tls/certs',
  'mime.types',
];
const ROOT_FOLDERS = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
const DEVICE_LINKS = [
  { name: 'dev/fd', to: '/proc/self/fd' },
  { name: 'dev/stdin', to: '/proc/self/fd/0' },
  { name: 'dev/stdout', to: '/proc/self/fd/1' },
  { name: 'dev/stderr', to: '/proc/self/fd/2' },
  { name: 'dev/ptmx', to: 'pts/ptmx' },
];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** Something of the host that containers see at `target`. */
export interface Lent {
  readonly source: string;
  readonly target: string;
  readonly is: 'folder' | 'file';
  readonly readOnly: boolean;
}

export interface HostSystem {
  /** Links such as `lib -> usr/lib`, by their path from the root. */
  readonly links: readonly { readonly name: string; readonly to: string }[];
  /** What images of a kind are lent. Of `scratch` only the devices. */
  lent(kind: BaseKind): readonly Lent[];
  /** npm's folder, where the host has one. */
  readonly npm: string | undefined;
  /** The images that there are to pull. */
  readonly kinds: readonly BaseKind[];
}

/**
 * Looks the host's programs and libraries over, once. Only what is named here is ever seen by a container, read-only.
 *
 * @param nodeBinary lent as /usr/local/bin/node; wherever it lies, nothing beside it is seen
 */
export function readHostSystem(nodeBinary: string): HostSystem {
  const folders = readdirSync('/usr', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !OWN_OF_USR.has(entry.name))
    .map((entry) => `/usr/${entry.name}`);
  const root = ROOT_FOLDERS.map((name) => ({ name, stats: statOf(`/${name}`) }));
  const links = root
    .filter(({ stats }) => stats?.isSymbolicLink())
    .map(({ name }) => ({ name, to: readlinkSync(`/${name}`) }));
  const whole = root.filter(({ stats }) => stats?.isDirectory()).map(({ name }) => `/${name}`);
  const etc = ETC.map((name) => `/etc/${name}`).filter((file) => statOf(file) !== undefined);
  const npm = [
    path.join(path.dirname(nodeBinary), '../lib/node_modules/npm'),
    '/usr/lib/node_modules/npm',
    '/usr/share/nodejs/npm',
    '/usr/local/lib/node_modules/npm',
  ].find((folder) => statOf(path.join(folder, 'bin/npm-cli.js')) !== undefined);
  const devices = DEVICES.map((name) => lend(`/dev/${name}`, `/dev/${name}`, false));
  const system = [...[...folders, ...whole, ...etc].map((file) => lend(file, file, true)), ...devices];
  const node = lend(nodeBinary, '/usr/local/bin/node', true);
  return {
    links: [...links, ...DEVICE_LINKS],
    npm,
    kinds: ['node', 'busybox', ...(statOf('/usr/bin/python3') === undefined ? [] : (['python'] as const))],
    lent: (kind) => {
      if (kind === 'scratch') return devices;
      if (kind !== 'node') return system;
      return [...system, node, ...(npm === undefined ? [] : [lend(npm, '/usr/local/lib/node_modules/npm', true)])];
    },
  };
}

function lend(source: string, target: string, readOnly: boolean): Lent {
  return { source, target, is: statOf(source)?.isDirectory() ? 'folder' : 'file', readOnly };
}

function statOf(file: string) {
  return lstatSync(file, { throwIfNoEntry: false });
}
