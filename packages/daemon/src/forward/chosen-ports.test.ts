import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ServiceSpec } from '../project/project.ts';
import { temporaryFolder, writeFiles } from '../support/temporary-folder.fake.ts';
import { choiceKey, chooseLocalPorts, type UnnamedPort, unnamedPorts } from './chosen-ports.ts';
import { ChosenPortsFile } from './chosen-ports-file.ts';

const workload = (ports: object[], kind = 'Deployment'): KubernetesObject => {
  const template = { spec: { containers: [{ name: 'main', image: 'web', ports }] } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'web' }, spec };
};
const service = (...ports: object[]): KubernetesObject => {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports } };
};
const spec = (...objects: KubernetesObject[]) =>
  ({
    name: 'web',
    manifests: objects.map((object) => ({ object, file: undefined, line: 1 })),
  }) as unknown as ServiceSpec;
const HTTP = { name: 'http', containerPort: 8080 };
const UDP = { containerPort: 53, protocol: 'UDP' };

describe('the ports of a service that names none', () => {
  test.each<[string, KubernetesObject[], KubernetesObject[], Omit<UnnamedPort, 'service'>[]]>([
    [
      'of its Service',
      [workload([HTTP])],
      [service({ port: 80, targetPort: 8079 })],
      [{ port: 8079, preferred: [8079] }],
    ],
    [
      'of its Service, by name',
      [workload([HTTP])],
      [service({ port: 9000, targetPort: 'http' })],
      [{ port: 'http', preferred: [9000, 8080] }],
    ],
    ['of its Service without a target', [workload([])], [service({ port: 80 })], [{ port: 80, preferred: [] }]],
    [
      'each once, of TCP',
      [workload([])],
      [service({ port: 80, targetPort: 8080 }, { port: 81, targetPort: 8080 }), service({ port: 53, protocol: 'UDP' })],
      [{ port: 8080, preferred: [8080] }],
    ],
    ['of its containers, without a Service', [workload([HTTP, UDP])], [], [{ port: 8080, preferred: [8080] }]],
    [
      'none of what ends by itself',
      [workload([HTTP], 'Job'), workload([HTTP], 'CronJob')],
      [service({ port: 80 })],
      [],
    ],
  ])('%s', (_what, objects, reaching, ports) => {
    expect(unnamedPorts(spec(...objects), reaching)).toEqual(ports.map((port) => ({ service: 'web', ...port })));
  });
});

const never = new Set<number>();
const choose = async (
  ports: readonly UnnamedPort[],
  options: Partial<Parameters<typeof chooseLocalPorts>[1]> = {},
): Promise<Record<string, number>> => {
  const all = { project: 'shop', named: never, remembered: {}, isFree: async () => true, ...options };
  const chosen = await chooseLocalPorts(ports, all);
  return Object.fromEntries([...chosen].map(([port, local]) => [choiceKey(port), local]));
};
const eighty = ['front', 'carts', 'orders', 'users', 'payment'].map((name): UnnamedPort => {
  return { service: name, port: 80, preferred: [] };
});

test('its own number where that is free, not privileged and nobody’s in the config', async () => {
  const port = { service: 'web', port: 8080, preferred: [8080, 9000] };
  expect(await choose([port])).toEqual({ 'web:8080': 8080 });
  expect(await choose([port], { named: new Set([8080]) })).toEqual({ 'web:8080': 9000 });
  expect(await choose([port], { isFree: async (local) => local !== 8080 })).toEqual({ 'web:8080': 9000 });
});

test('five services with port 80 have five numbers, the same for each alone and in any order', async () => {
  const together = await choose(eighty);
  expect(new Set(Object.values(together)).size).toBe(5);
  for (const local of Object.values(together)) expect(local >= 20_000 && local < 30_000).toBe(true);
  expect(await choose(eighty.toReversed())).toEqual(together);
  for (const one of eighty) expect(await choose([one])).toEqual({ [choiceKey(one)]: together[choiceKey(one)] });
  expect(await choose(eighty, { project: 'other' })).not.toEqual(together);
});

test('what was chosen before is kept, whoever has taken it meanwhile; no number is given twice', async () => {
  const port = fc.record({
    service: fc.constantFrom('a', 'b', 'c', 'd'),
    port: fc.constantFrom(80, 8080, 9000),
    preferred: fc.subarray([8080, 8081, 9000]),
  });
  const ports = fc.uniqueArray(port, { selector: choiceKey, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(ports, fc.subarray([8080, 8081, 9000]), fc.subarray([8080, 9000]), async (all, named, taken) => {
      const isFree = async (local: number) => !taken.includes(local);
      const first = await choose(all, { named: new Set(named), isFree });
      expect(Object.keys(first).length).toBe(all.length);
      expect(new Set([...Object.values(first), ...named]).size).toBe(all.length + named.length);
      const again = await choose(all, { named: new Set(named), remembered: first, isFree: async () => false });
      expect(again).toEqual(first);
    }),
  );
});

test('a file keeps what was chosen; one that is broken, or cannot be written, is as one that is not there', async () => {
  const folder = temporaryFolder();
  await new ChosenPortsFile(`${folder}/state`).add({ 'web:80': 20_001 });
  await new ChosenPortsFile(`${folder}/state`).add({ 'api:80': 20_002 });
  expect(await new ChosenPortsFile(`${folder}/state`).read()).toEqual({ 'web:80': 20_001, 'api:80': 20_002 });
  writeFiles(folder, { 'broken/ports.json': '{"web:80": "x"', file: '' });
  expect(await new ChosenPortsFile(`${folder}/broken`).read()).toEqual({});
  const unwritable = new ChosenPortsFile(`${folder}/file`);
  await unwritable.add({ 'web:80': 20_003 });
  expect(await unwritable.read()).toEqual({ 'web:80': 20_003 });
});
