import { expect, test } from 'vitest';
import { readPort, type WrittenPort } from './port-text.ts';

test.each<[string, WrittenPort | undefined]>([
  ['8080', { local: 8080, port: 8080 }],
  ['8080:80', { local: 8080, port: 80 }],
  ['8080:http', { local: 8080, port: 'http' }],
  ['http', { local: 0, port: 'http' }],
  ['0.0.0.0:8080:80', { local: 8080, port: 80, address: '0.0.0.0' }],
  ['[::]:8080:http', { local: 8080, port: 'http', address: '::' }],
  ['0', undefined],
  ['0:80', undefined],
  ['70000:80', undefined],
  ['80:70000', undefined],
  ['300.0.0.1:80:80', undefined],
  ['0.0.0.0:80', undefined],
  ['a:b:c', undefined],
  ['', undefined],
])('%s', (text, port) => {
  expect(readPort(text)).toEqual(port);
});
