import { randomInt } from 'node:crypto';
import net from 'node:net';

/** Every address of 127.0.0.0/8 is this machine on Linux, so each sandbox has one with all its ports to itself. */
const BLOCK = { from: 64, to: 128 };
const ATTEMPTS = 50;

/** An address of this machine alone at which nothing listens on the port; and the port, another where it must be. */
export async function freeLoopback(
  port: number,
  platform: NodeJS.Platform,
): Promise<{ readonly address: string; readonly port: number }> {
  if (platform !== 'linux') return { address: '127.0.0.1', port: await freePort('127.0.0.1', 0) };
  for (let attempt = 1; ; attempt += 1) {
    const address = `127.${randomInt(BLOCK.from, BLOCK.to)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
    try {
      return { address, port: await freePort(address, port) };
    } catch (error) {
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
