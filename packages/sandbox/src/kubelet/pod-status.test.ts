import { expect, test } from 'vitest';
import type { ContainerStateStatus, ContainerStatus } from './container-status.ts';
import type { PodSpec, RestartPolicy } from './pod-spec.ts';
import { type Phase, phaseOf, qosClassOf } from './pod-status.ts';

const running: ContainerStateStatus = { running: { startedAt: '' } };
const waiting: ContainerStateStatus = { waiting: { reason: 'ContainerCreating' } };
const ended = (exitCode: number): ContainerStateStatus => ({
  terminated: { exitCode, reason: '', startedAt: '', finishedAt: '', containerID: '' },
});

function status(state: ContainerStateStatus, lastState: ContainerStateStatus = {}): ContainerStatus {
  return { name: 'x', image: '', imageID: '', ready: false, started: false, restartCount: 0, state, lastState };
}

function phase(
  restartPolicy: RestartPolicy,
  statuses: ContainerStatus[],
  { inits = [], isOver = false }: { inits?: ContainerStatus[]; isOver?: boolean } = {},
): Phase {
  const spec: PodSpec = { restartPolicy, containers: [], initContainers: inits.map(() => ({ name: 'x', image: '' })) };
  const facts = { initStatuses: inits, statuses, isOver, address: undefined, hostAddress: '', startTime: '' };
  return phaseOf(spec, { ...facts, failure: undefined });
}

// after pkg/kubelet's TestPodPhaseWithRestartAlways, …Never, …OnFailure and …WithInitContainers
test.each<[string, Phase, Phase]>([
  ['waits', phase('Always', [status(waiting), status(running)]), 'Pending'],
  ['runs', phase('Always', [status(running), status(running)]), 'Running'],
  ['has ended and starts again', phase('Always', [status(ended(0)), status(ended(1))]), 'Running'],
  ['is held back', phase('Always', [status(waiting, ended(1))]), 'Running'],
  ['is held back on failure', phase('OnFailure', [status(waiting, ended(1))]), 'Running'],
  ['is done', phase('OnFailure', [status(ended(0)), status(ended(0))]), 'Succeeded'],
  ['failed and may try again', phase('OnFailure', [status(ended(0)), status(ended(1))]), 'Running'],
  ['failed', phase('Never', [status(ended(0)), status(ended(1))]), 'Failed'],
  ['has one that runs', phase('Never', [status(running), status(ended(1))]), 'Running'],
  ['initialises', phase('Always', [status(waiting)], { inits: [status(running)] }), 'Pending'],
  ['failed to initialise', phase('Never', [status(waiting)], { inits: [status(ended(1))] }), 'Failed'],
  ['tries to initialise again', phase('Always', [status(waiting)], { inits: [status(ended(1))] }), 'Pending'],
  ['has initialised', phase('Always', [status(running)], { inits: [status(ended(0))] }), 'Running'],
  ['was ended', phase('Always', [status(ended(143))], { isOver: true }), 'Failed'],
  ['was ended and ended well', phase('Always', [status(ended(0))], { isOver: true }), 'Succeeded'],
])('a pod that %s', (_what, found, expected) => expect(found).toBe(expected));

test.each<[object, object, string]>([
  [{}, {}, 'BestEffort'],
  [{ cpu: '1' }, {}, 'Burstable'],
  [{ cpu: '1', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }, 'Guaranteed'],
  [{ cpu: '1', memory: '1Gi' }, { cpu: '500m', memory: '1Gi' }, 'Burstable'],
  [{}, { memory: '1Gi' }, 'Burstable'],
])('limits %j and requests %j are %s', (limits, requests, expected) => {
  const resources = { limits: limits as Record<string, string>, requests: requests as Record<string, string> };
  expect(qosClassOf({ containers: [{ name: 'x', image: '', resources }] })).toBe(expected);
});
