import { type Fields, isFields, listOf, pairsOf, quantityOf, secondsOf, textOf, wordsOf } from './short-forms.ts';
import { toProbes } from './to-probes.ts';

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** With those of env files. */
  readonly environment: ReadonlyMap<string, string>;
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol: string }[];
  readonly mounts: readonly Fields[];
}

/** The container of a service. */
export function toContainer(service: Fields, { name, image, environment, ports, mounts }: ContainerFacts): Fields {
  const command = commandOf(service['entrypoint']);
  const args = commandOf(service['command']);
  const env = [...environment].map(([variable, value]) => ({ name: variable, value: literal(value) }));
  const resources = toResources(service);
  const security = toSecurity(service);
  const pullPolicy = PULL_POLICIES[textOf(service['pull_policy']) ?? ''] ?? 'IfNotPresent';
  return {
    name,
    image,
    ...(command !== undefined && { command: command.map(literal) }),
    // an entrypoint of one's own drops the image's CMD, which Kubernetes does by itself
    ...(args !== undefined && args.length > 0 && { args: args.map(literal) }),
    ...(env.length > 0 && { env }),
    ...(ports.length > 0 && { ports }),
    ...(textOf(service['working_dir']) !== undefined && { workingDir: textOf(service['working_dir']) }),
    ...toProbes(service['healthcheck']),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(Object.keys(security).length > 0 && { securityContext: security }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(isTrue(service['tty']) && { tty: true }),
    ...(isTrue(service['stdin_open']) && { stdin: true }),
    // Kubernetes would ask for `latest` at each start, and what was only built or loaded on the node is nowhere else
    imagePullPolicy: pullPolicy,
  };
}

/** What a service says of all its pods but their containers and volumes. */
export function toPodSettings(service: Fields): Fields {
  const sysctls = [...pairsOf(service['sysctls'])]
    .filter(([name]) => SAFE_SYSCTLS.has(name))
    .map(([name, value]) => ({ name, value: value ?? '' }));
  const groups = listOf(service['group_add']).map(Number).filter(Number.isInteger);
  const hosts = [...hostsOf(service['extra_hosts'])].map(([ip, hostnames]) => ({ ip, hostnames }));
  const dns = {
    nameservers: listOf(service['dns']).map(String),
    searches: listOf(service['dns_search']).map(String),
    options: listOf(service['dns_opt']).map((option) => {
      const [name, value] = String(option).split(':');
      return { name, ...(value !== undefined && { value }) };
    }),
  };
  const set = Object.entries(dns).filter(([, list]) => list.length > 0);
  const grace = secondsOf(service['stop_grace_period']);
  const isHost = (key: string) => textOf(service[key]) === 'host';
  return {
    ...(textOf(service['hostname']) !== undefined && { hostname: textOf(service['hostname'])?.split('.')[0] }),
    ...(grace !== undefined && { terminationGracePeriodSeconds: Math.ceil(grace) }),
    ...(hosts.length > 0 && { hostAliases: hosts }),
    ...(set.length > 0 && { dnsConfig: Object.fromEntries(set) }),
    ...(isHost('network_mode') && { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    ...(isHost('pid') && { hostPID: true }),
    ...(isHost('ipc') && { hostIPC: true }),
    ...((sysctls.length > 0 || groups.length > 0) && {
      securityContext: {
        ...(sysctls.length > 0 && { sysctls }),
        ...(groups.length > 0 && { supplementalGroups: groups }),
      },
    }),
    // compose sets no variables for its services, and theirs (REDIS_PORT=tcp://…) are mistaken for settings
    enableServiceLinks: false,
  };
}

/** User and group by number; undefined where a name is given. */
export function numericUser(user: unknown): { uid: number; gid: number | undefined } | undefined {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(textOf(user) ?? '') ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: gid === undefined ? undefined : Number(gid) };
}

/** User and group where one of them is a name; undefined where none is given, or numbers only. */
export function namedUser(user: unknown): string | undefined {
  const text = textOf(user) ?? '';
  return text === '' || numericUser(user) !== undefined ? undefined : text;
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/**
 * Those that kubelets of Kubernetes 1.20 and later allow without being told to. A pod with another is turned away, and its
 * controller makes the next at once, without end.
 */
const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_syncookies',
]);

/** Sysctls of a service that its pods cannot have. */
export function unsafeSysctls(service: Fields): string[] {
  return [...pairsOf(service['sysctls']).keys()].filter((name) => !SAFE_SYSCTLS.has(name));
}

const PULL_POLICIES: Readonly<Record<string, string>> = {
  always: 'Always',
  never: 'Never',
  missing: 'IfNotPresent',
  if_not_present: 'IfNotPresent',
};

/** A command as words; undefined: the image's own. */
function commandOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? wordsOf(value) : listOf(value).map(String);
}

