import { expect } from 'vitest';
import type { LogMessage } from '../../packages/shared/src/protocol/stream-message.ts';
import type { MessageStream } from '../rig/daemon-socket.ts';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

/**
 * A program that ends when it is asked to, with its last words, and writes what it is told: bytes by `/say?HEX`, numbered
 * lines by `/count?WORD` and, more of them, by `/flood?WORD`. A message that begins so it says with pauses, or all the time.
 */
const PROGRAM = `
const message = require('node:fs').readFileSync(__dirname + '/message.txt', 'utf8').trim();
let counting;
let counted = 0;
function count(word, lines, everyMs) {
  clearInterval(counting);
  counted = 0;
  counting = setInterval(() => {
    let text = '';
    for (let line = 0; line < lines; line++) text += word + ' ' + counted++ + '\\n';
    process.stdout.write(text);
  }, everyMs);
}
require('node:http').createServer((request, response) => {
  const [path, query] = request.url.split('?');
  if (path === '/say') process.stdout.write(Buffer.from(query, 'hex'));
  if (path === '/long') console.log('<' + 'long '.repeat(700_000) + query + '>');
  if (path === '/flood') count(query, 40, 20);
  if (path === '/count') count(query, 1, 5);
  if (path === '/quiet') clearInterval(counting);
  if (path === '/counted') return response.end(String(counted));
  response.end('ok');
  if (path === '/crash') {
    console.error('its last words');
    process.exit(7);
  }
}).listen(8080, () => console.log('it is up'));
if (message.startsWith('with pauses')) setInterval(() => console.log(message), 400);
if (message.startsWith('flood')) setInterval(() => console.log(message.padEnd(1200, ' flood')), 1);
process.on('SIGTERM', () => process.exit(0));
`;

const test = testOnSharedRig('hello-service', (rig) => rig.write('hello/server.js', PROGRAM));

const JOB = `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: node:22-slim
          imagePullPolicy: IfNotPresent
          command: [node, -e, "console.log('the tables are there')"]
`;

function says(wanted: RegExp) {
  return (message: LogMessage) =>
    (message.type === 'lines' || message.type === 'output') && message.lines.some(([, text]) => wanted.test(text));
}

/** What `devloop logs` prints, line by line. */
async function printed(rig: DevloopRig, ...options: string[]): Promise<string[]> {
  const { stdout } = await rig.devloop(['logs', ...options], { expect: null });
  return stdout.split('\n').slice(0, -1);
}

/** Asks the program for something, once it can be asked. */
async function ask(rig: DevloopRig, path: string): Promise<void> {
  await poll(
    () => rig.served('hello', path),
    ({ status }) => status === 200,
    { what: `the program answers ${path}` },
  );
}

/** A word that no line has begun with before, and that a query can have in it. */
function uniqueWord(): string {
  return unique('count').replace(' ', '-');
}

/** Every number that was counted with `word` has come once, and no gap since the first. */
function expectEachOnce({ all }: MessageStream<LogMessage>, word: string): void {
  const since = all.slice(all.findIndex(says(new RegExp(`^${word} `))));
  const texts = since.flatMap((message) => (message.type === 'lines' ? message.lines.map(([, text]) => text) : []));
  const counts = texts.filter((text) => text.startsWith(`${word} `)).map((text) => Number(text.slice(word.length + 1)));
  expect(counts[0]).toBe(0);
  expect(counts.findIndex((count, index) => count !== index)).toBe(-1);
  expect(since.filter(({ type }) => type === 'gap')).toEqual([]);
}

test('init containers, a Job that is not built, and the last words of a crash are there after pods and daemon', async () => {
  await using rig = await openRig('hello-service');
  await rig.write('hello/server.js', PROGRAM);
  const before = '      containers:\n';
  const init = `      initContainers:\n        - name: init\n          image: hello\n          command: [echo, it is prepared]\n${before}`;
  await rig.edit('k8s/hello.yaml', (text) => text.replace(before, init));
  await rig.write('jobs/migrate.yaml', JOB);
  await rig.writeConfig('services:\n  hello:\n  migrate:\n    build: false\n    manifests: [jobs]\n');
  await rig.edit('hello/Dockerfile', (text) => `${text}RUN echo built for ${unique('a test')}\n`);
  await rig.start();
  {
    await using logs = await rig.logs('follow=1&build=1');
    await logs.find(says(/^it is prepared$/));
    await logs.find(says(/^the tables are there$/));
    await logs.find(says(/^it is up$/));
    const crashed = logs.all.length; // before it does: what it says next may be here sooner than the answer
    await ask(rig, '/crash');
    await logs.find(says(/^its last words$/));
    await logs.find(says(/^it is up$/), crashed);
  }
  await rig.devloop(['stop']);
  await rig.kube.delete('deployments', rig.namespace, 'hello');
  await rig.kube.delete('jobs', rig.namespace, 'migrate');
  await rig.kube.deletePods(rig.namespace);
  await poll(
    () => rig.names('deployments', 'jobs', 'pods'),
    (names) => names.length === 0,
    { what: 'nothing of it is left in the cluster' },
  );

  expect((await printed(rig, 'hello')).map((line) => line.replace(/^hello.{0,20} {2}/, ''))).toEqual([
    'it is prepared',
    'it is up',
    'its last words',
    'it is up',
  ]);
  expect(await printed(rig, 'migrate')).toEqual(['migrate  the tables are there']);
  expect((await printed(rig, 'hello', '--previous')).at(-1)).toMatch(/its last words$/);
  expect((await printed(rig, 'hello', '--build', '--grep', '/^(.* )?built for/')).length).toBeGreaterThan(0);
  expect(await printed(rig, '--tail', '1', 'hello')).toEqual([expect.stringMatching(/it is up$/)]);
  expect((await printed(rig, '--since', '1h')).length).toBe(5);
  expect((await printed(rig, '--until', '1h')).length).toBe(0);

  const rows = (await printed(rig, '--json', 'hello')).map((row) => JSON.parse(row));
  expect(rows.map(({ container, restarts }) => [container, restarts])).toEqual([
    ['init', 0],
    ['hello', 0],
    ['hello', 0],
    ['hello', 1],
  ]);
  await rig.devloop(['logs', '--grep', 'last words'], { expect: 0 });
  await rig.devloop(['logs', '--grep', 'nobody has said this'], { expect: 1 });
  await rig.devloop(['logs', 'nobody'], { expect: 2 });
  await rig.devloop(['logs', '-f'], { expect: 4 });
});

