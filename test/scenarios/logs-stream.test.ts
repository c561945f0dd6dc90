import { expect, test } from 'vitest';
import type { LogMessage } from '../../packages/shared/src/protocol/stream-message.ts';
import { BreakableConnection } from '../rig/breakable-connection.ts';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

const COUNTING = `
let n = 0;
setInterval(() => console.log('count', n++), 20);
`;

/** Messages that hold a line that `wanted` fits. */
function says(type: 'lines' | 'output', wanted: RegExp) {
  return (message: LogMessage) => message.type === type && message.lines.some(([, text]) => wanted.test(text));
}

/** The counts of each pod's main container, in the order in which they came. */
function countsOf(messages: readonly LogMessage[]): number[] {
  return messages
    .filter((message) => message.type === 'lines')
    .flatMap(({ lines }) => lines)
    .flatMap(([, text]) => (text.startsWith('count ') ? Number(text.slice('count '.length)) : []));
}

test('lines of builds, init containers and containers, through a swap and a cluster that was lost', async () => {
  await using connection = await BreakableConnection.open();
  await using rig = await openRig('hello-service');
  await connection.lead(rig);
  await rig.write('hello/message.txt', unique('first'));
  await rig.edit('hello/server.js', (text) => `${text}${COUNTING}`);
  await rig.edit('hello/Dockerfile', (text) => text.replace('EXPOSE', 'RUN echo built for $(cat message.txt)\nEXPOSE'));
  const before = '      containers:\n';
  const init = `      initContainers:\n        - name: init\n          image: hello\n          command: [echo, prepared]\n${before}`;
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replace(before, init).replace('    spec:\n', '    spec:\n      terminationGracePeriodSeconds: 1\n'),
  );
  await rig.start();

  // what was built before somebody listened is told too
  await using logs = await rig.logs('follow=1&build=1&tail=100000');
  await logs.find(says('output', /built for/));
  await logs.find(says('lines', /^prepared$/));
  await logs.find(says('lines', /^count 30$/));
  const batches = logs.all.filter((message) => message.type === 'lines');
  expect(batches.length).toBeLessThan(batches.flatMap(({ lines }) => lines).length);

  const broken = rig.mark();
  connection.break();
  await rig.event((event) => event.type === 'cluster-changed' && event.cluster.is === 'lost', broken);
  connection.mend();
  await rig.event((event) => event.type === 'cluster-changed' && event.cluster.is === 'connected', broken);
  await rig.event(passEnded('hello', 'live'), broken);
  const next = (countsOf(logs.all).at(-1) ?? 0) + 100;
  await logs.find(says('lines', new RegExp(`^count ${next}$`)));
  const counts = countsOf(logs.all);
  expect(counts).toEqual(counts.map((_, index) => index));
  expect(logs.all.filter(says('lines', /^prepared$/))).toHaveLength(1);

  const since = rig.mark();
  const from = logs.all.length;
  const message = unique('another');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.event(passEnded('hello', 'live'), since);
  await logs.find(says('output', new RegExp(`built for ${message}`)), from);
  await logs.find(says('lines', new RegExp(`serving "${message}"`)), from);

  await rig.devloop(['stop']);
  await logs.ended;
  expect(logs.all.at(-1)).toMatchObject({ type: 'goodbye' });
});

test('a stream that waits for the cluster, and for a service that comes with a config edit', async () => {
  await using connection = await BreakableConnection.open();
  await using rig = await openRig('two-services');
  await connection.lead(rig);
  const config = await rig.read('devloop.yaml');
  await rig.writeAtomic('devloop.yaml', config.replace(/^ {2}web:\n.*\n/m, ''));
  connection.break();
  await rig.devloop(['up', '-d', '--timeout', '3'], { expect: null });
  rig.follow();
  await using logs = await rig.logs('follow=1&build=1');
  connection.mend();
  await logs.find((message) => message.type === 'lines' && message.service === 'api');
  const since = rig.mark();
  await rig.writeAtomic('devloop.yaml', config);
  await rig.event(eventOf('config-loaded', {}), since);
  await logs.find((message) => message.type === 'lines' && message.service === 'web');
});
