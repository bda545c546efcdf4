/** What `npm run test:kill` runs: trainings in processes that are killed, of the published files. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/kill/*.test.ts"], testTimeout: 600_000, maxConcurrency: 3 },
});
