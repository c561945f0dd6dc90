/**
 * Puts services after those they depend on; where that leaves a choice, the order they were given in stays. Names that
 * no service has are passed over. With a circle, which the config room refuses, the order is the one given.
 */
export function orderServices<T extends { readonly name: string; readonly dependsOn: readonly string[] }>(
  services: readonly T[],
): T[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered = new Set<T>();
  const begun = new Set<T>();
  const place = (service: T): void => {
    if (begun.has(service)) return;
    begun.add(service);
    for (const name of service.dependsOn) {
      const dependency = byName.get(name);
      if (dependency !== undefined) place(dependency);
    }
    ordered.add(service);
  };
  for (const service of services) place(service);
  return [...ordered];
}
