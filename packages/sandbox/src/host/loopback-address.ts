import { randomInt } from 'node:crypto';
import net from 'node:net';
import { codeOf } from '../runtime/file-errors.ts';

/** Every address of 127.0.0.0/8 is this machine on Linux, so each sandbox has one with all its ports to itself. */
const BLOCK = { from: 64, to: 128 };
const ATTEMPTS = 50;
/** The only one that macOS has. */
const LOOPBACK = '127.0.0.1';

/** An address of this machine alone at which nothing listens on the port; and the port, another where it must be. */
export async function freeLoopback(port: number): Promise<{ readonly address: string; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const address = `127.${randomInt(BLOCK.from, BLOCK.to)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
    try {
      return { address, port: await freePort(address, port) };
    } catch (error) {
      if (codeOf(error) === 'EADDRNOTAVAIL') return { address: LOOPBACK, port: await freePort(LOOPBACK, 0) };
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** A port at which something can listen; 0 asks for any. */
export async function freePort(address: string, port: number): Promise<number> {
  const server = net.createServer();
  return await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      const { port: found } = server.address() as net.AddressInfo;
      server.close(() => resolve(found));
    });
  });
}