test('whatever bytes a program writes are stored, and shown so that no terminal obeys them', async ({ rig }) => {
  await using logs = await rig.logs('follow=1');
  const word = uniqueWord();
  const garbage = Buffer.from('\u001b[2J\u001b]0;title\u0007red \u001b[31mtext\u009b1m\rover');
  const end = Buffer.from(` end of garbage ${word}\n`);
  const bytes = Buffer.concat([garbage, Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]), end]);
  await ask(rig, `/say?${bytes.toString('hex')}`);
  await ask(rig, `/long?${word}`);
  await logs.find(says(new RegExp(`end of garbage ${word}$`)));
  const long = `<${'long '.repeat(700_000)}${word}>`;
  await logs.find(says(new RegExp(`^<long .*${word}>$`)));

  const lines = await printed(rig, 'hello');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(lines.some((line) => line.endsWith(`end of garbage ${word}`))).toBe(true);
  expect(lines.map((line) => line.replace(/^hello.{0,20} {2}/, ''))).toContain(long);
  const rows = (await printed(rig, 'hello', '--json')).map((row) => JSON.parse(row));
  expect(rows.find(({ text }) => text?.endsWith(`end of garbage ${word}`)).text).toContain('\u001b[2J');
  expect(rows.map(({ text }) => text)).toContain(long);
});

test('the pods that rolling updates take away leave no gap, though their program speaks with pauses', async ({
  rig,
}) => {
  const config = await rig.read('devloop.yaml');
  await reconfigure(rig, () => rig.writeConfig('services:\n  hello:\n    rollout: rolling\n'));
  const messages: string[] = [];
  for (const update of [1, 2, 3, 4]) {
    const since = rig.mark();
    const [pod] = await rig.pods('app=hello');
    const message = unique(`with pauses ${update}`);
    messages.push(message);
    await rig.writeAtomic('hello/message.txt', message);
    await rig.event(passEnded('hello', 'live'), since);
    await poll(
      () => rig.names('pods'),
      (names) => !names.includes(`pods/${pod.metadata.name}`),
      { what: `${pod.metadata.name} is gone` },
    );
  }
  const rows = (await printed(rig, 'hello', '--json')).map((line) => JSON.parse(line));
  const since = rows.slice(rows.findIndex(({ text }) => text === messages[0]));
  expect(new Set(since.filter(({ text }) => messages.includes(text)).map(({ pod }) => pod)).size).toBe(4);
  expect(since.filter(({ type }) => type === 'gap')).toEqual([]);
  await rig.writeAtomic('hello/message.txt', unique('quiet'));
  await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
});

test('a daemon that is killed and started anew stores every line once', async ({ rig }) => {
  const word = uniqueWord();
  await ask(rig, `/count?${word}`);
  {
    await using logs = await rig.logs('follow=1');
    await logs.find(says(new RegExp(`^${word} 100$`)));
  }
  await rig.events.stop();
  process.kill((await rig.status()).pid, 'SIGKILL');
  await poll(
    async () => rig.processes(),
    (left) => left.length === 0,
    { what: 'the daemon is gone' },
  );
  await rig.start();
  await using logs = await rig.logs('follow=1');
  const reached = Number((await rig.served('hello', '/counted')).body);
  await logs.find(says(new RegExp(`^${word} ${reached + 300}$`)));
  expectEachOnce(logs, word);
  await ask(rig, '/quiet');
});

test('a reader of a flood comes to its end', async ({ rig }) => {
  const flood = async () => {
    const [since, message] = [rig.mark(), unique('flood')];
    await rig.writeAtomic('hello/message.txt', message);
    await rig.event(passEnded('hello', 'live'), since);
    return message;
  };
  expect((await printed(rig, 'hello', '--grep', await flood())).length).toBeGreaterThan(0);
  await flood();
  expect((await printed(rig, 'hello', '--tail', '5')).length).toBe(5);
  await rig.writeAtomic('hello/message.txt', unique('quiet'));
});

test('a daemon that sleeps for 20 seconds in a flood stores every line once', async ({ rig }) => {
  const word = uniqueWord();
  await using logs = await rig.logs('follow=1&tail=1');
  await ask(rig, `/flood?${word}`);
  await logs.find(says(new RegExp(`^${word} 4000$`)));
  const { pid } = await rig.status();
  process.kill(pid, 'SIGSTOP');
  try {
    await poll(
      () => rig.served('hello', '/counted'),
      ({ body }) => Number(body) > 44_000,
      { what: 'the program has gone on for 20 seconds', timeoutMs: 120_000, everyMs: 500 },
    );
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await logs.find(says(new RegExp(`^${word} 60000$`)));
  expectEachOnce(logs, word);
  await ask(rig, '/quiet');
});
