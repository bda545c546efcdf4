import { beforeEach, expect, it, vi } from "vitest";
import { chooseEngine } from "../../src/cli/engine.ts";
import { hasRelaxedSimd, loadKernels, UnsupportedError } from "../../src/engine/wasm/modules.ts";
import { wideObstacle } from "../../src/engine/wasm/wide.ts";

vi.mock("../../src/engine/wasm/wide.ts", async (original) => ({
  ...(await original<object>()),
  wideObstacle: vi.fn(),
}));
vi.mock("../../src/engine/wasm/modules.ts", async (original) => ({
  ...(await original<object>()),
  hasRelaxedSimd: vi.fn(),
  loadKernels: vi.fn(),
}));

beforeEach(() => {
  vi.resetAllMocks();
  vi.mocked(wideObstacle).mockResolvedValue("it is old");
});

it("is the one that was asked for, whatever the host", async () => {
  expect(await chooseEngine("strict")).toEqual({ engine: "strict", why: undefined });
  expect(wideObstacle).not.toHaveBeenCalled();
});

it("is wide where the host bears it", async () => {
  vi.mocked(wideObstacle).mockResolvedValue(undefined);
  expect(await chooseEngine(undefined)).toMatchObject({ engine: "wide", why: expect.stringMatching("set V8 flags") });
});

it("is fused where relaxed SIMD is there, and says why it is not wide", async () => {
  vi.mocked(hasRelaxedSimd).mockReturnValue(true);
  expect(await chooseEngine(undefined)).toEqual({
    engine: "fused",
    why: "the best this host runs (not wide: it is old)",
  });
  expect(loadKernels).not.toHaveBeenCalled();
});

it("is fused where a flag brings relaxed SIMD, and strict where none does", async () => {
  expect(await chooseEngine(undefined)).toMatchObject({ engine: "fused", why: expect.stringMatching("set a V8 flag") });
  expect(loadKernels).toHaveBeenCalledWith("fused");
  vi.mocked(loadKernels).mockRejectedValue(new UnsupportedError("fused", "there is none", '"strict"'));
  expect(await chooseEngine(undefined)).toMatchObject({
    engine: "strict",
    why: expect.stringMatching("lacks relaxed"),
  });
});

it("is none where the library itself has failed", async () => {
  vi.mocked(loadKernels).mockRejectedValue(new TypeError("a fault"));
  await expect(chooseEngine(undefined)).rejects.toThrow(TypeError);
});
