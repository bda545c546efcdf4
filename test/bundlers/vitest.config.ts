/** What `npm run test:bundlers` runs, with the packages of this folder: other bundlers and test runners than the house's. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/bundlers/*.test.ts"],
    globalSetup: "test/bundlers/install.ts",
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
