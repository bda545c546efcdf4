import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { allocate, grow, NoRoomError } from "../../../src/engine/wasm/memory.ts";
import { CapacityError } from "../../../src/ground/errors.ts";

const PAGE = 65_536;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("linear memory", () => {
  it.each([true, false])("is as large as asked for, rounded up to pages; shared: %s", (shared) => {
    const { buffer } = allocate(PAGE + 1, shared);
    expect(buffer.byteLength).toBe(2 * PAGE);
    expect(buffer).toBeInstanceOf(shared ? SharedArrayBuffer : ArrayBuffer);
  });

  it.each([true, false])("grows to what is needed, and only if it has less; shared: %s", (shared) => {
    const memory = allocate(3 * PAGE, shared);
    const before = memory.buffer;
    expect(grow(memory, 2 * PAGE)).toBe(false);
    expect(grow(memory, 3 * PAGE)).toBe(false);
    expect(memory.buffer).toBe(before);
    expect(grow(memory, 3 * PAGE + 1)).toBe(true);
    expect(memory.buffer.byteLength).toBe(4 * PAGE);
  });

  it("refuses in words what the host does not give", () => {
    const memory = allocate(PAGE, false);
    expect(() => grow(memory, 2 ** 32 + PAGE)).toThrow("memory: expected room for another 4.0 GiB, got none");
    expect(memory.buffer.byteLength).toBe(PAGE);
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function () {
      throw new RangeError("could not allocate memory");
    });
    expect(() => allocate(PAGE, false)).toThrow(NoRoomError);
    expect(() => allocate(PAGE, false)).toThrow(/^memory: expected room for another 64\.0 KiB, got none.*ulimit -v/);
    expect(new NoRoomError("")).toBeInstanceOf(CapacityError);
  });

  it("is to be had where no further address is", () => {
    const memory = allocate(PAGE, false);
    vi.spyOn(memory, "buffer", "get").mockReturnValue({ byteLength: 2 ** 52 } as ArrayBuffer);
    vi.spyOn(memory, "buffer", "get").mockReturnValueOnce(new ArrayBuffer(PAGE));
    expect(grow(memory, 2 * PAGE)).toBe(true);
  });
});

describe("a program that makes networks one after another", () => {
  /** Each network takes some 17 MB. */
  const ROUNDS = 60;
  /** What may lie around until it is collected; all of them would be above 1,000. */
  const MEGABYTES = 500;

  const program = `
    import { Dataset, Network, sgd } from ${JSON.stringify(new URL("../../../dist/index.js", import.meta.url).href)};
    const [count, leaves] = JSON.parse(process.argv[1]);
    const inputs = new Float32Array(60_000 * 64);
    const data = Dataset.from({ inputs, inputWidth: 64, targets: new Float32Array(60_000) });
    const layers = [{ units: 1, activation: "sigmoid" }];
    const options = { epochs: 2, batchSize: 4096, optimizer: sgd({ learningRate: 0.1 }) };
    const kept = [];
    const base = process.memoryUsage.rss();
    let peak = 0;
    for (let round = 0; round < ${ROUNDS}; round++) {
      const threads = { count, force: true };
      const network = await Network.create({ inputs: 64, layers, loss: "binaryCrossEntropy", engine: "strict", threads, onWarning: () => {} });
      const epochs = network.train(data, options);
      await epochs.next();
      if (network.engine.threads !== count) throw new Error("expected as many threads as asked for");
      if (leaves === "garbage") await epochs.next();
      else network.dispose();
      if (leaves === "both, disposed of") kept.push(network, epochs);
      peak = Math.max(peak, process.memoryUsage.rss());
    }
    console.log((peak - base) / 2 ** 20);`;

  it.each([
    [1, "garbage, disposed of"],
    [1, "garbage"],
    [1, "both, disposed of"],
    [2, "garbage, disposed of"],
    [2, "garbage"],
    [2, "both, disposed of"],
  ])("takes little more than some of them; threads: %i, left of each: %s", (...options) => {
    const args = ["--input-type=module", "-e", program, JSON.stringify(options)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 110_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(Number(stdout)).toBeLessThan(MEGABYTES);
  });
});
