import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

/**
 * Where ports are taken from: below those that a daemon chooses for itself (20000), below NodePorts, and below those that
 * a system gives to connections of its own. From each of these somebody could be given the same one before the test comes
 * to listen.
 */
const PORTS = [10_000, 20_000] as const;

/** Those of this process: whoever has been given one listens on it later, or not for long. */
const given = new Set<number>();

/** A port of this machine's loopback that nobody listens on now, and that was not given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
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
