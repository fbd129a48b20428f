import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 4,
    include: ["test/storm/**/*.test.ts"],
    reporters: ["default", "./test/support/closing_line.ts"],
    // Ends a test that hangs.
    testTimeout: 7_200_000,
  },
});
