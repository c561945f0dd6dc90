import { expect, test } from 'vitest';
import { outcomeOf } from './exec-status.ts';

const FAILED = {
  metadata: {},
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: 'command terminated with exit code 7',
};

test.each([
  ['success', { metadata: {}, status: 'Success' }, 0],
  ['another exit code', { ...FAILED, details: { causes: [{ reason: 'ExitCode', message: '7' }] } }, 7],
])('%s', (_, status, exitCode) => {
  expect(outcomeOf(JSON.stringify(status), 'web-run-1')).toEqual({ is: 'exited', exitCode });
});

test.each([
  ['', 'run/broken-off'],
  ['{"status":', 'run/broken-off'],
  ['{"status":"Failure","reason":"InternalError","message":"no such container"}', 'run/not-started'],
])('%j is an error', (status, code) => {
  expect(() => outcomeOf(status, 'web-run-1')).toThrow(expect.objectContaining({ code }));
});
