import type { DevloopConfig } from '@devloop/shared/config/config-schema';
import { type ConfigProblem, listWords } from './config-problem.ts';
import { nearestWord } from './nearest-word.ts';

/** What a schema cannot say: dependencies that run in a circle, and local ports taken twice. */
export function checkConfig(config: DevloopConfig): ConfigProblem[] {
  return [...dependencyCycles(config), ...sharedLocalPorts(config)];
}

/**
 * Dependencies that name no service, but nearly one.
 *
 * @param names of the services that the file names, those with problems of their own included
 */
export function misspeltDependencies(config: DevloopConfig, names: readonly string[]): ConfigProblem[] {
  return unknownDependencies(config, names).filter((problem) => problem.isNear);
}

/**
 * Dependencies that name no service.
 *
 * @param names of all services, those that only manifests make included
 */
export function unknownDependencies(
  config: DevloopConfig,
  names: readonly string[],
): (ConfigProblem & { readonly isNear: boolean })[] {
  return Object.entries(config.services).flatMap(([name, service]) =>
    service.dependsOn.flatMap((dependency, index) => {
      if (names.includes(dependency)) return [];
      const others = names.filter((other) => other !== name);
      const nearest = nearestWord(dependency, others);
      return [
        {
          path: ['services', name, 'dependsOn', index],
          at: 'value' as const,
          isNear: nearest !== undefined,
          message: `There is no service \`${dependency}\`.`,
          hint:
            nearest !== undefined
              ? `Did you mean \`${nearest}\`?`
              : others.length > 0
                ? `There are ${listWords(others, 'and')}.`
                : 'Remove it: there is no other service.',
        },
      ];
    }),
  );
}

/** Each circle is reported once, at the entry that closes it when the services are read from top to bottom. */
function dependencyCycles(config: DevloopConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  const visit = (name: string): void => {
    if (done.has(name)) return;
    trail.push(name);
    for (const [index, dependency] of (config.services[name]?.dependsOn ?? []).entries()) {
      const start = trail.indexOf(dependency);
      if (start === -1) visit(dependency);
      else problems.push(cycleProblem(name, index, [...trail.slice(start), dependency]));
    }
    trail.pop();
    done.add(name);
  };
  for (const name of Object.keys(config.services)) visit(name);
  return problems;
}

function cycleProblem(name: string, index: number, circle: readonly string[]): ConfigProblem {
  return {
    path: ['services', name, 'dependsOn', index],
    at: 'value',
    message:
      circle.length === 2
        ? `\`${name}\` depends on itself.`
        : `These services wait for each other: ${circle.join(' → ')}.`,
    hint: `Remove \`${circle.at(-1)}\` here, or another entry of the circle: Kubernetes restarts what starts too early.`,
  };
}

function sharedLocalPorts(config: DevloopConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const all = [
    ...Object.entries(config.services).flatMap(([name, { ports = [] }]) =>
      ports.map((one, index) => ({ name, path: ['services', name, 'ports', index], ...one })),
    ),
    ...config.forwards.map((one, index) => ({ name: one.to, path: ['forwards', index], ...one })),
  ];
  const taken = new Map<number, string>();
  for (const { name, path, local, port } of all) {
    // 0 is “any free port”, which nobody can have taken
    const owner = local === 0 ? undefined : taken.get(local);
    if (owner === undefined) {
      taken.set(local, name);
      continue;
    }
    const isTaken = (candidate: number) => all.some((other) => other.local === candidate);
    let free = local;
    while (isTaken(free)) free = free < 65535 ? free + 1 : 1024;
    problems.push({
      path,
      at: 'value',
      message: `Local port ${local} is already forwarded to ${owner === name ? 'this service' : `\`${owner}\``}.`,
      hint:
        path[0] === 'forwards' ? `Take another one: \`local: ${free}\`.` : `Take another one: \`"${free}:${port}"\`.`,
    });
  }
  return problems;
}
