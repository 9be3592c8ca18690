import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/global-setup.ts"],
    // Most tests wait for PostgreSQL or for a process of their own for half of their time.
    maxWorkers: 2 * availableParallelism(),
    // Generous, because a laptop without Docker starts its own servers while the suite runs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
