import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { plainRequest } from '../rig/http-answer.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';

async function listenSomewhere(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as net.AddressInfo).port };
}

test('a port is forwarded, through swaps, rollouts and deleted pods', async () => {
  await using rig = await openRig('hello-service');
  const { server, port } = await listenSomewhere();
  server.close();
  await once(server, 'close');
  const config = `services:\n  hello:\n    ports: ["${port}:8080"]\n`;
  await rig.writeConfig(config);
  await rig.start();
  const url = `http://127.0.0.1:${port}/`;
  const answers = (body: string) =>
    poll(
      () => plainRequest(url),
      (answer) => answer.body === body,
      { what: `${url} answers ${body}` },
    );
  await answers((await rig.read('hello/message.txt')).trim());
  expect((await rig.service('hello')).forwards).toEqual([{ local: port, port: 8080, status: 'listening' }]);

  const swapped = unique('swapped');
  await rig.writeAtomic('hello/message.txt', swapped);
  await answers(swapped);

  const rolled = unique('rolled');
  await rig.writeConfig(`${config}    rollout: rolling\n`);
  await rig.writeAtomic('hello/message.txt', rolled);
  await answers(rolled);

  const [pod] = await rig.pods('app=hello');
  await rig.deletePodAndWait(pod.metadata.name);
  await answers(rolled);

  await rig.devloop(['stop']);
  await expect(plainRequest(url)).rejects.toThrow(/ECONNREFUSED/);
});

test('a port that is taken is said, and not changed silently', async () => {
  await using rig = await openRig('hello-service');
  const { server, port } = await listenSomewhere();
  try {
    await rig.writeConfig(`services:\n  hello:\n    ports: ["${port}:8080"]\n`);
    await rig.up({ expect: null });
    const changed = await rig.event(eventOf('forward-changed', { status: 'failed' }));
    expect(changed).toMatchObject({ local: port, failure: { code: 'forward/port-taken' } });
    expect(changed.failure?.message).toContain(`Port ${port} of this machine is taken by process ${process.pid} (`);
    // the service is live all the same
    await rig.event(passEnded('hello', 'live'));
    await rig.serves('hello', /./);
  } finally {
    server.close();
  }
  await rig.event(eventOf('forward-changed', { status: 'listening' }));
});
