import { randomBytes } from 'node:crypto';
import { ofThisRun, RUN_VARIABLE } from './devloop-rig.ts';
import { expectFreshBuild } from './fresh-build.ts';
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
      { what: 'the namespaces of the scenarios are gone', timeoutMs: 180_000, everyMs: 200 },
    );
    kube.close();
  };
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
