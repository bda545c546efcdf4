import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it("imports AssemblyScript's loader once", async () => {
  const { importLoader } = await import("../../../src/engine/wasm/loader.ts");
  const loading = importLoader();
  expect(importLoader()).toBe(loading);
  expect((await loading).instantiateSync).toBeTypeOf("function");
});

it("does so where a host hides its TextDecoder, which it lends for that moment only", async () => {
  vi.stubGlobal("TextDecoder", undefined);
  delete (globalThis as { TextDecoder?: unknown }).TextDecoder;
  const { importLoader } = await import("../../../src/engine/wasm/loader.ts");
  expect((await importLoader()).instantiateSync).toBeTypeOf("function");
  expect("TextDecoder" in globalThis).toBe(false);
});
