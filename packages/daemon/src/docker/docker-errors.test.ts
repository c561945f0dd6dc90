import { DevloopError } from '@devloop/shared/errors/devloop-error';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { dockerStatus, translateDockerError } from './docker-errors.ts';

const translate = (error: unknown) => translateDockerError(error, 'a look', 'unix:///x');
const withFields = (fields: object) => Object.assign(new Error('said'), fields);

test.each([
  [{ code: 'ECONNREFUSED' }, 'engine/unreachable'],
  [{ code: 'ENOENT', syscall: 'connect' }, 'engine/unreachable'],
  [{ code: 'EACCES', syscall: 'connect' }, 'engine/unreachable'],
  [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'engine/unreachable'],
  [{ code: 'CERT_HAS_EXPIRED' }, 'engine/unreachable'],
  [{ statusCode: 500, json: { message: 'no' } }, 'engine/refused'],
  [{ statusCode: 404 }, 'engine/refused'],
])('%o is %s', (fields, code) => {
  expect(translate(withFields(fields))).toMatchObject({ code, message: expect.stringContaining('a look') });
});

test.each([
  new DevloopError('build/context-changed', '', ''),
  withFields({ name: 'AbortError' }),
  withFields({ code: 'ENOENT', syscall: 'open' }),
  withFields({ code: 'EACCES', syscall: 'open' }),
  new TypeError('a mistake'),
  'no error',
])('%s passes unchanged', (error) => {
  expect(translate(error)).toBe(error);
});

test('an engine that is not there', async () => {
  const socketPath = `${temporaryFolder()}/docker.sock`;
  const error = await new Docker({ socketPath }).version().catch((reason: unknown) => reason);
  expect(translate(error)).toMatchObject({ code: 'engine/unreachable' });
});

test('the status is that of the answer, if there was one', () => {
  expect(dockerStatus(withFields({ statusCode: 409 }))).toBe(409);
  expect(dockerStatus(withFields({ code: 'ECONNREFUSED' }))).toBeUndefined();
});
