/**
 * Trains the networks of `networks.mjs` in every runtime of `runtimes/package.json`, in the Node that runs this and in
 * Chromium, and compares bits: the strict tier must give the same parameters everywhere, whenever it is asked, by one thread or two.
 * The fused and the wide tier leave their last bits to the host, so of them only the loss is compared, with strict's.
 * Where there is wide, `exercise.mjs` compares each of its kernels with strict's as well.
 *
 * Usage: npm run conformance [-- --write] [--suite]; with --write, strict's hashes become those that `npm test` expects;
 * with --suite, the numerical tests run in every runtime but the browser, in all of its tiers: some minutes more.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, startBrowser } from "./browser.ts";

interface Trained {
  readonly tier: string;
  readonly threads: number;
  readonly hash: string;
  readonly loss: number;
}
type Results = Readonly<Record<string, Trained>>;

/** What `exercise.mjs` found: the exports it called, and the names of those that compute something else than strict's. */
interface Exercised {
  readonly tier: string;
  readonly why: string;
  readonly exports: number;
  readonly wrong: readonly string[];
}

interface Runtime {
  readonly name: string;
  readonly version: string;
  train(tier: string, threads: number): Promise<Results>;
  /** Missing in a browser, which has no `wide`. */
  exercise?(): Promise<Exercised>;
  /** What the test runner says of the numerical tests. Missing in a browser. */
  suite?(): Promise<string>;
}

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const packages = join(here, "runtimes", "node_modules");
const expectedFile = join(here, "expected.json");

/** The most that another tier's loss may differ from strict's after 1,000 steps. */
const lossTolerance = 1e-5;

/** Those that compute. */
const suiteFiles = [
  "test/engine/wasm/wasm-engine.test.ts",
  "test/engine/reference/reference-engine.test.ts",
  "test/engine/wasm/kernels.test.ts",
  "test/inspect/gradient-check.test.ts",
  "test/kinds/activations.test.ts",
  "test/kinds/losses.test.ts",
  "test/training/lbfgs.test.ts",
];

/** What only Node has: flags of V8, and the collector that frees networks. */
const nodeFiles = [
  "test/engine/wasm/v8-flags.test.ts",
  "test/engine/wasm/wide.test.ts",
  "test/engine/wasm/memory.test.ts",
];

/** Package of a binary, on this platform; where there are several, the first that runs is taken. */
const candidates = [
  { name: "Node 22", folder: "", package: /^node22-/, binary: "bin/node", args: [], suiteArgs: [] },
  { name: "Node 24", folder: "", package: /^node24-/, binary: "bin/node", args: [], suiteArgs: [] },
  { name: "Node 26", folder: "", package: /^node26-/, binary: "bin/node", args: [], suiteArgs: [] },
  {
    name: "Deno",
    folder: "@deno",
    package: /./,
    binary: "deno",
    args: ["run", "--allow-read", "--allow-env"],
    suiteArgs: ["run", "--allow-all"],
  },
  { name: "Bun", folder: "@oven", package: /./, binary: "bin/bun", args: [], suiteArgs: ["--bun"] },
];

async function install(): Promise<void> {
  const installed = await lockedPackages(join(packages, ".package-lock.json")); // npm writes it last
  const wanted = await lockedPackages(join(here, "runtimes", "package-lock.json"));
  delete wanted[""];
  const isThere = ([name, { version, optional }]: [string, LockedPackage]) =>
    installed[name] === undefined ? optional === true : installed[name].version === version;
  if (Object.entries(wanted).every(isThere)) return;
  console.log("Installing the runtimes (some 700 MB, once) ...");
  await run("npm", ["ci", "--ignore-scripts"], { cwd: join(here, "runtimes"), shell: process.platform === "win32" });
}

interface LockedPackage {
  readonly version: string;
  /** Of another platform, maybe. */
  readonly optional?: boolean;
}

/** By path; none where there is no such file. */
async function lockedPackages(file: string): Promise<Record<string, LockedPackage>> {
  const text = await readFile(file, "utf8").catch(() => '{ "packages": {} }');
  return (JSON.parse(text) as { packages: Record<string, LockedPackage> }).packages;
}

async function findRuntimes(): Promise<Runtime[]> {
  const running = program("This Node", process.versions.node, process.execPath, [], []);
  const found = await Promise.all(candidates.map(findRuntime));
  return [running, ...found.filter((runtime) => runtime !== undefined)];
}

