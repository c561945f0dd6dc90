import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DEVLOOP, type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { openScreenBelowShell } from '../rig/screen.ts';
import { openTerminal } from '../rig/terminal.ts';

/** Takes the rig's devloop.yaml away; the namespace is that of the context then. */
async function withoutConfig(rig: DevloopRig): Promise<void> {
  await rm(rig.file('devloop.yaml'));
  await rig.useContext();
}

test('an app without a devloop.yaml: shown as it is understood, asked for, and up', async () => {
  await using rig = await openRig('hello-service');
  await withoutConfig(rig);
  const message = unique('found');
  await rig.write('hello/message.txt', message);
  const unasked = await rig.devloop(['up', '-d'], { expect: null });
  expect([unasked.code, unasked.output]).toEqual([3, expect.stringContaining('devloop init')]);

  await using screen = openScreenBelowShell(rig);
  const asked = await screen.shows('Write this to devloop.yaml and start?');
  expect(asked).toContain('hello is built from hello/Dockerfile as hello (sure: its name is that of the folder)');
  screen.type('y\r');
  await screen.shows(/› ● live +hello/);
  screen.press('q');
  await screen.shows('ended 0');
  await rig.serves('hello', message);
  expect(await rig.read('devloop.yaml')).toContain('services:\n  hello:\n');
});

test('an app with a skaffold.yaml: what that builds and deploys is taken over', async () => {
  await using rig = await openRig('hello-service');
  await withoutConfig(rig);
  const message = unique('of skaffold');
  await rig.write('hello/message.txt', message);
  const dockerfile = await rig.read('hello/Dockerfile');
  await rig.write('hello/Dockerfile', 'FROM scratch\nnot the one that is meant\n');
  await rig.write('hello/Dockerfile.dev', dockerfile);
  await rig.write(
    'deployment/hello.yaml',
    (await rig.read('k8s/hello.yaml')).replace('image: hello', 'image: team/web:1'),
  );
  await rm(rig.file('k8s'), { recursive: true });
  await rig.write(
    'skaffold.yaml',
    `apiVersion: skaffold/v4beta6
kind: Config
build:
  artifacts:
    - { image: team/web, context: hello, docker: { dockerfile: Dockerfile.dev } }
manifests: { rawYaml: ["deployment/*.yaml"] }
portForward: []
`,
  );
  const { output } = await rig.devloop(['up', '-d', '--yes'], { timeoutMs: 200_000 });
  expect(output).toContain('web is built from Dockerfile.dev in hello as team/web, as skaffold.yaml says.');
  expect(output).toContain('`portForward` is left out');
  await rig.serves('hello', message);
  expect(await rig.service('web')).toMatchObject({ liveness: 'live' });
});

test('which image is built here is asked where names do not tell, and an answer that is none is asked again', async () => {
  await using rig = await openRig('hello-service');
  await withoutConfig(rig);
  const message = unique('answered');
  await rig.write('hello/message.txt', message);
  const manifest = (await rig.read('k8s/hello.yaml')).replace(/kind: Deployment\nmetadata:\n {2}name: hello/, (text) =>
    text.replace('hello', 'front'),
  );
  const red = manifest.replace('image: hello', 'image: acme/red');
  const blue = `apiVersion: apps/v1
kind: Deployment
metadata: { name: unused }
spec:
  replicas: 0
  selector: { matchLabels: { app: unused } }
  template: { metadata: { labels: { app: unused } }, spec: { containers: [{ name: main, image: acme/blue }] } }
`;
  await rig.write('k8s/hello.yaml', `${red.trimEnd()}\n---\n${blue}`);

  await using screen = openScreenBelowShell(rig);
  const asked = await screen.shows('1 to 3 [1]');
  expect(asked).toContain('Which image of the manifests is built from hello/Dockerfile?');
  expect(asked).toContain('1  acme/red (likely: both listen on the same port)');
  expect(asked).toContain('2  acme/blue');
  screen.type('4\r');
  await screen.shows(/1 to 3 \[1\] 4\s+1 to 3 \[1\]/);
  screen.type('\r');
  await screen.shows('Write this to devloop.yaml and start?');
  screen.type('y\r');
  await screen.shows(/› ● live +hello/);
  screen.press('q');
  await screen.shows('ended 0');
  await rig.serves('hello', message);
  expect(await rig.read('devloop.yaml')).toMatch(/hello:\n +build: \{ image: acme\/red \}\n/);
});

test('init asks nothing where nobody can answer, or with --yes, and comments what it took', async () => {
  await using rig = await openRig('hello-service');
  await withoutConfig(rig);
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replaceAll(/name: hello$/gm, 'name: front').replace('image: hello', 'image: acme/red'),
  );
  await using screen = openTerminal([process.execPath, DEVLOOP, '-C', rig.folder, 'init', '--yes'], { env: rig.env });
  expect(await screen.exited).toBe(0);
  const written = await rig.read('devloop.yaml');
  expect(written).toContain('build: { image: acme/red }  # likely: both listen on the same port');
  await rm(rig.file('devloop.yaml'));
  await rig.devloop(['init']);
  expect(await rig.read('devloop.yaml')).toBe(written);

  // Ctrl-D answers as Enter does
  await rm(rig.file('devloop.yaml'));
  await using asking = openTerminal([process.execPath, DEVLOOP, '-C', rig.folder, 'init'], { env: rig.env });
  await asking.shows('1 to 2 [1]');
  asking.type('\u0004');
  expect(await asking.exited).toBe(0);
  expect(await rig.read('devloop.yaml')).toMatch(/build: \{ image: acme\/red \}\n/);
});

test('init writes once, and changes nothing that is there', async () => {
  await using rig = await openRig('hello-service');
  await withoutConfig(rig);
  const printed = await rig.devloop(['init', '--print']);
  await rig.devloop(['init']);
  expect(await rig.read('devloop.yaml')).toBe(printed.stdout);
  await rig.write('devloop.yaml', 'services:\n  hello: # mine\n');
  const { code, output } = await rig.devloop(['init'], { expect: null });
  expect([code, output]).toEqual([2, expect.stringContaining('which stays as it is')]);
  expect(await rig.read('devloop.yaml')).toContain('# mine');
});
