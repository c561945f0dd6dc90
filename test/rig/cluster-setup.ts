import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DEVLOOP, ofThisRun, REPOSITORY, RUN_VARIABLE } from './devloop-rig.ts';
import { KubeApi } from './kube-api.ts';
import { poll } from './poll.ts';
import { runCommand } from './run-command.ts';

/** Before all scenarios: what they need is there, or the one command that mends it. After them: nothing is left. */
export default async function setup(): Promise<() => Promise<void>> {
  await expectFreshBuild();
  await expectCluster();
  process.env[RUN_VARIABLE] = randomBytes(4).toString('hex');
  return async () => {
    const kube = await KubeApi.open();
    await poll(
      () => kube.list('namespaces', undefined, ofThisRun()),
      (namespaces) => namespaces.length === 0,
      { what: 'the namespaces of the scenarios are gone', timeoutMs: 180_000, everyMs: 1000 },
    );
    kube.close();
  };
}

async function expectFreshBuild(): Promise<void> {
  const remedy = 'Build first: npm run build';
  if (!existsSync(DEVLOOP)) throw new Error(`There is no ${path.relative(REPOSITORY, DEVLOOP)}. ${remedy}`);
  let compiled = 0;
  for (const name of await readdir(path.join(REPOSITORY, 'packages'))) {
    const folder = path.join(REPOSITORY, 'packages', name);
    // tsc leaves what would come out the same as it was, and touches its build information instead
    const built = await newest(folder, 'dist', /\.js$/);
    const checked = await newestFile(path.join(folder, 'tsconfig.tsbuildinfo'));
    const source = await newest(folder, 'src', /(?<!\.test)\.tsx?$/);
    if (source > Math.max(built, checked)) throw new Error(`packages/${name}/src is newer than its dist. ${remedy}`);
    compiled = Math.max(compiled, built);
  }
  for (const program of ['tui/bundle/main.js', 'daemon/bundle/main.js', 'sandbox/bundle/node/main.js']) {
    const bundle = path.join(REPOSITORY, 'packages', program);
    if ((await newestFile(bundle)) >= compiled) continue;
    throw new Error(`${path.relative(REPOSITORY, bundle)} is older than what it is made of. ${remedy}`);
  }
}

async function expectCluster(): Promise<void> {
  const minikube = await runCommand('minikube', ['status']).catch((error) => ({ code: 127, output: String(error) }));
  if (minikube.code !== 0) {
    throw new Error(`minikube does not run: ${minikube.output.trim()}\nStart it: minikube start`);
  }
  try {
    const kube = await KubeApi.open();
    await kube.list('nodes', undefined);
    kube.close();
  } catch (error) {
    throw new Error(`The cluster of the current context does not answer: ${error}
Point kubectl at minikube: kubectl config use-context minikube`);
  }
}

async function newest(folder: string, below: string, wanted: RegExp): Promise<number> {
  const root = path.join(folder, below);
  if (!existsSync(root)) return 0;
  const files = (await readdir(root, { recursive: true })).filter((file) => wanted.test(file));
  const times = await Promise.all(files.map((file) => newestFile(path.join(root, file))));
  return Math.max(0, ...times);
}

async function newestFile(file: string): Promise<number> {
  return existsSync(file) ? (await stat(file)).mtimeMs : 0;
}
