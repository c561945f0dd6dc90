import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { reset } from './reset.ts';

/** Both ends of a connection. */
async function pair(): Promise<[net.Socket, net.Socket]> {
  const server = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [accepted] = (await once(server, 'connection')) as [net.Socket];
  server.close();
  return [client, accepted];
}

test('the other side is told by a reset', async () => {
  const [client, accepted] = await pair();
  reset(accepted);
  const [error] = await once(client, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

test('one that is being ended closes all the same', async () => {
  const [client, accepted] = await pair();
  accepted.end();
  const closed = once(accepted, 'close');
  reset(accepted);
  await closed;
  client.destroy();
});
