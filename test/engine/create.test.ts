import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { networkShape } from "../../src/model/shape.ts";

const shape = networkShape({ inputs: 2, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" });
const tiers = ["strict", "fused", "wide"] as const;

let warnings: string[];

beforeEach(() => {
  vi.resetModules();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(String(warning)));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** `auto` is plain JavaScript, with one warning however often it is asked for, and no tier is to be had by its name. */
async function expectPlainJavaScript(reason: string): Promise<void> {
  const { engineMaker } = await import("../../src/engine/create.ts");
  for (let time = 0; time < 2; time++) {
    const { report } = await engineMaker("auto")(shape);
    expect(report).toEqual({
      kind: "javascript",
      tier: "float32",
      why: `plain JavaScript instead of WebAssembly: ${reason}`,
      shared: false,
      threads: 1,
    });
  }
  expect(warnings).toEqual([
    `lanegrad: WebAssembly cannot be used: ${reason}; using the engine "float32", which is slower`,
  ]);
  const { LanegradError } = await import("../../src/ground/errors.ts");
  for (const tier of tiers) await expect(engineMaker(tier)(shape), tier).rejects.toThrow(LanegradError);
}

describe("auto is float32, and says why", () => {
  it("where there is no WebAssembly", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    await expectPlainJavaScript("this host has no WebAssembly");
  });

  it("where a policy forbids to compile it", async () => {
    const forbidden = function () {
      throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
    };
    vi.spyOn(WebAssembly, "compile").mockImplementation(async () => forbidden());
    vi.spyOn(WebAssembly, "Module").mockImplementation(forbidden);
    vi.spyOn(WebAssembly, "validate").mockReturnValue(true);
    await expectPlainJavaScript(
      "this host does not compile its WebAssembly (Wasm code generation disallowed by embedder)",
    );
  });

  it("where memory is not to be had", async () => {
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function () {
      throw new RangeError("could not allocate memory");
    });
    await expectPlainJavaScript("this host has no room for its memory");
  });
});

it("auto refuses what does not fit into linear memory anywhere", async () => {
  const { engineMaker } = await import("../../src/engine/create.ts");
  const huge = networkShape({
    inputs: 100_000,
    layers: [{ units: 100_000, activation: "tanh" }],
    loss: "meanSquaredError",
  });
  await expect(engineMaker("auto")(huge)).rejects.toThrow(/to fit into 4\.0 GiB of linear memory/);
  expect(warnings).toEqual([]);
});

describe("a program", () => {
  const url = JSON.stringify(new URL("../../dist/index.js", import.meta.url).href);
  const program = `
    import { adam, Dataset, LanegradError, Network } from ${url};
    const description = { inputs: 1, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" };
    const network = await Network.create(description);
    const data = Dataset.from({ inputs: [[0], [1]], targets: [[0], [1]] });
    await network.fit(data, { epochs: 2, optimizer: adam() });
    const found = [network.engine.tier];
    for (const engine of ["strict", "fused", "wide"]) {
      const made = Network.create({ ...description, engine });
      found.push(await made.then(({ engine: { tier } }) => tier, (error) => error instanceof LanegradError));
    }
    console.log(JSON.stringify(found));`;

  function run(command: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 60_000 });
    expect(status, stderr).toBe(0);
    return { found: JSON.parse(stdout) as unknown[], stderr };
  }

  it("trains under --jitless", () => {
    const { found, stderr } = run(process.execPath, "--jitless", "--input-type=module", "-e", program);
    expect(found).toEqual(["float32", true, true, true]);
    expect(stderr.match(/lanegrad: [^\n]*/g)).toEqual([
      'lanegrad: WebAssembly cannot be used: this host has no WebAssembly; using the engine "float32", which is slower',
    ]);
  });

  it.runIf(process.platform === "linux")("trains with few addresses", () => {
    const limited = `ulimit -v 4000000; exec "$0" --input-type=module -e "$1"`;
    const { found, stderr } = run("/bin/sh", "-c", limited, process.execPath, program);
    // Newer versions of V8 do with fewer.
    if (found[0] !== "float32") return;
    expect(found).toEqual(["float32", true, true, true]);
    expect(stderr).toContain("lanegrad: WebAssembly cannot be used: this host has no room for its memory");
  });
});
