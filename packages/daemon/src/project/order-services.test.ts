import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderServices } from './order-services.ts';

const service = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });

test.each([
  [[], []],
  [
    [service('b'), service('a')],
    ['b', 'a'],
  ],
  [
    [service('web', 'api'), service('db'), service('api', 'db')],
    ['db', 'api', 'web'],
  ],
  [[service('a', 'ghost')], ['a']],
  [
    [service('a', 'b'), service('b', 'a')],
    ['b', 'a'],
  ],
])('%j → %j', (services, names) => {
  expect(orderServices(services).map(({ name }) => name)).toEqual(names);
});

test('every service comes once, after all it depends on', () => {
  // a service may depend on those with a smaller number only, so there is no circle
  const graph = fc.array(fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), { maxLength: 12 }).chain((edges) =>
    fc.shuffledSubarray(
      edges.map((below, index) => service(`s${index}`, ...below.filter((to) => to < index).map((to) => `s${to}`))),
      { minLength: edges.length },
    ),
  );
  fc.assert(
    fc.property(graph, (services) => {
      const ordered = orderServices(services);
      expect(new Set(ordered)).toEqual(new Set(services));
      expect(ordered).toHaveLength(services.length);
      for (const [index, { dependsOn }] of ordered.entries()) {
        for (const name of dependsOn) expect(ordered.findIndex((one) => one.name === name)).toBeLessThan(index);
      }
    }),
  );
});
