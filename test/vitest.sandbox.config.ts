import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import cluster from './vitest.cluster.config.ts';

/** Files that take longer than others of their size. */
const LONG = /\/(?:systems|saves|logs-kept|daemon|crash|provenance)\.test\.ts$/;

/** The longest first, so that none is left alone at the end; of what nothing else is known, the largest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification) => (LONG.test(file.moduleId) ? 0 : 1);
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The same scenarios on a sandbox: neither kubectl nor a cluster is needed. Most of a scenario is waiting, so several run at once. */
export default defineConfig({
  ...cluster,
  test: {
    ...cluster.test,
    exclude: [
      'test/contract/**', // compares the two
      'test/scenarios/disruptive/**', // stops minikube
      'test/scenarios/kubectl/**', // renders with it
      // install Python packages, or take them from an image of the cluster: a sandbox has no network
      'test/scenarios/api-gateway.test.ts',
      'test/scenarios/flask-example.test.ts',
      'test/scenarios/systems-python.test.ts',
      'test/scenarios/starved.test.ts', // a sandbox limits no container's processors
      'test/scenarios/registry.test.ts', // a sandbox's engine neither pushes nor pulls, and has no registry to run
    ],
    globalSetup: ['test/rig/sandbox-setup.ts'],
    fileParallelism: true,
    sequence: { sequencer: LongestFirst },
    maxWorkers: 9,
    reporters: ['default', ['json', { outputFile: 'test/results/sandbox.json' }]],
  },
});
