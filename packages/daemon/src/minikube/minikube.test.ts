import { expect, test } from 'vitest';
import { parseEnvironment } from './minikube.ts';

test('reads NAME=value lines, whatever the value holds', () => {
  const text = 'DOCKER_TLS_VERIFY=1\r\nDOCKER_HOST=tcp://192.168.49.2:2376\nA=b=c\nEMPTY=\n\n=x\n# a remark\nno pair\n';
  expect([...parseEnvironment(text)]).toEqual([
    ['DOCKER_TLS_VERIFY', '1'],
    ['DOCKER_HOST', 'tcp://192.168.49.2:2376'],
    ['A', 'b=c'],
    ['EMPTY', ''],
  ]);
});
