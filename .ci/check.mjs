/**
 * What CI checks, in one command: `npm run check`. Every step runs, whatever became of those before it. The last line is
 * the count of tests, as vitest wrote it down; a step that fails otherwise, or a test file that does not even load,
 * counts as one failure more.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lanegrad-check-"));
const results = join(folder, "results.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];

const failedSteps = process.argv.slice(2);

function succeeds(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  return status === 0;
}

function step(name, ...args) {
  const start = performance.now();
  console.log(`\n--- ${name}`);
  const passed = succeeds("npm", "run", "--silent", ...args);
  console.log(`--- ${name}: ${passed ? "ok" : "FAILED"} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (!passed) failedSteps.push(name);
  return passed;
}

/** What vitest counted, or undefined if it did not get as far. */
function readCounts() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, "utf8"));
    const unloaded = testResults.filter(
      ({ status, assertionResults }) => status === "failed" && !assertionResults.length,
    );
    return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
  } catch {
    return undefined;
  }
}

step("build", "build");
step("format", "check:format");
step("lint", "check:lint");
step("types", "check:types");
step("unused code and dependencies", "check:unused");
step("package", "check:package");

step("tests", "test", "--", ...reporters);
if (readCounts() === undefined) {
  console.log("The tests did not start; once more without the build.");
  succeeds("npx", "vitest", "run", ...reporters);
}

const { passed, failed } = readCounts() ?? { passed: 0, failed: 0 };
rmSync(folder, { recursive: true, force: true });
// Failing tests are counted one by one; the step itself counts only if it failed for another reason.
const otherFailures = failedSteps.filter((name) => name !== "tests" || failed === 0);
if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(", ")}`);
console.log(`\n${passed} passed, ${failed + otherFailures.length} failed`);
process.exitCode = failedSteps.length === 0 && passed > 0 ? 0 : 1;
