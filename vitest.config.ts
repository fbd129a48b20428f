import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**", "test/storm/**"],
    reporters: ["default", "./test/support/closing_line.ts"],
    testTimeout: 30_000,
  },
});
