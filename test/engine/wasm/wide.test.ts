import "@assemblyscript/loader"; // before a test takes the place of what Node itself reads files with
import { createRequire, syncBuiltinESMExports } from "node:module";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const promises = createRequire(import.meta.url)("node:fs/promises") as typeof import("node:fs/promises");

/** A host that is this one but for some properties of its `process`. */
function pretend(host: Partial<Record<keyof NodeJS.Process, unknown>>): void {
  const properties = Object.entries(host).map(([name, value]) => [name, { value }]);
  vi.stubGlobal("process", Object.create(process, Object.fromEntries(properties)));
}

function pretendNode(version: string, processor = "fpu sse4_2 avx avx2 fma"): void {
  const versions = { node: version, v8: "13" };
  pretend({ versions, arch: "x64", platform: "linux" });
  vi.spyOn(promises, "readFile").mockResolvedValue(`processor : 0\nflags : ${processor}\n`);
  syncBuiltinESMExports();
}

/** The answer is kept for the process, so each question is asked of a fresh module. */
async function obstacle(): Promise<string | undefined> {
  vi.resetModules();
  const { wideObstacle } = await import("../../../src/engine/wasm/wide.ts");
  return wideObstacle();
}

beforeEach(() => void vi.resetModules());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe("the obstacle to wide", () => {
  it("is none on Node 24 with AVX2", async () => {
    for (const version of ["24.0.0", "24.11.1"]) {
      pretendNode(version);
      expect(await obstacle()).toBeUndefined();
    }
  });

  it("is another host", async () => {
    for (const versions of [
      { node: "24.3.0", v8: "13", deno: "2.9.0" },
      { node: "24.3.0", v8: "13", bun: "1.4.0" },
      { node: "24.3.0" },
      undefined,
    ]) {
      pretend({ versions });
      expect(await obstacle()).toBe("this host is not Node");
    }
    vi.stubGlobal("process", undefined);
    const answer = await obstacle();
    vi.unstubAllGlobals();
    expect(answer).toBe("this host is not Node");
  });

  it("is another processor", async () => {
    pretendNode("24.0.0");
    pretend({ versions: { node: "24.0.0", v8: "13" }, arch: "arm64" });
    expect(await obstacle()).toBe("this processor lacks AVX2");
    pretendNode("24.0.0", "fpu sse4_2 avx avx2like");
    expect(await obstacle()).toBe("this processor lacks AVX2");
  });

  it("is not the lack of a description of the processor", async () => {
    pretendNode("24.0.0");
    vi.mocked(promises.readFile).mockRejectedValue(new Error("no such file"));
    expect(await obstacle()).toBeUndefined();
    pretend({ versions: { node: "24.0.0", v8: "13" }, arch: "x64", platform: "win32" });
    expect(await obstacle()).toBeUndefined();
  });

  it("is an older Node", async () => {
    for (const version of ["18.20.0", "20.20.2", "22.0.0", "23.11.0"]) {
      pretendNode(version);
      expect(await obstacle()).toBe(`Node ${version.slice(0, 2)} is too old for it`);
    }
  });

  it("is a newer Node, whose V8 deoptimizes by what other threads' modules then lack", async () => {
    for (const version of ["25.1.0", "26.10.0", "28.0.0"]) {
      pretendNode(version);
      expect(await obstacle()).toBe(
        `on Node ${version.slice(0, 2)} it could end the process when another thread compiles WebAssembly`,
      );
    }
  });

  it("is flags that are frozen, by this thread's account or by the process's", async () => {
    const frozen = "this process may set no V8 flags (--freeze-flags-after-init)";
    const versions = { node: "24.0.0", v8: "13" };
    for (const flag of ["--freeze-flags-after-init", "--freeze_flags_after_init", "-freeze-flags-after-init"]) {
      pretendNode("24.0.0");
      pretend({ versions, arch: "x64", platform: "win32", execArgv: ["--no-warnings", flag] });
      expect(await obstacle(), flag).toBe(frozen);
      pretend({ versions, arch: "x64", platform: "linux", execArgv: [] });
      vi.mocked(promises.readFile).mockImplementation(async (file) =>
        String(file).endsWith("cmdline") ? `node\0${flag}\0program.mjs\0` : "flags : avx2\n",
      );
      expect(await obstacle(), flag).toBe(frozen);
    }
  });

  it("is found once per process", async () => {
    pretendNode("22.0.0");
    const { wideObstacle } = await import("../../../src/engine/wasm/wide.ts");
    expect(await wideObstacle()).toBe("Node 22 is too old for it");
    pretendNode("24.0.0");
    expect(await wideObstacle()).toBe("Node 22 is too old for it");
  });
});

describe("wide asked for where it is not to be had", () => {
  it("gives fused, says why, and warns once", async () => {
    pretendNode("22.0.0");
    const warnings: string[] = [];
    process.emitWarning = (warning: string | Error) => void warnings.push(String(warning));
    const { loadKernels } = await import("../../../src/engine/wasm/modules.ts");
    for (let time = 0; time < 3; time++) {
      expect(await loadKernels("wide")).toMatchObject({
        tier: "fused",
        why: "wide was asked for, but Node 22 is too old for it",
      });
    }
    expect((await loadKernels("wide")).module).toBe((await loadKernels("fused")).module);
    expect(warnings).toEqual([
      'lanegrad: the engine "wide" was asked for, but Node 22 is too old for it; using "fused"',
    ]);
  });
});

const hasWide = Number.parseInt(process.versions.node) === 24 && process.arch === "x64";

it(`is ${hasWide ? "to be had" : "not to be had, and replaced"} here, by name`, async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { loadKernels } = await import("../../../src/engine/wasm/modules.ts");
  const { tier, why } = await loadKernels("wide");
  expect(tier).toBe(hasWide ? "wide" : "fused");
  expect(why).toMatch(hasWide ? /^asked for by name; V8 flags were set/ : /^wide was asked for, but /);
});
