import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { expect, test } from 'vitest';
import { podObject } from '../rollout/live-objects.fake.ts';
import { TunnelFailure } from './tunnel-failure.ts';
import { type Unserved, unservedReport } from './unserved-report.ts';

const one = (pod = podObject('web-1'), port: number | string = 80) => [{ pod, expected: new Map(), port }];
const refusal = new TunnelFailure('connect: Connection refused', false);
const named = podObject('web-1', {
  spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 80 }] }] },
});

test.each<[string, Partial<Unserved>, string, RegExp]>([
  ['no cluster', { candidates: undefined }, 'forward/not-ready', /after 30 s: the cluster does not answer/],
  ['no pod', { candidates: [] }, 'forward/not-ready', /web has no pod/],
  [
    'none ready',
    { candidates: one(podObject('web-1', { ready: false })) },
    'forward/not-ready',
    /no pod of web is ready/,
  ],
  [
    'a node that is silent',
    { candidates: one() },
    'forward/not-ready',
    /after 30 s: pod web-1 is ready, but nothing came from its node in time/,
  ],
  [
    'nobody listens',
    { candidates: one(), last: refusal },
    'forward/refused',
    /pod web-1 takes connections on its port 80/,
  ],
  [
    'no such name',
    { candidates: one(named, 'https') },
    'forward/not-ready',
    /no container of pod web-1 has a port named "https"/,
  ],
  ['not allowed', { last: new DevloopError('cluster/refused', 'Forbidden.', 'Ask.') }, 'cluster/refused', /Forbidden/],
])('%s', (_what, unserved, code, message) => {
  const wish = { service: 'web', local: 8080, port: 80, address: undefined, chosen: false };
  const report = unservedReport(wish, { candidates: one(), last: undefined, waitedMs: 30_000, ...unserved });
  expect(report.code).toBe(code);
  expect(report.message).toMatch(message);
  expect(report.remedy).not.toBe('');
});

test.each([
  ['exit status 1: 2026/11/26 E connect(5, AF=2 127.0.0.1:80, 16): Connection refused', false],
  ['dial tcp4 127.0.0.1:80: connect: connection refused', false],
  ['connect ECONNREFUSED 127.0.0.1:80', false],
  ['container not running (0123)', false],
  ['nsenter: cannot open /proc/12/ns/net: No such file or directory', false],
  ['exit status 1: E read(5, 0x1, 8192): Connection reset by peer', true],
  ['exit status 1: E write(5, 0x1, 10): Broken pipe', true],
])('%s: taken %s', (words, wasTaken) => {
  expect(TunnelFailure.ofNode(words).wasTaken).toBe(wasTaken);
});
