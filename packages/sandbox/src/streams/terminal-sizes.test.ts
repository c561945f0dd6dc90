import { once } from 'node:events';
import { createServer } from 'node:http';
import type net from 'node:net';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ClientTerminal } from '../ports/client-terminal.ts';
import type { ContainerEngine, ExecSpec } from '../ports/container-engine.ts';
import { execOverChannels } from './channel-exec.ts';
import { type CommandRequest, readSizes } from './run-command.ts';
import { SpdyConnection } from './spdy-connection.ts';
import { execOverSpdy } from './spdy-exec.ts';

const request: CommandRequest = {
  command: ['sh'],
  containerId: 'container',
  stdin: true,
  stdout: true,
  stderr: false,
  tty: true,
};
const never = new AbortController().signal;

/** Ends when the terminal has 100 columns, with as many rows as exit code. */
const engine = {
  exec: (_id: string, { terminal }: ExecSpec) =>
    new Promise<number>((resolve) => {
      const look = () => terminal?.size?.columns === 100 && resolve(terminal.size.rows);
      terminal?.listen(look);
      look();
    }),
} as unknown as ContainerEngine;

test('sizes are read however their bytes come, and everything else is passed over', () => {
  const said = '{"Width":80,"Height":24}\n{"Width":"x"}{"Height":31,"Width":100}\n';
  fc.assert(
    fc.property(fc.array(fc.nat(said.length)), (cuts) => {
      const terminal = new ClientTerminal();
      const sizes: unknown[] = [];
      terminal.listen(() => sizes.push(terminal.size));
      const ends = [0, ...cuts.toSorted((a, b) => a - b), said.length];
      ends.slice(1).reduce((rest, end, index) => readSizes(rest + said.slice(ends[index], end), terminal), '');
      expect(sizes).toEqual([
        { columns: 80, rows: 24 },
        { columns: 100, rows: 31 },
      ]);
    }),
  );
});

test('a WebSocket tells the sizes of its terminal', async () => {
  await using http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = new WebSocketServer({ server: http });
  server.once('connection', (socket) => void execOverChannels(socket, request, engine, never));
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as net.AddressInfo).port}`);
  const said: string[] = [];
  client.on('message', (message: Buffer) => said.push(message.toString()));
  await once(client, 'open');
  client.send('\x04{"Width":80,"Height":24}');
  client.send('\x04{"Width":100,"Height":31}');
  await once(client, 'close');
  expect(said.at(-1)).toContain('command terminated with exit code 31');
});

test('SPDY tells the sizes of its terminal, in pieces too', async () => {
  const [near, far] = duplexPair();
  const served = execOverSpdy(far, request, engine, never);
  const connection = new SpdyConnection(near, 'client');
  const reading = connection.run(() => undefined);
  const [error, , , resize] = ['error', 'stdin', 'stdout', 'resize'].map((streamtype) =>
    connection.open({ streamtype }),
  );
  resize?.write('{"Width":80,"Height":24}\n{"Width":1');
  resize?.write('00,"Height":31}\n');
  expect(await text(error as NodeJS.ReadableStream)).toContain('command terminated with exit code 31');
  await served;
  await reading;
});
