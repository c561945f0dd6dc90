import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What needs no cluster: the unit tests beside the code, the tests of the rig, the rules of the house. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}', 'test/*.test.ts', 'test/{rig,bench,compose}/*.test.ts'],
    // modules hold no state, so files can share them; most of what takes time waits, so there may be more than there are cores
    isolate: false,
    maxWorkers: 4,
    // what takes long is seen in the report; a busy machine is no reason to fail
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'test/results/unit.json' }]],
  },
});
