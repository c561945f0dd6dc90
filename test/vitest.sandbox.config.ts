import { defineConfig } from 'vitest/config';
import cluster from './vitest.cluster.config.ts';

/** The same scenarios on a sandbox; kubectl is needed, a cluster is not. */
export default defineConfig({
  ...cluster,
  test: {
    ...cluster.test,
    exclude: ['test/contract/**', 'test/scenarios/disruptive/**'],
    globalSetup: ['test/rig/sandbox-setup.ts'],
    reporters: ['default', ['json', { outputFile: 'test/results/sandbox.json' }]],
  },
});
