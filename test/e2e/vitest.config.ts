import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    fileParallelism: false,
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["./test/e2e/build.ts"],
    reporters: ["default", "./test/support/closing_line.ts"],
    // Ends a test that hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
