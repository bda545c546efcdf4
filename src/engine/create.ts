/** From an engine's name to an engine. */
import { checkNumber, checkOptions, lookUp, refuse, show } from "../ground/errors.ts";
import { parallelism, warn, warnOnce } from "../ground/host.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import type { NetworkShape } from "../model/shape.ts";
import type { Engine } from "./engine.ts";
import { NoRoomError } from "./wasm/memory.ts";
import { loadKernels, type Tier, UnsupportedError } from "./wasm/modules.ts";
import { WasmEngine } from "./wasm/wasm-engine.ts";

/** How many threads share the work, the caller's included; with `force` also more than the machine runs at a time. */
export type Threads = number | { readonly count: number; readonly force: boolean };

/** Plain JavaScript, loaded when it is asked for. */
async function reference(shape: NetworkShape, precision: "float32" | "float64", reason?: string): Promise<Engine> {
  const { ReferenceEngine } = await import("./reference/reference-engine.ts");
  return new ReferenceEngine(shape, precision, reason);
}

type Maker = (shape: NetworkShape, threads?: Threads) => Promise<Engine>;

const wasm =
  (tier: Tier | "auto"): Maker =>
  async (shape, threads = 1) => {
    const count = await threadsHere(threads);
    // Memory is shared only among threads: V8 does not count such memory, and frees it late.
    const kernels = await loadKernels(tier, count > 1);
    // Of many that have waited for the kernels, not all begin in the same turn.
    if (sliceIsOver()) await breathe();
    return count === 1 ? new WasmEngine(kernels, shape) : WasmEngine.withThreads(kernels, shape, count);
  };

/** As many as were asked for, but where they are not to be had fewer, with a warning. */
async function threadsHere(threads: Threads): Promise<number> {
  const { count, force } = typeof threads === "number" ? { count: threads, force: false } : threads;
  if (count === 1) return 1;
  const { threadsObstacle } = await import("./wasm/threads.ts");
  const obstacle = threadsObstacle();
  if (obstacle !== undefined) {
    warn(`threads were asked for, but ${obstacle}; using one`);
    return 1;
  }
  const most = force ? count : await parallelism();
  if (count <= most) return count;
  warnOnce(
    `${count} threads were asked for, but this machine runs ${most} at a time, and more would only take memory and turns; ` +
      `using ${most} (threads: { count: ${count}, force: true } insists)`,
  );
  return most;
}

/** The best that WebAssembly gives, or where a host has none, or no address space for it, plain JavaScript. */
const auto: Maker = async (shape, threads) => {
  try {
    return await wasm("auto")(shape, threads);
  } catch (failure) {
    const reason = failure instanceof UnsupportedError ? failure.reason : undefined;
    if (reason === undefined && !(failure instanceof NoRoomError)) throw failure;
    const why = reason ?? "this host has no room for its memory";
    const engine = await reference(shape, "float32", `plain JavaScript instead of WebAssembly: ${why}`);
    warnOnce(`WebAssembly cannot be used: ${why}; using the engine "float32", which is slower`);
    return engine;
  }
};

const engines = {
  /** The best of the tiers below that needs no V8 flag; `float32`, with a warning, where WebAssembly is not to be had. */
  auto,
  /** WebAssembly SIMD; the same bits on every host. */
  strict: wasm("strict"),
  /** WebAssembly relaxed SIMD; faster, and the last bits are the host's. On Node 20 it sets a V8 flag for a moment. */
  fused: wasm("fused"),
  /**
   * The same in 256-bit vectors: about twice as fast on Node 24 with AVX2, `fused` elsewhere. It sets V8 flags for a
   * moment, which are the whole process's.
   */
  wide: wasm("wide"),
  /** The pure-JavaScript reference. */
  float32: (shape) => reference(shape, "float32"),
  /** The pure-JavaScript reference in double precision: the oracle. */
  float64: (shape) => reference(shape, "float64"),
} satisfies Record<string, Maker>;

export type EngineName = keyof typeof engines;

/** @throws InvalidInputError for an unknown name. */
export function engineMaker(name: EngineName): Maker {
  return lookUp("network", "engine", name, engines as Record<string, Maker>);
}

/** The threads beyond which nobody's machine goes. */
const THREADS_LIMIT = 256;

/** @throws InvalidInputError unless it is a whole number of threads, alone or with `force`. */
export function checkThreads(where: string, threads: unknown): Threads {
  const bounds = { integer: true, min: 1, max: THREADS_LIMIT };
  if (typeof threads !== "object" || threads === null) return checkNumber(where, threads, bounds);
  checkOptions(where, threads, ["count", "force"]);
  const { count, force = false } = threads as { count: unknown; force?: unknown };
  if (typeof force !== "boolean") refuse(`${where}: force`, "true or false", show(force));
  return { count: checkNumber(`${where}: count`, count, bounds), force };
}
