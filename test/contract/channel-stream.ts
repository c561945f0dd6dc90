import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { mustRun } from '../rig/run-command.ts';

/** What came on each channel that anything came on, until the server closed, with the protocol it chose; or the status it refused with. */
export type ChannelAnswer =
  | {
      readonly protocol: string | undefined;
      readonly channels: Readonly<Record<number, string>>;
      readonly close: string;
    }
  | { readonly status: number | undefined; readonly body: string };

const CLOSE = 8;

/**
 * Opens a stream of a pod over a WebSocket, as clients that are not kubectl do, and reads it to its end.
 *
 * @param send what is said on a channel once the stream is open
 */
export async function channelStream(
  where: string,
  protocols: string,
  env: NodeJS.ProcessEnv,
  send?: { readonly channel: number; readonly text: string },
): Promise<ChannelAnswer> {
  const text = await mustRun('kubectl', ['config', 'view', '--minify', '--raw', '--flatten', '-o', 'json'], { env });
  const config = JSON.parse(text);
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const pem = (of: Record<string, string>, name: string) =>
    of[`${name}-data`] === undefined ? readFileSync(of[name] ?? '') : Buffer.from(of[`${name}-data`] ?? '', 'base64');
  const request = https.get(new URL(where, cluster.server), {
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': protocols,
    },
  });
  return await new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve({ status: response.statusCode, body: body.trim() });
    });
    request.once('upgrade', (response, socket, head) => {
      if (send !== undefined) socket.write(maskedFrame(send.channel, send.text));
      const protocol = response.headers['sec-websocket-protocol'];
      readFrames(socket, head).then((read) => resolve({ protocol, ...read }), reject);
    });
  });
}

async function readFrames(socket: Duplex, head: Buffer) {
  const chunks = [head];
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer);
    if (frames(Buffer.concat(chunks)).some(({ opcode }) => opcode === CLOSE)) break;
  }
  const channels: Record<number, string> = {};
  let close = 'without a word';
  for (const { opcode, payload } of frames(Buffer.concat(chunks))) {
    if (opcode === CLOSE) close = payload.length < 2 ? 'no code' : String(payload.readUInt16BE(0));
    else if (opcode <= 2 && payload.length > 1) {
      const channel = payload[0] ?? 0;
      channels[channel] = (channels[channel] ?? '') + payload.subarray(1).toString('utf8');
    }
  }
  return { channels, close };
}

/** The whole frames of what a server has sent: RFC 6455, unmasked. */
function frames(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const found: { opcode: number; payload: Buffer }[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = (bytes[at] ?? 0) & 0x0f;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (at + header > bytes.length) break;
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    if (at + header + length > bytes.length) break;
    found.push({ opcode, payload: bytes.subarray(at + header, at + header + length) });
    at += header + length;
  }
  return found;
}

/** A short binary frame as a client has to send it: masked, here by zeros. */
function maskedFrame(channel: number, text: string): Buffer {
  const payload = Buffer.concat([Buffer.of(channel), Buffer.from(text)]);
  return Buffer.concat([Buffer.of(0x82, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}
