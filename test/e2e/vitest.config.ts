import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    fileParallelism: false,
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["./test/e2e/build.ts"],
    reporters: ["default", "./test/support/closing_line.ts"],
    // Ends a test that hangs; longer than a test may wait for one state.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
