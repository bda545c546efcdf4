import { afterEach, describe, expect, it, vi } from "vitest";
import { engineMaker } from "../../../src/engine/create.ts";
import { hasRelaxedSimd, kernelBytes, loadKernels } from "../../../src/engine/wasm/modules.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { networkShape } from "../../../src/model/shape.ts";

const shape = networkShape({ inputs: 2, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" });

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a tier", () => {
  it("is the one asked for, or the best that needs no flag", async () => {
    for (const tier of ["strict", "fused"] as const) {
      for (const shared of [false, true]) expect(await loadKernels(tier, shared)).toMatchObject({ tier, shared });
      const kernels = await loadKernels(tier);
      expect(kernels.shared).toBe(false);
      expect(kernels.why).toMatch(/^asked for by name/);
    }
    const { tier, why } = await loadKernels("auto");
    expect(tier).toBe(hasRelaxedSimd() ? "fused" : "strict");
    expect(why).toMatch(/^the best this host runs/);
  });

  it("is compiled once for each kind of memory", async () => {
    const [first, second] = await Promise.all([loadKernels("strict"), loadKernels("strict")]);
    expect(first.module).toBe(second.module);
    const [shared, again] = await Promise.all([loadKernels("strict", true), loadKernels("strict", true)]);
    expect(shared.module).toBe(again.module);
    expect(shared.module).not.toBe(first.module);
  });

  it("imports a memory and nothing else, shared or not", async () => {
    const [shared, unshared] = [await kernelBytes("strict", true), await kernelBytes("strict", false)];
    expect(shared.filter((byte, i) => byte !== unshared[i]).length).toBe(1);
    const module = await WebAssembly.compile(unshared);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
    await expect(WebAssembly.instantiate(module, { env: { memory } })).resolves.toBeDefined();
  });

  it("makes engines; a name that is none is refused", async () => {
    for (const [name, kind] of [
      ["auto", "wasm"],
      ["strict", "wasm"],
      ["fused", "wasm"],
      ["float32", "javascript"],
      ["float64", "javascript"],
    ] as const) {
      expect((await engineMaker(name)(shape)).report.kind).toBe(kind);
    }
    for (const name of ["wider", "toString", "", undefined]) {
      expect(() => engineMaker(name as never)).toThrow(InvalidInputError);
    }
  });
});

describe("a host without relaxed SIMD", () => {
  it("runs strict, and says why not fused", async () => {
    vi.resetModules();
    const fresh = await import("../../../src/engine/wasm/modules.ts");
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect(await fresh.loadKernels("auto")).toMatchObject({
      tier: "strict",
      why: expect.stringMatching(/^the best this host runs without V8 flags/),
    });
    vi.stubGlobal("process", { versions: {} });
    await expect(fresh.loadKernels("fused")).rejects.toThrow(
      'engine "fused": expected a host that runs it, but this host lacks relaxed SIMD; use "auto" or "strict"',
    );
    // A failure is not remembered.
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    await expect(fresh.loadKernels("fused")).resolves.toMatchObject({ tier: "fused" });
  });
});
