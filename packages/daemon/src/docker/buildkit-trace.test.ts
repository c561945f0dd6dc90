import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesField, message, varintField } from './buildkit-trace.fake.ts';
import { decodeStatusResponse } from './buildkit-trace.ts';

const started = bytesField(5, message(varintField(1, 1_700_000_000), varintField(2, 5)));

test('reads vertices and logs, whatever else is there', () => {
  const vertex = message(
    bytesField(1, 'sha256:1'),
    bytesField(2, 'sha256:0'),
    bytesField(3, '[1/2] FROM a ☺'),
    varintField(4, 1),
    started,
    bytesField(7, 'oh no'),
  );
  const log = (stream: number) => message(bytesField(1, 'sha256:1'), varintField(3, stream), bytesField(4, 'line\n'));
  const status = message(
    bytesField(1, vertex),
    bytesField(2, 'a status'),
    bytesField(3, log(1)),
    bytesField(3, log(2)),
  );
  expect(decodeStatusResponse(status)).toEqual({
    vertexes: [{ digest: 'sha256:1', name: '[1/2] FROM a ☺', cached: true, started: true, error: 'oh no' }],
    logs: [
      { vertex: 'sha256:1', bytes: Buffer.from('line\n'), stream: 'stdout' },
      { vertex: 'sha256:1', bytes: Buffer.from('line\n'), stream: 'stderr' },
    ],
  });
});

test('a vertex that has not begun, and an empty message', () => {
  expect(decodeStatusResponse(new Uint8Array())).toEqual({ vertexes: [], logs: [] });
  const waiting = message(bytesField(1, message(bytesField(3, 'later'))));
  expect(decodeStatusResponse(waiting).vertexes).toMatchObject([{ name: 'later', started: false, cached: false }]);
});

test('passes over fields of fixed size', () => {
  const fixed = Buffer.concat([Buffer.of(9 * 8 + 1), Buffer.alloc(8), Buffer.of(9 * 8 + 5), Buffer.alloc(4)]);
  const vertex = Buffer.concat([fixed, bytesField(3, 'name'), fixed]);
  expect(decodeStatusResponse(bytesField(1, vertex)).vertexes).toMatchObject([{ name: 'name' }]);
});

test('ends, with a RangeError at most, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        decodeStatusResponse(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});