async function findRuntime(candidate: (typeof candidates)[number]): Promise<Runtime | undefined> {
  const { name, folder, package: pattern, binary, args, suiteArgs } = candidate;
  const parent = join(packages, folder);
  for (const entry of existsSync(parent) ? readdirSync(parent) : []) {
    const file = join(parent, entry, binary);
    if (!pattern.test(entry) || !existsSync(file)) continue;
    const version = await run(file, ["--version"], { timeout: 10_000 }).catch(() => undefined);
    if (version) return program(name, /[\d.]+/.exec(version.stdout)![0], file, args, suiteArgs);
  }
  console.log(`${name}: skipped, npm has no binary of it that runs on ${process.platform} ${process.arch}`);
  return undefined;
}

/** A runtime that runs each program in a process of its own. */
function program(
  name: string,
  version: string,
  file: string,
  args: readonly string[],
  suiteArgs: readonly string[],
): Runtime {
  const answer = async (script: string, ...words: string[]): Promise<unknown> => {
    const { stdout } = await run(file, [...args, join(here, script), ...words], { timeout: 120_000 });
    return JSON.parse(stdout);
  };
  return {
    name,
    version,
    train: async (tier, threads) => (await answer("train.mjs", tier, String(threads))) as Results,
    exercise: async () => (await answer("exercise.mjs", "wide")) as Exercised,
    async suite() {
      const runner = join(here, "../../node_modules/vitest/vitest.mjs");
      const options = { timeout: 600_000, cwd: join(here, "../.."), env: { ...process.env, NO_COLOR: "1" } };
      const files = name.includes("Node") ? [...suiteFiles, ...nodeFiles] : suiteFiles;
      const words = [...suiteArgs, runner, "run", ...files];
      // Its exit status counts as well: of a file that could not be loaded, no test is counted.
      const [status, { stdout }] = await run(file, words, options).then(
        (output) => ["", output] as const,
        (error: Error & { stdout: string }) => ["FAILED: ", error] as const,
      );
      return `${status}${/Tests +(.*)/.exec(stdout)?.[1] ?? "no tests"}`;
    },
  };
}

/** The fused tier where the host has it; else the sentence with which the library declined. */
async function trainFused(runtime: Runtime): Promise<Results | string> {
  try {
    return await runtime.train("fused", 1);
  } catch (failure) {
    const declined = /expected a host with relaxed SIMD[^\n]*/.exec((failure as Error).message);
    if (!declined) throw failure;
    return declined[0];
  }
}

function hashesOf(results: Results): Record<string, string> {
  return Object.fromEntries(Object.entries(results).map(([name, { hash }]) => [name, hash]));
}

/** One row of the table, and what is wrong with it, if anything. */
function row(
  { name, version }: Pick<Runtime, "name" | "version">,
  tier: string,
  cells: readonly string[],
  verdict: string,
): void {
  console.log(
    [name.padEnd(10), version.padEnd(9), tier.padEnd(9), ...cells.map((cell) => cell.padEnd(9)), verdict].join(" "),
  );
}

async function compare(runtime: Runtime, expected: Record<string, string>): Promise<boolean> {
  const strict = await runtime.train("strict", 1);
  const verdicts = [
    await compareStrict(runtime, strict, expected),
    await compareThreads(runtime, expected),
    await compareFused(runtime, strict),
    await compareWide(runtime, strict),
    await runSuite(runtime),
  ];
  return verdicts.every(Boolean);
}

async function compareStrict(runtime: Runtime, strict: Results, expected: Record<string, string>): Promise<boolean> {
  const again = await runtime.train("strict", 1);
  const repeats = Object.keys(expected).every((name) => strict[name]?.hash === again[name]?.hash);
  const same = isExpected(strict, expected, 1);
  row(runtime, "strict", shortHashes(strict), !repeats ? "NOT THE SAME TWICE" : same ? "same" : "DIFFERENT");
  return repeats && same;
}

async function compareThreads(runtime: Runtime, expected: Record<string, string>): Promise<boolean> {
  const shared = await runtime.train("strict", 2);
  const same = isExpected(shared, expected, 2);
  row(runtime, "2 threads", shortHashes(shared), same ? "same" : "DIFFERENT, or not of two threads");
  return same;
}

