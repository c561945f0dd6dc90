import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Scenarios that stop the cluster come after all others. */
class DisruptiveLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification) => (file.moduleId.includes('/disruptive/') ? 1 : 0);
    return files.sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** The real command and daemon on whatever minikube this machine has, one file at a time. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/scenarios/**/*.test.ts', 'test/contract/*.test.ts'],
    globalSetup: ['test/rig/cluster-setup.ts'],
    isolate: false, // what the rig has loaded serves all files
    fileParallelism: false,
    sequence: { sequencer: DisruptiveLast },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 300_000,
    retry: 0,
    reporters: ['default', ['json', { outputFile: 'test/results/cluster.json' }]],
  },
});
