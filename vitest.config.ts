import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Two cores, shared with the programs that tests start.
    maxWorkers: 2,
    // No test file leaves anything behind, so those of one worker share what they import.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'build/test-results.json' }]],
  },
});
