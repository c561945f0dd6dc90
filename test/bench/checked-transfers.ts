import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** For the program at the other end: `checked(request, response)` answers what is asked for below. */
export const CHECKED_PROGRAM = `const { createCipheriv, createHash } = require('node:crypto');
const checked = async (request, response) => {
  if (request.method === 'PUT') {
    const hash = createHash('sha256');
    for await (const bytes of request) hash.update(bytes);
    return response.end(hash.digest('hex'));
  }
  const megabytes = Number(request.url.split('?')[1]);
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const hash = createHash('sha256');
  response.writeHead(200, { trailer: 'sha256' });
  for (let sent = 0; sent < megabytes; sent++) {
    const bytes = cipher.update(Buffer.alloc(1e6));
    hash.update(bytes);
    if (!response.write(bytes)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.addTrailers({ sha256: hash.digest('hex') });
  response.end();
};
`;

/** A transfer each way of bytes of which no part is like another, and whether both ends had the same SHA-256. */
export async function checkedTransfers(
  port: number,
  megabytes: number,
): Promise<{ readonly down: boolean; readonly up: boolean }> {
  return { down: await download(port, megabytes), up: await upload(port, megabytes) };
}

async function download(port: number, megabytes: number): Promise<boolean> {
  const request = http.get({ host: '127.0.0.1', port, path: `/checked?${megabytes}` });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const hash = createHash('sha256');
  let count = 0;
  for await (const bytes of response) {
    hash.update(bytes as Buffer);
    count += (bytes as Buffer).length;
  }
  return count === megabytes * 1e6 && hash.digest('hex') === response.trailers['sha256'];
}

async function upload(port: number, megabytes: number): Promise<boolean> {
  const hash = createHash('sha256');
  const bytes = function* () {
    const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
    for (let sent = 0; sent < megabytes; sent++) {
      const part = cipher.update(Buffer.alloc(1e6));
      hash.update(part);
      yield part;
    }
  };
  const headers = { 'content-length': megabytes * 1e6 };
  const request = http.request({ host: '127.0.0.1', port, method: 'PUT', path: '/checked', headers });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  await pipeline(Readable.from(bytes()), request);
  const [response] = await answered;
  return (await text(response)) === hash.digest('hex');
}
