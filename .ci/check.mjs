/**
 * What CI checks, in one command: `npm run check`. Every step runs, whatever became of those before it. The last line is
 * the count of tests, as vitest wrote it down for each suite; a step that fails otherwise, or a test file that does not
 * even load, counts as one failure more.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lanegrad-check-"));
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

/** What vitest counted, and what it says of each failure; undefined if it did not get as far. */
function readCounts(results) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, "utf8"));
    const unloaded = testResults.filter(
      ({ status, assertionResults }) => status === "failed" && !assertionResults.length,
    );
    const failures = testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages }) => `${relative(root, name)}: ${fullName}\n${failureMessages.join("\n")}`),
    );
    const notLoaded = unloaded.map(({ name, message }) => `${relative(root, name)}: ${message}`);
    return { passed: numPassedTests, failed: numFailedTests + unloaded.length, failures: [...failures, ...notLoaded] };
  } catch {
    return undefined;
  }
}

/** Runs a suite, and once more without what goes before it if it did not start. */
function suite(name, script, ...config) {
  const results = join(folder, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const passed = step(name, script, "--", ...reporters);
  if (readCounts(results) === undefined) {
    console.log("The tests did not start; once more without the build.");
    succeeds("npx", "vitest", "run", ...config, ...reporters);
  }
  const counts = readCounts(results) ?? { passed: 0, failed: 0, failures: [] };
  // Failing tests are counted one by one; the step itself counts only if it failed for another reason.
  return { ...counts, failed: counts.failed || (passed ? 0 : 1) };
}

step("build", "build");
step("format", "check:format");
step("lint", "check:lint");
step("types", "check:types");
step("unused code and dependencies", "check:unused");
step("package", "check:package");
const others = failedSteps.length;

const suites = [
  suite("tests", "test"),
  suite("browser", "test:browser", "--config", "test/browser/vitest.config.ts"),
  suite("kills", "test:kill", "--config", "test/kill/vitest.config.ts"),
  suite("bundlers", "test:bundlers", "--config", "test/bundlers/vitest.config.ts"),
];
rmSync(folder, { recursive: true, force: true });
const passed = suites.reduce((sum, counts) => sum + counts.passed, 0);
const failed = suites.reduce((sum, counts) => sum + counts.failed, others);
// Once more at the end: whoever reads a long log reads that.
for (const failure of suites.flatMap(({ failures }) => failures)) console.log(`\nFAILED ${failure}`);
if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(", ")}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failedSteps.length === 0 && passed > 0 ? 0 : 1;
