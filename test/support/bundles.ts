/** Programs for bundlers, and what is asked of what they make. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./package.ts";

/** Trains, reads a table, and prints what came of it; `files` for hosts that have some. */
const body = (options: string, files: boolean) => `
  const layers = [{ units: 600, activation: "tanh" }, { units: 1, activation: "sigmoid" }];
  const options = { inputs: 2, layers, loss: "binaryCrossEntropy", ...${options} };
  const network = await Network.create(options);
  const either = Dataset.from({ inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [0, 1, 1, 1] });
  await network.fit(either, { epochs: 200, batchSize: "full", optimizer: sgd({ learningRate: 0.1 }) });
  const table = await parseCsv("a,b\\n1,2\\n", { inputs: ["a"], targets: ["b"] });
  const learned = Array.from(network.predict(either.inputs), Math.round).join();
  const { length } = dataflow("x^2 y", { x: 1, y: 2 }).toSvg();
  ${files ? 'await network.save("model.json"); const { depth } = await Network.load("model.json");' : "const { depth } = network;"}
  console.log(learned, table.count, depth, length > 100, network.engine.threads);`;

const names = "{ Dataset, Network, parseCsv, sgd }";

export const programs = {
  node: `import ${names} from "lanegrad"; import { dataflow } from "lanegrad/dataflow"; export async function run() { ${body("{ threads: 2 }", true)} } run();`,
  page: `import ${names} from "lanegrad"; import { dataflow } from "lanegrad/dataflow"; export async function run() { ${body("{}", false)} } run();`,
  commonJs: `const ${names} = require("lanegrad"); const { dataflow } = require("lanegrad/dataflow"); (async () => { ${body("{ threads: 2 }", true)} })();`,
};

/** What they print, in Node and in a page. */
export const printed = { node: "0,1,1,1 1 3 true 2\n", page: "0,1,1,1 1 3 true 1\n" };

/** Writes a program into the folder. */
export function writeProgram(folder: string, file: string, program: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, program);
  return path;
}

/** Runs a bundle in a folder that has no packages; as in a page, without `process`, if it is for one. */
export function runBundle(file: string, host: "node" | "page"): string {
  const flags = host === "page" ? ["--import", "data:text/javascript,delete globalThis.process"] : [];
  const options = { cwd: dirname(file), encoding: "utf8", timeout: 60_000 } as const;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, file], options);
  // Of an error, not the line that it is in: of a bundle, that is nearly all.
  return stdout + stderr.replace(/^.{500,}$/gm, "...");
}

/** A tier's kernels, as they are written in code. */
export function kernelsInCode(tier: string): string {
  return /"([^"]{1000,})"/.exec(readFileSync(join(root, `dist/engine/wasm/binaries/${tier}.js`), "utf8"))![1]!;
}

/** The tiers whose kernels are among the files of a folder. */
export function tiersIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.[cm]?js$/.test(file));
  const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  return ["strict", "fused", "wide"].filter((tier) => text.includes(kernelsInCode(tier).slice(-300, -100)));
}
