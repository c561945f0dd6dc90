import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { Project } from '../project/project.ts';
import { choiceKey, chooseLocalPorts, type UnnamedPort, unnamedPorts } from './chosen-ports.ts';
import type { ChosenPortsFile } from './chosen-ports-file.ts';
import type { ForwardWish } from './forward.ts';

/**
 * What a project's config wants forwarded, local ports that it does not name chosen and remembered.
 *
 * @param reachedThrough by service, its Services among others
 * @param isFree whether nobody on this machine has a local port
 */
export async function configuredWishes(
  project: Project,
  reachedThrough: ReadonlyMap<string, readonly KubernetesObject[]>,
  memory: ChosenPortsFile,
  isFree: (local: number) => Promise<boolean>,
): Promise<ForwardWish[]> {
  const named = [
    ...project.services.flatMap(({ name, ports = [] }) => ports.map((port) => ({ ...port, service: name }))),
    ...project.forwards.map(({ to, namespace, ...port }) => {
      return { ...port, service: namespace === undefined ? to : `${namespace}/${to}` };
    }),
  ].map(({ service, local, port, address }): ForwardWish => ({ service, local, port, address, chosen: local === 0 }));
  const unnamed = [
    ...named.filter(({ chosen }) => chosen).map(({ service, port }): UnnamedPort => ({ service, port, preferred: [] })),
    ...project.services
      .filter(({ ports }) => ports === undefined && project.choosePorts)
      .flatMap((service) => unnamedPorts(service, reachedThrough.get(service.name) ?? [])),
  ];
  const remembered = await memory.read();
  const locals = await chooseLocalPorts(unnamed, {
    project: project.name,
    named: new Set(named.map(({ local }) => local)),
    remembered,
    isFree,
  });
  await memory.add(Object.fromEntries([...locals].map(([port, local]) => [choiceKey(port), local])));
  const addresses = new Map(named.map((wish) => [choiceKey(wish), wish.address]));
  const chosen = [...locals].map(([port, local]): ForwardWish => {
    return { service: port.service, local, port: port.port, address: addresses.get(choiceKey(port)), chosen: true };
  });
  return [...named.filter((wish) => !wish.chosen), ...chosen];
}
