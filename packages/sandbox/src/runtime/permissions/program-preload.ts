/**
 * Loaded into every program of a sandbox without namespaces, before the program's own code. It makes of the machine's
 * network what the program would see in a pod: servers listen at the pod's address, Services and pods are reached by
 * name and address. And it ends the program when the sandbox is gone, which a process namespace would do.
 */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { type LoopbackBlocks, loopbackPlace } from './loopback-place.ts';

/** What `NodePermissions` tells of the pod, as JSON in `DEVLOOP_SANDBOX_POD`. */
export interface PodPlace extends LoopbackBlocks {
  readonly address: string;
  readonly dns: string;
  /** `default.svc.cluster.local`, … */
  readonly search: readonly string[];
}

/** Descriptor that is closed when the sandbox ends, however it does. */
const LIFELINE = 3;
const KILLED = 137;
const ANY_ADDRESS = new Set(['', '0.0.0.0', '::', '::0', 'localhost', undefined, null]);
const DNS_PORT = 53;

const pod = JSON.parse(process.env['DEVLOOP_SANDBOX_POD'] ?? '') as PodPlace;
delete process.env['DEVLOOP_SANDBOX_POD'];
const place = (address: string, port: number) => loopbackPlace(pod, address, port);

new net.Socket({ fd: LIFELINE })
  .on('close', () => process.exit(KILLED))
  .resume()
  .unref();

type Listen = (...args: unknown[]) => net.Server;
const listen = net.Server.prototype.listen as Listen;
(net.Server.prototype as { listen: Listen }).listen = function (this: net.Server, ...args: unknown[]): net.Server {
  const [first, second] = args;
  const done = args.findLast((arg) => typeof arg === 'function');
  const given = typeof first === 'object' && first !== null ? (first as net.ListenOptions) : undefined;
  const port = given === undefined ? (typeof first === 'function' ? 0 : first) : given.port;
  if (given?.path !== undefined || (given !== undefined && port === undefined) || Number.isNaN(Number(port ?? 0))) {
    return listen.apply(this, args); // a socket of another kind
  }
  const asked = given === undefined ? (typeof second === 'string' ? second : undefined) : given.host;
  const host = ANY_ADDRESS.has(asked) || asked?.startsWith('127.') ? pod.address : asked;
  return listen.call(this, { ...given, ...place(host ?? pod.address, Number(port ?? 0)) }, done);
};

type Connect = (...args: unknown[]) => net.Socket;
const connect = net.Socket.prototype.connect as Connect;
(net.Socket.prototype as { connect: Connect }).connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  // Node's own modules hand over an array of options and callback that has been put in order already
  const [options] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof options === 'object' && options !== null) lead(options as net.TcpNetConnectOpts);
  else if (typeof options === 'number') {
    const done = args.findLast((arg) => typeof arg === 'function');
    const to = { host: typeof args[1] === 'string' ? args[1] : 'localhost', port: options };
    lead(to);
    return connect.call(this, to, done);
  }
  return connect.apply(this, args);
};

/** Changes where a connection goes: by address at once, by name when that has been looked up. */
function lead(options: net.TcpNetConnectOpts): void {
  if ((options as { path?: string }).path) return;
  const { host = 'localhost', port } = options;
  const address = isOwn(host) ? pod.address : host;
  if (net.isIP(address) !== 0) Object.assign(options, place(address, Number(port)));
  else options.port = place('10.96.0.0', Number(port)).port; // names are those of pods and Services, see below
}

function isOwn(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.0.0.');
}

type Lookup = typeof dns.lookup;
const resolver = new dns.Resolver({ timeout: 1000, tries: 2 });
const server = place(pod.dns, DNS_PORT);
resolver.setServers([`${server.host}:${server.port}`]);

/** Of the cluster's DNS alone: from a pod of the sandbox nothing else is reached. */
const lookup = (name: string, given: unknown, called?: unknown): void => {
  const options = (typeof given === 'object' && given !== null ? given : {}) as dns.LookupOptions;
  const done = (typeof given === 'function' ? given : called) as (error: Error | null, ...found: unknown[]) => void;
  const tell = (address: string) => {
    const { host } = place(address, 0);
    if (options.all) done(null, [{ address: host, family: 4 }]);
    else done(null, host, 4);
  };
  const names = [...pod.search.map((domain) => `${name}.${domain}`), name];
  const next = (): void => {
    const candidate = names.shift();
    if (candidate !== undefined) {
      resolver.resolve4(candidate, (error, [address] = []) => (error || !address ? next() : tell(address)));
      return;
    }
    const what = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name };
    done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), what));
  };
  if (isOwn(name)) process.nextTick(tell, pod.address);
  else if (net.isIP(name) !== 0) process.nextTick(tell, name);
  else next();
};
(dns as { lookup: unknown }).lookup = lookup as unknown as Lookup;
syncBuiltinESMExports();