function isExpected(found: Results, expected: Record<string, string>, threads: number): boolean {
  return Object.entries(expected).every(([name, hash]) => {
    const trained = found[name];
    return trained?.hash === hash && trained.tier === "strict" && trained.threads === threads;
  });
}

function shortHashes(results: Results): string[] {
  return Object.values(results).map(({ hash }) => hash.slice(0, 8));
}

async function compareFused(runtime: Runtime, strict: Results): Promise<boolean> {
  const fused = await trainFused(runtime);
  if (typeof fused !== "string") return compareLosses(runtime, "fused", strict, fused);
  row(runtime, "fused", [], `skipped: ${fused}`);
  return true;
}

/** Where the library gives `fused` instead, its reason is shown; one that a known Node on x64 must not have is a fault. */
async function compareWide(runtime: Runtime, strict: Results): Promise<boolean> {
  if (runtime.exercise === undefined) return true;
  const { tier, why, exports, wrong } = await runtime.exercise();
  if (tier !== "wide") {
    const excused = !runtime.name.startsWith("Node 24") || why.includes("AVX2");
    row(runtime, "wide", [], `${excused ? "skipped" : "MISSING"}: ${why}`);
    return excused && wrong.length === 0;
  }
  const near = compareLosses(runtime, "wide", strict, await runtime.train("wide", 1));
  row(runtime, "wide", [], `${exports} exports, ${wrong.length ? `WRONG: ${wrong.join(", ")}` : "each as strict's"}`);
  return near && wrong.length === 0;
}

async function runSuite(runtime: Runtime): Promise<boolean> {
  if (runtime.suite === undefined || !process.argv.includes("--suite")) return true;
  const summary = await runtime.suite();
  row(runtime, "tests", [], summary);
  return !summary.startsWith("FAILED");
}

function compareLosses(runtime: Runtime, tier: string, strict: Results, found: Results): boolean {
  const names = Object.keys(strict);
  const differences = names.map((name) => Math.abs(found[name]!.loss - strict[name]!.loss));
  const near = names.every((name, i) => found[name]!.tier === tier && differences[i]! <= lossTolerance);
  const cells = differences.map((difference) => difference.toExponential(1));
  row(runtime, tier, cells, near ? "near" : "FAR");
  return near;
}

async function main(): Promise<boolean> {
  await install();
  const runtimes = await findRuntimes();
  let failure = "";
  const browser = await startBrowser().catch((error: Error) => {
    failure = error.message.split("\n")[0]!;
    return undefined;
  });
  if (browser !== undefined) {
    runtimes.push({ name: "Chromium", version: browser.version, train: browserTraining(browser) });
  } else if (failure === "") {
    console.log("Chromium: skipped, there is none by its usual names, nor by CHROME");
  }
  try {
    const good = await compareAll(runtimes);
    if (failure !== "") console.log(`Chromium: FAILED to start: ${failure}`);
    return good && failure === "";
  } finally {
    await browser?.stop();
  }
}

/** By its page, and where there are to be several threads by a worker of it. */
function browserTraining(browser: Browser): Runtime["train"] {
  return async (engine, threads) => (await browser.train({ engine, threads })) as Results;
}

async function compareAll(runtimes: readonly Runtime[]): Promise<boolean> {
  const first = hashesOf(await runtimes[0]!.train("strict", 1));
  if (process.argv.includes("--write")) await writeFile(expectedFile, `${JSON.stringify(first, null, 2)}\n`);
  const expected = JSON.parse(await readFile(expectedFile, "utf8")) as Record<string, string>;

  console.log(
    `\nAfter 1,000 steps. strict, by one thread and by two: the SHA-256 of the parameters; others: how far the loss is.`,
  );
  Object.keys(first).forEach((name, i) => console.log(`  (${i + 1}) ${name}`));
  const columns = Object.keys(first).map((_, i) => `(${i + 1})`);
  row({ name: "", version: "" }, "", columns, "");
  let good = true;
  for (const runtime of runtimes) good = (await compare(runtime, expected)) && good;
  const asked = candidates.length + 2; // with this Node and the browser
  const missing = asked - runtimes.length;
  console.log(
    `\n${good ? "No difference" : "DIFFERENCES"} in ${runtimes.length} runtimes${missing ? `, ${missing} skipped` : ""}.`,
  );
  return good;
}

process.exitCode = (await main()) ? 0 : 1;
