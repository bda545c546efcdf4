import { deflateRawSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hasNodeModules, importNode, inflate, isNode, warn } from "../../src/ground/host.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const { getBuiltinModule } = process;

/** What `process` is elsewhere. */
const hosts = {
  "a browser": undefined,
  "a bundler's stand-in": { versions: {}, env: {} },
  "a bundler's smaller stand-in": { env: {} },
  Deno: { versions: { node: "24.0.0", v8: "14", deno: "2.9.0" }, getBuiltinModule },
  Bun: { versions: { node: "24.0.0", v8: "14", bun: "1.4.0" }, getBuiltinModule },
};

/** What `question` answers in a host; nothing else runs there. */
function inHost<T>(host: keyof typeof hosts, question: () => T): T {
  vi.stubGlobal("process", hosts[host]);
  try {
    return question();
  } finally {
    vi.unstubAllGlobals();
  }
}

describe("the host", () => {
  it("is Node here, and in no other that says so", () => {
    expect(isNode()).toBe(true);
    for (const host of Object.keys(hosts) as (keyof typeof hosts)[]) expect(inHost(host, isNode), host).toBe(false);
  });

  it("has Node's modules in Node, Deno and Bun", async () => {
    expect(hasNodeModules()).toBe(true);
    expect((await importNode("v8")).setFlagsFromString).toBeTypeOf("function");
    expect(inHost("Deno", hasNodeModules)).toBe(true);
    expect(inHost("Bun", hasNodeModules)).toBe(true);
    for (const host of ["a browser", "a bundler's stand-in", "a bundler's smaller stand-in"] as const) {
      expect(inHost(host, hasNodeModules), host).toBe(false);
    }
  });
});

describe("what was deflated", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
  const deflated = new Uint8Array(deflateRawSync(bytes));

  it("is read by Node's own, and in a page by the web's", async () => {
    expect(await inflate(deflated)).toEqual(bytes);
    vi.stubGlobal("process", { versions: {}, nextTick: process.nextTick });
    expect(await inflate(deflated)).toEqual(bytes);
  });

  it("is refused where it is cut off", async () => {
    await expect(inflate(deflated.slice(0, 100))).rejects.toThrow("unexpected end of file");
  });
});

describe("a warning", () => {
  it("goes the way of the host's own", () => {
    const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    warn("it is late");
    expect(emitted.mock.calls).toEqual([["lanegrad: it is late"]]);
  });

  it("goes to the console where there is no process, or only a bundler's", () => {
    const shown = vi.spyOn(console, "warn").mockImplementation(() => {});
    inHost("a browser", () => warn("it is late"));
    inHost("a bundler's stand-in", () => warn("it is later"));
    expect(shown.mock.calls).toEqual([["lanegrad: it is late"], ["lanegrad: it is later"]]);
  });
});
