import { expect, test } from 'vitest';
import { expand } from './expansion.ts';
import { quantity } from './quantity.ts';
import { serviceVariables } from './service-variables.ts';

// after third_party/forked/golang/expansion's TestMapReference
test.each([
  ['$(VAR)', 'value'],
  ['-$(VAR)-$(VAR)', '-value-value'],
  ['$(NOTHING)', '$(NOTHING)'],
  ['$$(VAR)', '$(VAR)'],
  ['$$$(VAR)', '$value'],
  ['$', '$'],
  ['$(VAR', '$(VAR'],
  ['$(EMPTY)', ''],
  ['$(toString)', '$(toString)'],
])('%s is %s', (text, expected) => expect(expand(text, { VAR: 'value', EMPTY: '' })).toBe(expected));

test.each([
  ['100m', 0.1],
  ['2', 2],
  ['1Ki', 1024],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['1e3', 1000],
  ['3M', 3e6],
  ['many', Number.NaN],
])('the quantity %s is %d', (text, expected) => expect(quantity(text)).toBe(expected));

test('a Service is told of in both ways', () => {
  const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  expect(
    serviceVariables([
      service('my-web', { clusterIP: '10.96.0.5', ports }),
      service('headless', { clusterIP: 'None', ports }),
    ]),
  ).toEqual({
    MY_WEB_SERVICE_HOST: '10.96.0.5',
    MY_WEB_SERVICE_PORT: '80',
    MY_WEB_SERVICE_PORT_HTTP: '80',
    MY_WEB_PORT: 'tcp://10.96.0.5:80',
    MY_WEB_PORT_80_TCP: 'tcp://10.96.0.5:80',
    MY_WEB_PORT_80_TCP_PROTO: 'tcp',
    MY_WEB_PORT_80_TCP_PORT: '80',
    MY_WEB_PORT_80_TCP_ADDR: '10.96.0.5',
  });
});
