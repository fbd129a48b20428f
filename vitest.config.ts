import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    // Many tests wait for processes of their own.
    maxWorkers: "100%",
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**", "test/storm/**"],
    reporters: ["default", "./test/support/closing_line.ts"],
    // Ends a test that hangs; a machine ten times slower needs up to three minutes for some.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
