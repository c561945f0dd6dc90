import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEnvelope, readMessage } from './protobuf.ts';
import { ProtobufError } from './protobuf-wire.ts';
import { structType } from './type-schema.ts';

/** A field of bytes. */
const field = (number: number, ...parts: (Buffer | string)[]) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
};

/** A field that is a number below 128. */
const number = (at: number, value: number) =>
  at < 16 ? Buffer.from([at << 3, value]) : Buffer.from([((at << 3) & 0x7f) | 0x80, at >> 4, value]);

const container = Buffer.concat([field(1, 'web'), field(2, 'busybox'), field(5, ''), number(16, 0)]);
const spec = Buffer.concat([number(1, 0), field(2, field(1, field(1, 'app'), field(2, 'web')))]);
const deployment = Buffer.concat([field(1, field(1, 'web'), field(8)), field(2, spec)]);

test('an envelope says what is in it', () => {
  const message = Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, field(1, 'apps/v1'), field(2, 'Deployment')),
    field(2, deployment),
  ]);
  const { apiVersion, kind, raw } = openEnvelope(message);
  expect([apiVersion, kind]).toEqual(['apps/v1', 'Deployment']);
  expect(readMessage(raw, structType('Deployment'))).toEqual({
    metadata: { name: 'web' },
    spec: { replicas: 0, selector: { matchLabels: { app: 'web' } } },
  });
});

test('what Go embeds stands in the object itself, and empty values are left out', () => {
  const selector = Buffer.concat([field(1, field(1, 'settings')), field(2, 'key')]);
  expect(readMessage(selector, structType('ConfigMapKeySelector'))).toEqual({ name: 'settings', key: 'key' });
  expect(readMessage(container, structType('Container'))).toEqual({ name: 'web', image: 'busybox' });
});

test('bytes are base64', () => {
  const secret = field(2, field(1, 'password'), field(2, 'secret'));
  expect(readMessage(secret, structType('Secret'))).toEqual({ data: { password: 'c2VjcmV0' } });
});

test('whatever comes is read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        readMessage(Buffer.from(bytes), structType('Pod'));
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
      }
    }),
  );
  expect(() => openEnvelope(Buffer.from('{}'))).toThrow('does not appear to be a protobuf message');
});
