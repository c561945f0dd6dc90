import { PROTOCOL_VERSION } from '@devloop/shared/protocol/protocol-version';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { describe, expect, test } from 'vitest';
import { FakeDaemon, liveService, snapshotOf } from './daemon.fake.ts';
import { DaemonClient, untilAborted } from './daemon-client.ts';

const { signal } = new AbortController();

describe('a call', () => {
  test('answers with what the daemon said', async () => {
    await using daemon = await FakeDaemon.listen();
    daemon.snapshot = snapshotOf([liveService('web')]);
    daemon.answer = () => ({ type: 'look-again', revision: 7 });
    const client = new DaemonClient(daemon.socket);
    expect(await client.hello(signal)).toMatchObject({ pid: process.pid, folder: '/projects/shop' });
    expect(await client.snapshot(signal)).toEqual(daemon.snapshot);
    expect(await client.command({ type: 'look-again', service: 'web' }, signal)).toEqual({
      type: 'look-again',
      revision: 7,
    });
    expect(daemon.commands).toEqual([{ type: 'look-again', service: 'web' }]);
  });

  test('throws what the daemon reports', async () => {
    await using daemon = await FakeDaemon.listen();
    daemon.answer = () => ({ code: 'service/unknown', message: 'no helo', remedy: 'hello', evidence: ['x'] });
    const asked = new DaemonClient(daemon.socket).command({ type: 'rebuild-service', service: 'helo' }, signal);
    await expect(asked).rejects.toMatchObject({ code: 'service/unknown', remedy: 'hello', evidence: ['x'] });
  });

  test('says so when nobody is there', async () => {
    const client = new DaemonClient('/nowhere/daemon.sock');
    await expect(client.hello(signal)).rejects.toMatchObject({
      code: 'daemon/unreachable',
      remedy: 'Start it: devloop up',
    });
  });

  test('refuses another major version of the protocol, and names the way out', async () => {
    await using daemon = await FakeDaemon.listen();
    daemon.protocol = { major: PROTOCOL_VERSION.major + 1, minor: 0 };
    const client = new DaemonClient(daemon.socket);
    await expect(client.hello(signal)).rejects.toMatchObject({
      code: 'daemon/version',
      remedy: expect.stringContaining('devloop stop'),
    });
    expect(await client.helloOfAnyVersion(signal)).toMatchObject({ pid: process.pid });
    daemon.protocol = { major: PROTOCOL_VERSION.major, minor: PROTOCOL_VERSION.minor + 5 };
    await client.hello(signal);
  });

  test('says so when the answer cannot be understood', async () => {
    await using daemon = await FakeDaemon.listen();
    daemon.snapshot = { project: 'shop' } as unknown as typeof daemon.snapshot;
    await expect(new DaemonClient(daemon.socket).snapshot(signal)).rejects.toMatchObject({ code: 'daemon/version' });
  });
});

describe('a stream', () => {
  test('gives the state, then what happens, until the goodbye', async () => {
    await using daemon = await FakeDaemon.listen();
    const seen: string[] = [];
    for await (const message of new DaemonClient(daemon.socket).stream({ signal })) {
      seen.push(message.type === 'event' ? `${message.published.seq} ${message.published.event.type}` : message.type);
      if (message.type !== 'snapshot') continue;
      daemon.publish({ type: 'service-recovered', service: 'grün' });
      daemon.send({ type: 'gap', missed: 3 });
      daemon.send({ type: 'goodbye', reason: 'asked to' });
    }
    expect(seen).toEqual(['hello', 'snapshot', '1 service-recovered', 'gap', 'goodbye']);
  });

  test('leaves out what a newer daemon has added, but not what is broken', async () => {
    await using daemon = await FakeDaemon.listen();
    const seen: string[] = [];
    const read = async () => {
      for await (const message of new DaemonClient(daemon.socket).stream({ after: 5, signal })) {
        seen.push(message.type);
        if (message.type !== 'snapshot') continue;
        daemon.send({ type: 'weather', sun: true });
        daemon.send({ type: 'event', published: { v: 1, seq: 1, at: 'now', event: { type: 'sun-rose' } } });
        daemon.publish({ type: 'service-recovered', service: 'web' });
        daemon.send({ type: 'event', published: { v: 1, seq: 2, at: 'now', event: { type: 'service-recovered' } } });
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'daemon/version' });
    expect(seen).toEqual(['hello', 'snapshot', 'event']);
    expect(daemon.requests).toContain('GET /v1/stream?after=5');
  });

  test('that breaks off is an error', async () => {
    await using daemon = await FakeDaemon.listen();
    const read = async () => {
      for await (const message of new DaemonClient(daemon.socket).stream({ signal })) {
        if (message.type === 'snapshot') daemon.crash();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'daemon/unreachable' });
  });

  test('ends when it is aborted', async () => {
    await using daemon = await FakeDaemon.listen();
    const controller = new AbortController();
    const seen: string[] = [];
    const stream = new DaemonClient(daemon.socket).stream({ signal: controller.signal });
    for await (const message of untilAborted(stream, controller.signal)) {
      seen.push(message.type);
      if (message.type === 'snapshot') controller.abort();
    }
    expect(seen).toEqual(['hello', 'snapshot']);
  });
});

test('log lines end where the log does', async () => {
  await using daemon = await FakeDaemon.listen();
  const at = '2026-01-01T12:00:00Z';
  daemon.logs = [{ type: 'lines', service: 'web', pod: 'web-1', container: 'web', lines: [[at, 'up']] }];
  const client = new DaemonClient(daemon.socket);
  const lines: LogMessage[] = [];
  const query = { services: ['web', 'api'], follow: true, tail: 5 };
  for await (const message of client.logs(query, signal)) lines.push(message);
  expect(lines).toEqual(daemon.logs);
  expect(daemon.requests).toEqual(['GET /v1/logs?service=web&service=api&follow=1&tail=5']);
});
