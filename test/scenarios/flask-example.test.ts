import { expect, test } from 'vitest';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';

const NODE_PORT = 30500;

test('the Flask example: two stages, two replicas, a node port, imagePullPolicy Never', async () => {
  await using rig = await openRig('flask-example');
  await rig.start();
  const ask = async () => {
    const answer = await rig.throughNodePort(NODE_PORT, '/forecast', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ store_number: 10, forecast_start_date: '2023-07-01T00:00:00' }),
    });
    return JSON.parse(answer.body);
  };
  // kube-proxy opens a new node port up to a second after the pods behind it are ready
  const answer = await poll(ask, () => true, { what: 'a forecast', timeoutMs: 10_000 });
  expect(answer).toMatchObject({ store_number: 10, model: 'uniform', result: { length: 10 } });
  expect(await rig.pods('app=flask-app')).toHaveLength(2);
  // the user's own policy is kept where it lets a local image be used
  const deployment = await rig.object('deployments', 'flask-app-deployment');
  expect(deployment.spec.template.spec.containers[0].imagePullPolicy).toMatch(/^(Never|IfNotPresent)$/);

  const since = rig.mark();
  await rig.edit('app.py', (text) => text.replace('DAYS = 10', 'DAYS = 3').replace('"uniform"', '"short"'));
  const ended = await rig.event(passEnded('flask-app', 'live'), since);
  expect(ended.kind).toBe('rolling');
  const answers = await Promise.all(Array.from({ length: 20 }, ask)); // both replicas are new
  expect(answers.map((answer) => [answer.model, answer.result.length])).toEqual(Array(20).fill(['short', 3]));
  const pods = await rig.pods('app=flask-app');
  expect(pods.map((pod) => pod.spec.containers[0].image)).toEqual([ended.image, ended.image]);

  // what the build does not see (.dockerignore) does not roll it
  const unseen = rig.mark();
  await rig.edit('README.md', (text) => `${text}\n`);
  await rig.edit('app.py', (text) => text.replace('DAYS = 3', 'DAYS = 4'));
  await rig.event(passEnded('flask-app', 'live'), unseen);
  await poll(ask, (answer) => answer.result.length === 4, { what: 'four days' });
  const changes = rig.events.since(unseen).filter((event) => event.type === 'change-seen');
  expect(changes.flatMap(({ paths }) => paths)).not.toContain('README.md');

  const { stdout } = await rig.devloop(['logs', 'flask-app', '--tail', '50']);
  expect(stdout).toContain('forecast for store 10');
  await rig.devloop(['down', '--yes'], { timeoutMs: 150_000 });
  expect(await rig.objects('deployments')).toEqual([]);
});
