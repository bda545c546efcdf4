/** From an engine's name to an engine. */
import { lookUp } from "../ground/errors.ts";
import type { NetworkShape } from "../model/shape.ts";
import type { Engine } from "./engine.ts";
import { loadKernels, type Tier } from "./wasm/modules.ts";
import { ReferenceEngine } from "./reference/reference-engine.ts";
import { WasmEngine } from "./wasm/wasm-engine.ts";

type Maker = (shape: NetworkShape, threads?: number) => Promise<Engine>;

const wasm =
  (tier: Tier | "auto"): Maker =>
  async (shape, threads = 1) =>
    WasmEngine.withThreads(await loadKernels(tier), shape, threads);

const engines = {
  /** The best of the tiers below that needs no V8 flag. */
  auto: wasm("auto"),
  /** WebAssembly SIMD; the same bits on every host. */
  strict: wasm("strict"),
  /** WebAssembly relaxed SIMD; faster, and the last bits are the host's. On Node 20 it sets a V8 flag for a moment. */
  fused: wasm("fused"),
  /**
   * The same in 256-bit vectors: about twice as fast on Node 24 and newer with AVX2, `fused` elsewhere. It sets V8 flags
   * for a moment, which are the whole process's.
   */
  wide: wasm("wide"),
  /** The pure-JavaScript reference. */
  float32: async (shape) => new ReferenceEngine(shape, "float32"),
  /** The pure-JavaScript reference in double precision: the oracle. */
  float64: async (shape) => new ReferenceEngine(shape, "float64"),
} satisfies Record<string, Maker>;

export type EngineName = keyof typeof engines;

/** @throws InvalidInputError for an unknown name. */
export function engineMaker(name: EngineName): Maker {
  return lookUp("network", "engine", name, engines as Record<string, Maker>);
}
