import type { DevloopRig } from './devloop-rig.ts';

/** A program that answers its message, writes what `/say?TEXT` tells it, and a line each 20 ms after `/flow`. */
const PROGRAM = `const { readFileSync } = require('node:fs');
const message = readFileSync(__dirname + '/message.txt', 'utf8').trim();
let count = 0;
require('node:http').createServer((request, response) => {
  const [path, query] = request.url.split('?');
  if (path === '/say') console.log(decodeURIComponent(query));
  if (path === '/flow') setInterval(() => console.log('flowing line ' + (count += 1)), 20);
  response.end(message);
}).listen(8080, () => console.log('serving ' + message));
process.on('SIGTERM', () => process.exit(0));
`;

/** Puts the program in the place of that of `hello-service`. */
export async function makeTalker(rig: DevloopRig): Promise<void> {
  await rig.write('hello/server.js', PROGRAM);
}

/** Has the program write a line, or several. */
export async function say(rig: DevloopRig, text: string): Promise<void> {
  const { status } = await rig.served('hello', `/say?${encodeURIComponent(text)}`);
  if (status !== 200) throw new Error(`the program answered with ${status} when it was told to write`);
}
