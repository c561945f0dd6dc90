import { expect, test } from 'vitest';
import { encodeStatusResponse } from './buildkit-trace.ts';

test('writes vertices and logs by the field numbers of control.proto', () => {
  const vertex = {
    digest: 'd',
    inputs: ['i'],
    name: 'n',
    cached: true,
    started: 1_000_000_300n,
    completed: undefined,
    error: '',
  };
  const log = { vertex: 'd', timestamp: 2_000_000_000n, stream: 2, bytes: Buffer.from('line') } as const;
  const timestamps = { started: '0801' + '10ac02', log: '0802' + '1000' };
  const vertexHex = `0a0164${'120169'}${'1a016e'}${'2001'}${'2a05'}${timestamps.started}`;
  const logHex = `0a0164${'1204'}${timestamps.log}${'1802'}${'2204'}${Buffer.from('line').toString('hex')}`;
  const length = (hex: string) => (hex.length / 2).toString(16).padStart(2, '0');
  expect(encodeStatusResponse({ vertexes: [vertex], logs: [log] }).toString('hex')).toBe(
    `0a${length(vertexHex)}${vertexHex}1a${length(logHex)}${logHex}`,
  );
});
