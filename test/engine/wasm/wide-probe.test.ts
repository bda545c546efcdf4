import "@assemblyscript/loader"; // before a test takes the place of what Node itself reads files with
import { createRequire, syncBuiltinESMExports } from "node:module";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { kernelBytes, wideFlags } from "../../../src/engine/wasm/modules.ts";

const bytes = kernelBytes("wide", true);
/** With which Node 20 and newer compile the module, if not in wide vectors. Newer ones know no such flag, nor need it. */
const relaxed = ["--experimental-wasm-relaxed-simd"];

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
async function obstacle(module: Uint8Array = bytes, flags: readonly string[] = relaxed): Promise<string | undefined> {
  vi.resetModules();
  const { wideObstacle } = await import("../../../src/engine/wasm/wide-probe.ts");
  return wideObstacle(module, flags);
}

beforeEach(() => void vi.resetModules());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe("the obstacle to wide", () => {
  it("is none on a verified Node with AVX2, without a trial", async () => {
    for (const version of ["24.0.0", "24.11.1", "26.3.0"]) {
      pretendNode(version);
      expect(await obstacle(Uint8Array.of(0))).toBeUndefined();
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

  it("is found once per process", async () => {
    pretendNode("22.0.0");
    const { wideObstacle } = await import("../../../src/engine/wasm/wide-probe.ts");
    expect(await wideObstacle(bytes, [])).toBe("Node 22 is too old for it");
    pretendNode("24.0.0");
    expect(await wideObstacle(bytes, [])).toBe("Node 22 is too old for it");
  });
});

describe("on a Node that is not known, a trial in a child process", () => {
  const failed = "Node 25 did not compile it in a trial";
  beforeEach(() => pretendNode("25.1.0"));

  it("lets a module pass that computes rightly", async () => {
    expect(await obstacle()).toBeUndefined();
  });

  it("refuses bytes that do not compile", async () => {
    expect(await obstacle(Uint8Array.of(1, 2, 3))).toBe(failed);
    expect(await obstacle(new Uint8Array(0))).toBe(failed);
  });

  it("refuses a module that computes something else", async () => {
    expect(await obstacle(kernelBytes("strict", true))).toBe(failed);
  });

  it("refuses a module that traps, without harm to this process", async () => {
    expect(await obstacle(moduleOf([0x00, 0x00, 0x0b]))).toBe(failed);
  });

  it("refuses a module that does nothing", async () => {
    expect(await obstacle(moduleOf([0x00, 0x01, 0x0b]))).toBe(failed);
  });

  it("survives a child that crashes", async () => {
    expect(await obstacle(Uint8Array.of(1, 2, 3), ["--abort-on-uncaught-exception"])).toBe(failed);
  });

  it("refuses where no child can be had", async () => {
    pretend({ versions: { node: "25.1.0", v8: "13" }, arch: "x64", platform: "linux", execPath: "/nowhere/node" });
    expect(await obstacle()).toBe(failed);
  });

  /** A module whose `multiplyAdds` has this body: locals, instructions, end. */
  function moduleOf(body: readonly number[]): Uint8Array {
    const text = (word: string) => [word.length, ...new TextEncoder().encode(word)];
    const section = (id: number, ...content: number[]) => [id, content.length + 1, 1, ...content];
    return Uint8Array.of(
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, 0x60, 2, 0x7f, 0x7f, 0), // (i32, i32) -> ()
      ...section(2, ...text("env"), ...text("memory"), 0x02, 0x03, 0x01, 0x80, 0x80, 0x04),
      ...section(3, 0),
      ...section(7, ...text("multiplyAdds"), 0x00, 0),
      ...section(10, body.length, ...body),
    );
  }
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

const hasWide = [24, 26].includes(Number.parseInt(process.versions.node)) && process.arch === "x64";

it(`is ${hasWide ? "to be had" : "not to be had, and replaced"} here, by name`, async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { loadKernels } = await import("../../../src/engine/wasm/modules.ts");
  const { tier, why } = await loadKernels("wide");
  expect(tier).toBe(hasWide ? "wide" : "fused");
  expect(why).toMatch(hasWide ? /^asked for by name; V8 flags were set/ : /^wide was asked for, but /);
});

it("is tried here, with its own flags, and passes where it is known to", async () => {
  const here = process.versions;
  pretend({ versions: { ...here, node: "25.1.0" } });
  const found = await obstacle(bytes, wideFlags);
  expect([undefined, "Node 25 did not compile it in a trial"].slice(0, hasWide ? 1 : 2)).toContain(found);
});
