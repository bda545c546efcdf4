import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hasRelaxedSimd, kernelBytes } from "../../../src/engine/wasm/modules.ts";
import { compileWithFlags } from "../../../src/engine/wasm/v8-flags.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("V8 flags", async () => {
  const bytes = await kernelBytes("fused", true);
  // Versions that have relaxed SIMD by themselves do not know its flag, and say so on the error stream.
  const flags = [hasRelaxedSimd() ? "--no-liftoff" : "--experimental-wasm-relaxed-simd"];

  it("are set for the moment of compiling only", async () => {
    const before = hasRelaxedSimd();
    expect(await compileWithFlags(bytes, flags)).toBeInstanceOf(WebAssembly.Module);
    expect(hasRelaxedSimd()).toBe(before);
  });

  it("are put back where compiling fails", async () => {
    const before = hasRelaxedSimd();
    expect(await compileWithFlags(Uint8Array.of(1, 2, 3), flags)).toBeUndefined();
    expect(hasRelaxedSimd()).toBe(before);
  });

  it("are not there on other hosts", async () => {
    vi.stubGlobal("process", { versions: {} });
    expect(await compileWithFlags(bytes, flags)).toBeUndefined();
  });
});

describe("in a process with flags of its own", () => {
  const url = (path: string) => JSON.stringify(new URL(`../../../dist/${path}`, import.meta.url).href);
  const version = Number.parseInt(process.versions.node);
  const hasFlaggedTier = version < 22 || (version === 24 && process.arch === "x64");
  /** The tier that sets flags here, if any does. */
  const tier = version < 22 ? "fused" : "wide";
  const flagOfTier = version < 22 ? "experimental-wasm-relaxed-simd" : "no-wasm-dynamic-tiering";

  /** A program that is told what the flags look like before and after, as far as V8 lets one see. */
  const program = (before: string) => `
    import v8 from "node:v8";
    import { hasRelaxedSimd, loadKernels } from ${url("engine/wasm/modules.js")};
    ${before}
    v8.cachedDataVersionTag();
    const look = () => ${version < 24 ? "hasRelaxedSimd()" : "v8.cachedDataVersionTag()"};
    const seen = [look()];
    const kernels = await loadKernels("${tier}").catch((error) => ({ tier: error.name, why: error.message }));
    seen.push(look());
    console.log(JSON.stringify({ same: seen[0] === seen[1], tier: kernels.tier, why: kernels.why }));`;

  function run(before: string, ...flags: string[]) {
    const args = [...flags, "--no-warnings", "--input-type=module", "-e", program(before)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return JSON.parse(stdout) as { same: boolean; tier: string; why: string };
  }

  it.each([
    ["none", "", []],
    ["dashes", "", [`--${flagOfTier}`]],
    ["underscores", "", [`--${flagOfTier.replaceAll("-", "_")}`]],
    ["its opposite first", "", [`--${opposite(flagOfTier)}`, `--${flagOfTier.replaceAll("-", "_")}`]],
    ["the program itself", `v8.setFlagsFromString("--${flagOfTier.replaceAll("-", "_")}");`, []],
  ])("they are as they were, set by or with: %s", (_, before, flags) => {
    const { same, tier: found } = run(before, ...flags);
    expect(same).toBe(true);
    expect(found).toBe(hasFlaggedTier ? tier : "fused");
  });

  it("that are frozen, nothing is set, and the reason is said", () => {
    const { tier: found, why } = run("", "--freeze-flags-after-init");
    const reason = "this process may set no V8 flags (--freeze-flags-after-init)";
    if (version < 22) {
      expect(found).toBe("LanegradError");
      expect(why).toBe(
        `engine "fused": expected a host that runs it, but this host lacks relaxed SIMD, and ${reason}; use "auto" or "strict"`,
      );
    } else {
      expect(found).toBe("fused");
      if (hasFlaggedTier) expect(why).toBe(`wide was asked for, but ${reason}`);
    }
  });

  it("that are frozen, a worker with flags of its own sees it too", () => {
    const code = `
      import { Worker } from "node:worker_threads";
      const code = ${JSON.stringify(program(""))}.replaceAll("console.log", "process.stdout.write");
      const worker = new Worker(new URL("data:text/javascript," + encodeURIComponent(code)), { execArgv: [] });
      worker.on("error", (error) => { console.log(error); process.exitCode = 1; });`;
    const args = ["--freeze-flags-after-init", "--no-warnings", "--input-type=module", "-e", code];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ tier: version < 22 ? "LanegradError" : "fused" });
  });

  function opposite(flag: string): string {
    return flag.startsWith("no-") ? flag.slice("no-".length) : `no-${flag}`;
  }
});
