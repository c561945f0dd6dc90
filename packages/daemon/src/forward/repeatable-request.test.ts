import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRepeatableRequest } from './repeatable-request.ts';

const HEADERS = 'Host: x\r\nAccept: */*\r\n';

test.each<[boolean, string]>([
  [true, `GET / HTTP/1.1\r\n${HEADERS}\r\n`],
  [true, 'GET / HTTP/1.0\r\n\r\n'],
  [true, `HEAD /items?of=42 HTTP/1.1\r\n${HEADERS}\r\n`],
  [true, `OPTIONS * HTTP/1.1\r\n${HEADERS}Content-Length: 0\r\n\r\n`],
  [true, `GET /socket HTTP/1.1\r\n${HEADERS}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`],
  [false, ''],
  [false, `GET / HTTP/1.1\r\n${HEADERS}`],
  [false, `POST / HTTP/1.1\r\n${HEADERS}Content-Length: 0\r\n\r\n`],
  [false, `PUT / HTTP/1.1\r\n${HEADERS}\r\n`],
  [false, `DELETE / HTTP/1.1\r\n${HEADERS}\r\n`],
  [false, `GET / HTTP/1.1\r\n${HEADERS}Content-Length: 3\r\n\r\nabc`],
  [false, `GET / HTTP/1.1\r\n${HEADERS}content-length:\t12\r\n\r\n`],
  [false, `GET / HTTP/1.1\r\n${HEADERS}Transfer-Encoding: chunked\r\n\r\n`],
  [false, `GET / HTTP/1.1\r\n${HEADERS}\r\nGET / HTTP/1.1\r\n${HEADERS}\r\n`],
  [false, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  [false, 'get / HTTP/1.1\r\n\r\n'],
])('%s: %j', (isRepeatable, text) => {
  expect(isRepeatableRequest([Buffer.from(text)])).toBe(isRepeatable);
});

test('however it comes in pieces, and only when all of it is here', () => {
  const whole = Buffer.from(`GET / HTTP/1.1\r\n${HEADERS}\r\n`);
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      const pieces = at.slice(1).map((end, index) => whole.subarray(at[index], end));
      expect(isRepeatableRequest(pieces)).toBe(true);
      expect(isRepeatableRequest([...pieces, Buffer.from('x')])).toBe(false);
      expect(isRepeatableRequest([whole.subarray(0, -1)])).toBe(false);
    }),
  );
});
