import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** What a program imports: the examples run from source, as the tests do. */
const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^lanegrad$/, replacement: source("index.ts") },
      { find: /^lanegrad\/dataflow$/, replacement: source("dataflow/index.ts") },
      { find: /^lanegrad\/explain$/, replacement: source("explain/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    // Suites of their own, each with a configuration in its folder.
    exclude: ["**/node_modules/**", "test/browser/**", "test/bundlers/**", "test/kill/**"],
    pool: "forks",
    // The thousand random networks of the gradient check need most of it, on a machine that has other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/cli/main.ts", "src/engine/wasm/binaries/*.ts"],
      reporter: ["text-summary", ["text", { skipFull: true }]],
      reportOnFailure: true,
      thresholds: { lines: 95 },
    },
  },
});
