import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { answerJson, openApiServer } from './api-server.fake.ts';

const never = new AbortController().signal;

test('sends method, query, body and credentials', async () => {
  const { api, requests } = await openApiServer(async (request, response) => {
    answerJson(response, 200, { headers: request.headers, body: await text(request) });
  });
  const answer = await api.json<{ headers: Record<string, string>; body: string }>('/x?a=1', {
    method: 'PATCH',
    query: { force: true, name: 'a b', nothing: undefined },
    body: { ä: 1 },
    contentType: 'application/apply-patch+yaml',
    signal: never,
  });
  expect(requests).toEqual(['PATCH /x?a=1&force=true&name=a+b']);
  expect(answer.body).toBe('{"ä":1}');
  expect(answer.headers).toMatchObject({
    authorization: 'Bearer token',
    'content-type': 'application/apply-patch+yaml',
    'content-length': '8',
  });
});

test.each([
  [404, 'cluster/refused', { reason: 'NotFound', message: 'no pods "a"' }],
  [
    422,
    'deploy/invalid',
    { reason: 'Invalid', message: 'bad', details: { causes: [{ field: 'spec', message: 'm' }] } },
  ],
  [403, 'cluster/refused', { reason: 'Forbidden', message: 'you may not' }],
])('a refusal with %s keeps its code and its words', async (status, code, body) => {
  const { api } = await openApiServer((_request, response) => answerJson(response, status, body));
  const expected = { status, code, reason: body.reason, message: expect.stringContaining(body.message) };
  await expect(api.json('/x', { signal: never })).rejects.toMatchObject(expected);
});

test('a refusal in plain words', async () => {
  const { api } = await openApiServer((_request, response) => response.writeHead(503).end('no backend\n'));
  await expect(api.json('/x', { signal: never })).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining('no backend'),
  });
});

test('nothing that answers', async () => {
  const { api, close } = await openApiServer(() => undefined);
  close();
  await expect(api.json('/x', { signal: never })).rejects.toMatchObject({ code: 'cluster/unreachable' });
});

test.each([200, 500])('a connection that breaks in the middle of an answer with %s', async (status) => {
  const { api } = await openApiServer((_request, response) => {
    response.writeHead(status, { 'content-length': 100 }).write('{"half":', () => response.destroy());
  });
  await expect(api.json('/x', { signal: never })).rejects.toMatchObject({ code: 'cluster/unreachable' });
});

test('an abort before and in the middle of an answer', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const { api } = await openApiServer((_request, response, { pathname }) => {
    if (pathname === '/begun') response.writeHead(200).write('{');
    setImmediate(() => controller.abort(reason));
  });
  await expect(api.json('/begun', { signal: controller.signal })).rejects.toBe(reason);
  await expect(api.json('/silent', { signal: controller.signal })).rejects.toBe(reason);
});
