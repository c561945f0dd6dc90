import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

/**
 * Where ports are taken from: below those that a daemon chooses for itself (20000), below NodePorts, and below those that
 * a system gives to connections of its own. From each of these somebody could be given the same one before the test comes
 * to listen.
 */
const PORTS = [10_000, 20_000] as const;

/**
 * A port of this machine's loopback that nobody listens on now, and that neither this process nor another has been given:
 * whoever has it listens on it later, or not for long.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
}

/** Takes the port of UDP with the same number, of which no test wants anything, for as long as this process lives, if it can. */
async function claim(port: number): Promise<boolean> {
  const socket = dgram.createSocket('udp4').unref();
  try {
    const listening = once(socket, 'listening');
    socket.bind({ port, address: '127.0.0.1', exclusive: true });
    await listening;
    return true;
  } catch {
    socket.close();
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  try {
    const listening = once(server, 'listening');
    server.listen(port, '127.0.0.1');
    await listening;
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
