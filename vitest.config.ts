import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/global-setup.ts"],
    // Generous, because a laptop without Docker starts its own servers while the suite runs.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
