import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXEC_CHANNELS, ExecFrames, execFrame } from './exec.ts';

test('frames are the same wherever their bytes are cut', () => {
  const channel = fc.constantFrom(...(Object.keys(EXEC_CHANNELS) as (keyof typeof EXEC_CHANNELS)[]));
  const frame = fc.record({ channel, payload: fc.uint8Array({ maxLength: 50 }) });
  fc.assert(
    fc.property(fc.array(frame), fc.integer({ min: 1, max: 20 }), (sent, step) => {
      const bytes = Buffer.concat(sent.map(({ channel: to, payload }) => execFrame(to, payload)));
      const reader = new ExecFrames();
      const read: { channel: number; payload: string }[] = [];
      for (let at = 0; at < bytes.length; at += step) {
        for (const { channel: of, payload } of reader.push(bytes.subarray(at, at + step))) {
          read.push({ channel: of, payload: Buffer.from(payload).toString('hex') });
        }
      }
      expect(read).toEqual(
        sent.map(({ channel: to, payload }) => ({
          channel: EXEC_CHANNELS[to],
          payload: Buffer.from(payload).toString('hex'),
        })),
      );
    }),
  );
});

test('what are no frames is not waited for', () => {
  expect(() => new ExecFrames().push(new TextEncoder().encode('GET / HTTP/1.1'))).toThrow(RangeError);
});
