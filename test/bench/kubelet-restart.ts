import { setTimeout as delay } from 'node:timers/promises';
import type { DevloopRig } from '../rig/devloop-rig.ts';
import { poll } from '../rig/poll.ts';
import { mustRun } from '../rig/run-command.ts';
import type { SandboxClient } from '../rig/sandbox-client.ts';
import { now } from './clock.ts';
import { round } from './figures.ts';

/** How long a kubelet takes that is started anew. */
const AWAY_MS = 3000;
const TIMEOUT_MS = 180_000;
const NOT_DONE = 'not done: --kubelet CMD says how it is restarted';

/**
 * Has the kubelet of a pod's node started anew, by a command; a sandbox's, which is no process, only ends its streams.
 * Resolves, with what was done, in words, when it is at work again: what is rolled out from then on need not wait for it.
 */
export async function restartKubelet(
  rig: DevloopRig,
  pod: string,
  { command, client }: { readonly command: string | undefined; readonly client: SandboxClient | undefined },
): Promise<string> {
  const begin = now();
  if (client !== undefined) {
    await client.fault({ is: 'no-streams' });
    await delay(AWAY_MS);
    await client.fault({ is: 'no-faults' });
    return `its streams ended, and were refused for ${AWAY_MS} ms`;
  }
  if (command === undefined) return NOT_DONE;
  const { spec } = await rig.object('pods', pod);
  await mustRun('sh', ['-c', command], { timeoutMs: TIMEOUT_MS });
  const restartedMs = Date.now();
  await poll(
    () => renewedMs(rig, spec.nodeName),
    (renewed) => renewed > restartedMs, // by the new one: the old one was gone before
    { what: 'the kubelet renews the lease of its node', timeoutMs: TIMEOUT_MS },
  );
  await poll(
    () => takesPods(rig, spec.nodeName, restartedMs),
    (takes) => takes,
    { what: 'the node takes pods again', timeoutMs: TIMEOUT_MS },
  );
  return `done; it was at work again ${round((now() - begin) / 1000)} s after it was told to end`;
}

/** When the kubelet of a node has last said that it is there, ms since the epoch; 0 where that cannot be asked. */
async function renewedMs(rig: DevloopRig, node: string): Promise<number> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`;
  const { status, body } = await rig.kube.request(path);
  return status === 200 ? Date.parse(JSON.parse(body).spec.renewTime) : 0;
}

/** Whether the new kubelet has said that its node is ready, and nothing keeps pods from it because it was not. */
async function takesPods(rig: DevloopRig, node: string, restartedMs: number): Promise<boolean> {
  const { status, body } = await rig.kube.request(`/api/v1/nodes/${node}`);
  if (status !== 200) return false;
  const { spec, status: told } = JSON.parse(body);
  const taints: readonly { key: string }[] = spec.taints ?? [];
  const conditions: readonly { type: string; status: string; lastHeartbeatTime: string }[] = told.conditions;
  const ready = conditions.find(({ type }) => type === 'Ready');
  const isTold = ready?.status === 'True' && Date.parse(ready.lastHeartbeatTime) > restartedMs;
  return isTold && !taints.some(({ key }) => key === 'node.kubernetes.io/not-ready');
}
