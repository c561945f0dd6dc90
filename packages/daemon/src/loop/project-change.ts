import type { Project, ServiceSpec } from '../project/project.ts';

/** How a project differs from what it was. */
export interface ProjectChange {
  readonly added: readonly ServiceSpec[];
  /** Names. */
  readonly removed: readonly string[];
  readonly changed: readonly {
    readonly spec: ServiceSpec;
    /** `manifests`: nothing else is another. */
    readonly cause: 'manifests' | 'config';
  }[];
}

/** What has become of the services of a project. Pure. @param before undefined: there was none */
export function projectChange(before: Project | undefined, project: Project): ProjectChange {
  const old = new Map((before?.services ?? []).map((spec) => [spec.name, spec]));
  const names = new Set(project.services.map(({ name }) => name));
  return {
    added: project.services.filter(({ name }) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !names.has(name)),
    changed: project.services.flatMap((spec) => {
      const previous = old.get(spec.name);
      if (previous === undefined || isSame(previous, spec)) return [];
      const onlyManifests = isSame({ ...previous, manifests: [] }, { ...spec, manifests: [] });
      return [{ spec, cause: onlyManifests ? 'manifests' : 'config' }];
    }),
  };
}

/** Whether two projects, or two services, are understood to be the same. */
export function isSame<T extends Project | ServiceSpec>(one: T, other: T): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