/** Kubernetes puts variables into `$(NAME)`, which means nothing in compose. */
function literal(text: string): string {
  return text.replaceAll('$(', '$$$$(');
}

function toResources(service: Fields): Fields {
  const deploy = isFields(service['deploy']) ? service['deploy'] : {};
  const resources = isFields(deploy['resources']) ? deploy['resources'] : {};
  const limits = isFields(resources['limits']) ? resources['limits'] : {};
  const reservations = isFields(resources['reservations']) ? resources['reservations'] : {};
  const amounts = (cpus: unknown, memory: unknown) => {
    const cpu = textOf(cpus);
    const bytes = quantityOf(memory);
    return { ...(cpu !== undefined && { cpu }), ...(bytes !== undefined && { memory: bytes }) };
  };
  const most = amounts(limits['cpus'] ?? service['cpus'], limits['memory'] ?? service['mem_limit']);
  const least = amounts(reservations['cpus'], reservations['memory'] ?? service['mem_reservation']);
  return {
    ...(Object.keys(most).length > 0 && { limits: most }),
    ...(Object.keys(least).length > 0 && { requests: least }),
  };
}

/** Whether an option of `security_opt` is the one that containers of pods have too. */
export function isNoNewPrivileges(option: string): boolean {
  return /^no-new-privileges(?::true)?$/.test(option);
}

function toSecurity(service: Fields): Fields {
  const names = (value: unknown) => listOf(value).map((name) => String(name).toUpperCase().replace(/^CAP_/, ''));
  const [add, drop] = [names(service['cap_add']), names(service['cap_drop'])];
  const user = numericUser(service['user']);
  const noNewPrivileges = listOf(service['security_opt']).some((one) => isNoNewPrivileges(String(one)));
  return {
    ...(isTrue(service['read_only']) && { readOnlyRootFilesystem: true }),
    ...(isTrue(service['privileged']) && { privileged: true }),
    ...(noNewPrivileges && { allowPrivilegeEscalation: false }),
    ...(user !== undefined && { runAsUser: user.uid }),
    ...(user?.gid !== undefined && { runAsGroup: user.gid }),
    ...((add.length > 0 || drop.length > 0) && {
      capabilities: { ...(add.length > 0 && { add }), ...(drop.length > 0 && { drop }) },
    }),
  };
}

/** Names and addresses: `name:address`, `name=address` or a mapping. */
function hostPairs(value: unknown): [name: string, address: string][] {
  const pairs = isFields(value)
    ? Object.entries(value).flatMap(([name, one]) => listOf(one).map((ip): [string, string] => [name, String(ip)]))
    : listOf(value).flatMap((line) => {
        const [, name, ip] = /^([^:=]+)[:=](.+)$/.exec(String(line)) ?? [];
        return name === undefined || ip === undefined ? [] : [[name, ip] as [string, string]];
      });
  return pairs.map(([name, ip]) => [name, ip.replace(/^\[|\]$/g, '')]);
}

/** What compose has for the address of the machine that the engine runs on, which a pod's objects cannot say. */
const HOST_GATEWAY = 'host-gateway';

/** Names of `extra_hosts` that are to lead to this machine. */
export function gatewayHosts(value: unknown): string[] {
  return hostPairs(value).flatMap(([name, address]) => (address === HOST_GATEWAY ? [name] : []));
}

function hostsOf(value: unknown): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const [name, address] of hostPairs(value)) {
    if (address !== HOST_GATEWAY) hosts.set(address, [...(hosts.get(address) ?? []), name]);
  }
  return hosts;
}
