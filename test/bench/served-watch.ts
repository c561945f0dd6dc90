import net from 'node:net';
import { now } from './clock.ts';

const EVERY_MS = 4;
const GIVE_UP_ON_ONE_MS = 1000;

/**
 * Asks a port again and again, every few milliseconds and each time on a fresh connection, and tells when an answer
 * first held `text`. A question that gets no answer does not hold up the next ones.
 */
export function firstServed(host: string, port: number, text: string, timeoutMs = 60_000): Promise<number> {
  return new Promise((resolve, reject) => {
    const open = new Set<net.Socket>();
    const finish = (settle: () => void) => {
      clearInterval(timer);
      clearTimeout(end);
      for (const socket of open) socket.destroy();
      settle();
    };
    const end = setTimeout(
      () => finish(() => reject(new Error(`${host}:${port} did not answer "${text}" within ${timeoutMs} ms`))),
      timeoutMs,
    );
    const ask = () => {
      const socket = net.connect({ host, port, noDelay: true });
      let answer = '';
      open.add(socket);
      socket.setTimeout(GIVE_UP_ON_ONE_MS, () => socket.destroy());
      socket.on('error', () => {}); // nobody listens yet, or no longer
      socket.on('close', () => open.delete(socket));
      socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
        if (answer.includes(text)) finish(() => resolve(now()));
      });
    };
    const timer = setInterval(ask, EVERY_MS);
    ask();
  });
}
