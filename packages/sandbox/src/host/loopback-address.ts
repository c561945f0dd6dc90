import { randomInt } from 'node:crypto';
import net from 'node:net';
import { codeOf } from '../runtime/file-errors.ts';

/** Every address of 127.0.0.0/8 is this machine on Linux, so each sandbox has one with all its ports to itself. */
const BLOCK = { from: 64, to: 128 };
const ATTEMPTS = 50;
/** The only one that macOS has. */
const LOOPBACK = '127.0.0.1';

/** Listens at the port of an address of this machine alone; at any port where it must be another's address too. */
export async function listenAtFreeAddress(port: number): Promise<net.Server> {
  for (let attempt = 1; ; attempt += 1) {
    const address = `127.${randomInt(BLOCK.from, BLOCK.to)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
    try {
      return await listen(address, port);
    } catch (error) {
      if (codeOf(error) === 'EADDRNOTAVAIL') return await listen(LOOPBACK, 0);
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Listens for somebody else, who is to take the connections: here they are closed.
 *
 * @param port 0: any that is free
 * @throws the system's error, with `EADDRINUSE` where the port is taken
 */
export async function listen(address: string, port: number): Promise<net.Server> {
  const server = net.createServer((socket) => socket.destroy());
  return await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(server));
  });
}

/** Of a server that listens at a port. */
export function addressOf(server: net.Server): net.AddressInfo {
  return server.address() as net.AddressInfo;
}
