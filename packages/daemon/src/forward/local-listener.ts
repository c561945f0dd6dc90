import net from 'node:net';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { portHolder } from './port-holder.ts';

/** What `localhost` may mean. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;
/** This machine has no IPv6: its loopback is then nobody's to connect to. */
const NO_ADDRESS: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);
/** Connections that may wait to be accepted; Node's own 511 would do, if a burst came as slowly as it is accepted. */
const BACKLOG = 1024;

export interface ListenOptions {
  /** Where to listen; undefined: on the loopback of IPv4 and of IPv6, where there is one. */
  readonly address: string | undefined;
  readonly port: number;
  readonly onConnection: (socket: net.Socket) => void;
}

/**
 * Listens on a port of this machine: on all the addresses, or on none. It throws what Node does, for
 * {@link explainListenError}, which may have to look at every process.
 */
export async function listen(options: ListenOptions): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const addresses = options.address === undefined ? LOOPBACK : [options.address];
  for (const [index, address] of addresses.entries()) {
    try {
      const server = await listenOn(address, options);
      opened.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
    } catch (error) {
      const isOptional = index > 0;
      if (isOptional && NO_ADDRESS.has(codeOf(error))) continue;
      throw error;
    }
  }
  const kept = opened.move();
  return { [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Whether nobody listens on a port of this machine's loopback, and this user may. */
export async function isFree(port: number): Promise<boolean> {
  for (const address of LOOPBACK) {
    try {
      const server = await listenOn(address, { port, onConnection: (socket) => socket.destroy() });
      await new Promise<void>((resolve) => server.close(() => resolve()));
    } catch (error) {
      if (address === LOOPBACK[0] || !NO_ADDRESS.has(codeOf(error))) return false;
    }
  }
  return true;
}

function listenOn(
  host: string,
  { port, onConnection }: Pick<ListenOptions, 'port' | 'onConnection'>,
): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ allowHalfOpen: true }, onConnection);
    server.once('error', reject);
    // an address, never a name; `net.isIPv6` compiles a regular expression for it, at each start
    server.listen({ port, host, backlog: BACKLOG, ipv6Only: host.includes(':') && host !== '::' }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/**
 * Why a port cannot be listened on: `forward/port-taken` that names who has it, as far as that can be known.
 *
 * @param signal ends asking
 */
export async function explainListenError(
  error: unknown,
  { port, address = 'loopback' }: Pick<ListenOptions, 'port' | 'address'>,
  signal: AbortSignal,
): Promise<unknown> {
  const cause = { cause: error };
  switch (codeOf(error)) {
    case 'EADDRINUSE': {
      const holder = await portHolder(port, signal);
      if (holder === undefined) {
        return new DevloopError(
          'forward/port-taken',
          `Port ${port} of this machine (${address}) is taken by a process that this user may not see, so it is not forwarded.`,
          `See who has it: sudo ss -ltnp 'sport = :${port}' (macOS: sudo lsof -nP -iTCP:${port} -sTCP:LISTEN). End it, or choose another local port under ports: in devloop.yaml.`,
          cause,
        );
      }
      return new DevloopError(
        'forward/port-taken',
        `Port ${port} of this machine is taken by process ${holder.pid} (${holder.command}), so it is not forwarded.`,
        `End it: kill ${holder.pid}. Or choose another local port under ports: in devloop.yaml. It is forwarded as soon as it is free.`,
        cause,
      );
    }
    case 'EACCES':
      return new DevloopError(
        'forward/port-taken',
        `Port ${port} of this machine may not be used by this user.`,
        'Choose a local port of 1024 or more under ports: in devloop.yaml.',
        cause,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EINVAL':
      return new DevloopError(
        'forward/port-taken',
        `This machine has no address ${address} to listen on, so port ${port} is not forwarded.`,
        'Correct the address under ports: in devloop.yaml; 0.0.0.0 stands for all of IPv4.',
        cause,
      );
    default:
      return error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
