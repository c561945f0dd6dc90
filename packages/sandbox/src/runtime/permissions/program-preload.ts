/**
 * Loaded into every program of a sandbox without namespaces, before the program's own code. It makes of the machine's
 * network what the program would see in a pod: servers are reached at the pod's address, Services and pods by name and
 * address. And it ends the program when the sandbox is gone, which a process namespace would do.
 */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { constants } from 'node:os';
import { isOfCluster, LOOPBACK } from './cluster-address.ts';
import { ProgramChannel } from './program-channel.ts';

/** What `NodePermissions` tells of the pod, as JSON in `DEVLOOP_SANDBOX_POD`. */
export interface PodPlace {
  readonly address: string;
  /** `host:port` of the cluster's DNS server, on this machine. */
  readonly dns: string;
  /** `default.svc.cluster.local`, … */
  readonly search: readonly string[];
}

/** Descriptor that is closed when the sandbox ends, however it does. */
const LIFELINE = 3;
const KILLED = 137;
const ANY_ADDRESS = new Set(['', '0.0.0.0', '::', '::0', 'localhost', undefined, null]);

const pod = JSON.parse(process.env['DEVLOOP_SANDBOX_POD'] ?? '') as PodPlace;
delete process.env['DEVLOOP_SANDBOX_POD'];
const node = new ProgramChannel(LIFELINE, () => process.exit(KILLED));

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
  if (!isOwn(asked ?? '') && asked !== pod.address) return listen.apply(this, args);
  standIn(this, Number(port ?? 0));
  return listen.call(this, { ...given, host: LOOPBACK, port: 0 }, done);
};

/** Lets a server be reached at the pod's port, whichever it really gets. */
function standIn(server: net.Server, asked: number): void {
  server.once('listening', () => {
    const at = (net.Server.prototype.address.call(server) as net.AddressInfo).port;
    const port = asked === 0 ? at : asked;
    server.address = () => (server.listening ? { address: pod.address, family: 'IPv4', port } : null);
    const { close } = server;
    // at once, as the system does: the event waits for connections
    server.close = (ended) => {
      server.close = close;
      node.closes(port);
      return close.call(server, ended);
    };
    node.listens(port, at, () => {
      server.close();
      server.emit('error', failure('listen', 'EADDRINUSE', 'address already in use', pod.address, port));
    });
  });
}

type Connect = (...args: unknown[]) => net.Socket;
const connect = net.Socket.prototype.connect as Connect;
(net.Socket.prototype as { connect: Connect }).connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  // Node's own modules hand over an array of options and callback that has been put in order already
  const [first, second, ...more] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const done = [first, second, ...more].findLast((arg) => typeof arg === 'function');
  const host = typeof second === 'string' ? second : undefined;
  const options = typeof first === 'object' && first !== null ? (first as net.TcpNetConnectOpts) : undefined;
  const to = options ?? { port: Number(first), host };
  if ((to as { path?: string }).path || Number.isNaN(Number(to.port))) return connect.apply(this, args);
  lead(this, { ...to, port: Number(to.port) } as net.TcpNetConnectOpts, done);
  return this;
};

/** Connects to where an address or name of the cluster is, as soon as that is known. */
function lead(socket: net.Socket, options: net.TcpNetConnectOpts, done: unknown): void {
  const { host = 'localhost', port } = options;
  // as while Node looks a name up: what is written waits
  (socket as { connecting: boolean }).connecting = true;
  lookup(host, {}, (error: Error | null, found: string) => {
    const address = found === LOOPBACK ? pod.address : found;
    if (socket.destroyed) return;
    if (error !== null) socket.destroy(error);
    else if (isOfCluster(address)) node.find(address, port, (at) => follow(address, at));
    else connect.call(socket, { ...options, host: address }, done);
  });
  const follow = (address: string, at: number | undefined) => {
    if (socket.destroyed) return;
    if (at !== undefined) connect.call(socket, { ...options, host: LOOPBACK, port: at }, done);
    else socket.destroy(failure('connect', 'ECONNREFUSED', undefined, address, port));
  };
}

function isOwn(host: string): boolean {
  return ANY_ADDRESS.has(host) || host === '::1' || /^127\.[\d.]+$/.test(host);
}

/** The error that the system would have for it. */
function failure(
  syscall: string,
  code: 'EADDRINUSE' | 'ECONNREFUSED',
  words: string | undefined,
  address: string,
  port: number,
): Error {
  const message = `${syscall} ${code}${words === undefined ? '' : `: ${words}`} ${address}:${port}`;
  return Object.assign(new Error(message), { errno: -constants.errno[code], code, syscall, address, port });
}

type Lookup = typeof dns.lookup;
const resolver = new dns.Resolver({ timeout: 1000, tries: 2 });
resolver.setServers([pod.dns]);

/** Of the cluster's DNS alone: from a pod of the sandbox nothing else is reached. */
function lookup(name: string, given: unknown, called?: unknown): void {
  const options = (typeof given === 'object' && given !== null ? given : {}) as dns.LookupOptions;
  const done = (typeof given === 'function' ? given : called) as (error: Error | null, ...found: unknown[]) => void;
  const tell = (address: string) => {
    if (options.all) done(null, [{ address, family: net.isIP(address) }]);
    else done(null, address, net.isIP(address));
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
  if (isOwn(name)) process.nextTick(tell, LOOPBACK);
  else if (net.isIP(name) !== 0) process.nextTick(tell, name);
  else next();
}
(dns as { lookup: unknown }).lookup = lookup as unknown as Lookup;
syncBuiltinESMExports();
