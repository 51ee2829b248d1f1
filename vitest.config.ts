import { defineConfig } from "vitest/config";

// Tests run from source: the workspace packages resolve to their src folders, with no build in between.
const conditions = ["@antiphon/source", "node", "development|production"];

const project = (name: string, root: string, include = ["src/**/*.test.ts", "test/**/*.test.ts"]) => ({
  extends: true as const,
  test: { name, root, include },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // No test waits; a busy machine does.
    testTimeout: 30_000,
    projects: [
      project("core", "packages/core"),
      project("store-sqlite", "packages/store-sqlite"),
      project("testing", "packages/testing"),
      project("cli", "apps/cli"),
      project("tidy", ".", ["tidy/**/*.test.ts", "scripts/**/*.test.ts", "examples/**/*.test.ts", "benchmarks/**/*.test.ts"]),
    ],
  },
});
