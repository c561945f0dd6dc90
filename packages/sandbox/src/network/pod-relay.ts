import { AS_IT_IS } from '../ports/place.ts';
import { TunnelServer } from './tunnel-server.ts';

/**
 * A process that is started in a pod's network namespace, to reach what listens on its loopback address only. It says
 * a line when it is there, and ends when its input does.
 */
const [socket = ''] = process.argv.slice(2);
await using _server = await TunnelServer.open(socket, AS_IT_IS);
process.stdout.write('\n');
for await (const _ of process.stdin);
