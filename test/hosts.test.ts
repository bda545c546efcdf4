/** The published package in hosts that lack what Node has, or that evaluate it as CommonJS. */
import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { installPackage } from "./support/package.ts";

const folder = installPackage();
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program of the folder, and gives what it prints. */
function run(file: string, program: string, ...flags: string[]): string {
  writeFileSync(join(folder, file), program);
  return execFileSync(process.execPath, [...flags, file], { cwd: folder, encoding: "utf8" });
}

/** What jest's jsdom lacks, and other hosts. */
const missing = [
  ...["TextDecoder", "TextEncoder", "MessageChannel", "MessagePort", "BroadcastChannel", "Worker", "structuredClone"],
  ...["fetch", "Request", "Response", "Headers", "FormData", "ReadableStream", "CompressionStream", "Blob", "File"],
  ...["FinalizationRegistry", "SharedArrayBuffer", "Atomics", "setImmediate", "crypto", "navigator", "WebSocket"],
];
/** What a network needs, but not the import. */
const needed = ["WebAssembly", "URL", "performance", "atob", "AbortController", "AbortSignal", "Event", "DOMException"];

const without = (names: readonly string[]) =>
  `for (const name of ${JSON.stringify(names)}) delete globalThis[name]; const before = Object.keys(globalThis).join();`;

const training = `
  const layers = [{ units: 1, activation: "sigmoid" }];
  const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", engine: "strict" });
  const either = Dataset.from({ inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [0, 1, 1, 1] });
  await network.fit(either, { epochs: 1000, batchSize: "full", optimizer: sgd({ learningRate: 1 }), onEpoch: () => {} });
  const table = await parseCsv("a,b\\n1,2\\n", { inputs: ["a"], targets: ["b"] });
  console.log(Array.from(network.predict(either.inputs), Math.round).join(), table.count);`;

describe("a host that lacks much", () => {
  it("imports the package all the same", () => {
    const program = `${without([...missing, ...needed])}
      const { Network } = await import("lanegrad"); const { dataflow } = await import("lanegrad/dataflow");
      const { calibrate } = await import("lanegrad/explain");
      console.log(typeof Network, typeof dataflow, typeof calibrate);`;
    expect(run("import.mjs", program)).toBe("function function function\n");
  });

  it("trains, reads tables, and has nothing that it had not before", () => {
    const program = `${without(missing)}
      const { Dataset, Network, parseCsv, sgd } = await import("lanegrad"); ${training}
      console.log(Object.keys(globalThis).join() === before && typeof TextDecoder);`;
    expect(run("train.mjs", program)).toBe("0,1,1,1 1\nundefined\n");
  });

  it("reads and writes files", () => {
    writeFileSync(join(folder, "käse.csv"), "ä,b\n1,2\n");
    const program = `${without(missing)}
      const { loadCsv, Network } = await import("lanegrad");
      const layers = [{ units: 1, activation: "sigmoid" }];
      await (await Network.create({ inputs: 1, layers, loss: "binaryCrossEntropy" })).save("ä.json");
      console.log((await loadCsv("käse.csv", { inputs: ["ä"], targets: ["b"] })).count, (await Network.load("ä.json")).depth);`;
    expect(run("file.mjs", program)).toBe("1 2\n");
  });
});

describe("a host that lets no part be imported later", () => {
  it("trains in plain JavaScript, and refuses a tier in a sentence", () => {
    const program = `
      import { register } from "node:module";
      register("data:text/javascript," + encodeURIComponent(\`export async function resolve(name, context, next) {
        if (name === "@assemblyscript/loader") throw new TypeError("no such part");
        return next(name, context);
      }\`));
      const { Network } = await import("lanegrad");
      const options = { inputs: 2, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" };
      console.log((await Network.create(options)).engine.tier);
      console.log(String(await Network.create({ ...options, engine: "strict" }).catch((error) => error)));`;
    expect(run("parts.mjs", program)).toBe(
      "float32\n" +
        'LanegradError: engine "strict": expected a host that runs it, but a part of it could not be loaded (no such part); ' +
        'use "float32"\n',
    );
  });
});

describe("CommonJS", () => {
  const program = `
    const { Dataset, Network, parseCsv, sgd } = require("lanegrad");
    const { dataflow } = require("lanegrad/dataflow");
    const { ensemble } = require("lanegrad/explain");
    (async () => { ${training} console.log(typeof dataflow, typeof network.trace([0, 1], [1]), ensemble([network]).weights); })();`;

  it.runIf("require_module" in process.features)("requires the package where the host can", () => {
    expect(run("require.cjs", program)).toBe("0,1,1,1 1\nfunction object [ 1 ]\n");
  });

  it("is told what to do where it cannot", () => {
    writeFileSync(join(folder, "require.cjs"), program);
    const flags = ["--no-experimental-require-module", "require.cjs"];
    const { stderr, status } = spawnSync(process.execPath, flags, { cwd: folder, encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain(
      'LanegradError: require("lanegrad"): expected a host that can require an ES module, as Node 20.19, 22.12 and newer ' +
        'can, got one that cannot; use `await import("lanegrad")`, or have your bundler or test runner transform the package',
    );
  });

  it("and ES modules get one and the same library", () => {
    const both = `import { createRequire } from "node:module"; import { Network } from "lanegrad";
      console.log(createRequire(import.meta.url)("lanegrad").Network === Network);`;
    expect(run("both.mjs", both)).toBe("true\n");
  });
});
