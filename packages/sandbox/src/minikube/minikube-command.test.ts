import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minikubeCommand } from './minikube-command.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'devloop-minikube-'));
  const state = {
    profile: "it's",
    address: '10.0.0.2',
    apiPort: 8443,
    engine: 'unix:///tmp/a folder/docker.sock',
    kubernetesVersion: 'v1.33.1',
  };
  await writeFile(path.join(folder, 'minikube'), minikubeCommand(state), { mode: 0o700 });
});

afterAll(() => rm(folder, { recursive: true }));

test.each<[string, number, string | RegExp]>([
  ['version', 0, 'v1.37.0\n'],
  ['ip', 0, '10.0.0.2\n'],
  ["ip -p it's", 0, '10.0.0.2\n'],
  ['--profile=other ip', 85, '* Profile "other" not found. Run "minikube profile list" to view all profiles.\n'],
  ['status -p other', 85, /"other" not found/],
  ['profile', 0, "* it's\n"],
  ['status', 0, /^it's\ntype: Control Plane\nhost: Running\n.*\n.*\nkubeconfig: Configured\n\n$/],
  ['docker-env', 0, 'export DOCKER_HOST="unix:///tmp/a folder/docker.sock"\nexport MINIKUBE_ACTIVE_DOCKERD="it\'s"\n'],
  ['docker-env --shell none', 0, "DOCKER_HOST=unix:///tmp/a folder/docker.sock\nMINIKUBE_ACTIVE_DOCKERD=it's\n"],
  ['docker-env --shell=none -p other', 85, /not found/],
  ['docker-env -p', 85, '* Profile "" not found. Run "minikube profile list" to view all profiles.\n'],
  ['', 64, /^X The sandbox's minikube does not know this: version, /],
  ['addons list', 64, /does not know addons list: /],
])('minikube %s', async (args, code, output) => {
  const said = await minikube(...args.split(' ').filter(Boolean));
  expect(said.output).toEqual(typeof output === 'string' ? output : expect.stringMatching(output));
  expect(said.code).toBe(code);
});

test('profiles and status are JSON for programs', async () => {
  const profiles = JSON.parse((await minikube('profile', 'list', '-o', 'json', '-l')).output);
  expect(profiles).toMatchObject({ invalid: [], valid: [{ Name: "it's", Config: { Nodes: [{ IP: '10.0.0.2' }] } }] });
  expect(JSON.parse((await minikube('status', '--output', 'json')).output)).toMatchObject({ APIServer: 'Running' });
});

function minikube(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(path.join(folder, 'minikube'), args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
