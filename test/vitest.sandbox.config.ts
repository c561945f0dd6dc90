import { defineConfig } from 'vitest/config';
import cluster from './vitest.cluster.config.ts';

/** The same scenarios on a sandbox; kubectl is needed, a cluster is not. */
export default defineConfig({
  ...cluster,
  test: {
    ...cluster.test,
    exclude: [
      'test/contract/**', // compares the two
      'test/scenarios/disruptive/**', // stops minikube
      // install Python packages, or take them from an image of the cluster: a sandbox has no network
      'test/scenarios/api-gateway.test.ts',
      'test/scenarios/flask-example.test.ts',
    ],
    globalSetup: ['test/rig/sandbox-setup.ts'],
    reporters: ['default', ['json', { outputFile: 'test/results/sandbox.json' }]],
  },
});
