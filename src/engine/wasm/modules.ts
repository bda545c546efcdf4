/**
 * From a tier's name to a compiled module: which tiers this host can run, and the module of the one chosen, compiled
 * once per process. Nothing here knows networks.
 */
import { LanegradError } from "../../ground/errors.ts";
import { nodeVersion, warn } from "../../ground/host.ts";
import * as binaries from "./binaries.ts";
import { importLoader, type Loader } from "./loader.ts";
import { compileWithFlags } from "./v8-flags.ts";
import { wideObstacle } from "./wide-probe.ts";

export type Tier = "strict" | "fused" | "wide";

export interface Kernels {
  readonly tier: Tier;
  readonly why: string;
  readonly shared: boolean;
  readonly module: WebAssembly.Module;
  readonly loader: Loader;
}

/** What was chosen, before it is compiled. */
interface Choice {
  readonly tier: Tier;
  readonly why: string;
  /** V8 flags while the module is compiled; none for most. */
  readonly flags: readonly string[];
}

// (func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))
const relaxedProbe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b, 0x03, 0x02],
  ...[0x01, 0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x0b],
);

/** Whether this host validates relaxed SIMD as it is, without a flag. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedProbe);
}

/**
 * V8 makes optimized code at once, before the first call, and of neighbouring vectors makes one of 256 bits.
 * Deoptimization goes by what unoptimized code has observed, which then is missing: Node 26, where it is on unless told
 * otherwise, would end the process.
 */
export const wideFlags = [
  "--experimental-wasm-revectorize",
  "--no-liftoff",
  "--no-wasm-lazy-compilation",
  "--no-wasm-dynamic-tiering",
  ...(nodeVersion() >= 26 ? ["--no-wasm-deopt"] : []),
];

const compiled = new Map<Tier, Promise<WebAssembly.Module>>();

/**
 * The kernels of a tier, or for `auto` of the best tier that needs no V8 flag. Where `wide` is not to be had, those of
 * `fused`, with one warning.
 * @throws LanegradError if this host cannot run the tier.
 */
export async function loadKernels(wanted: Tier | "auto"): Promise<Kernels> {
  const { tier, why, flags } = await choose(wanted);
  const shared = hasSharedMemory();
  let module = compiled.get(tier);
  if (module === undefined) {
    module = compile(tier, kernelBytes(tier, shared), flags);
    compiled.set(tier, module);
    // A failure is forgotten, so that the next call may try again.
    module.catch(() => compiled.delete(tier));
  }
  const [compiledModule, loader] = await Promise.all([module, importLoader()]);
  return { tier, why, shared, module: compiledModule, loader };
}

async function choose(wanted: Tier | "auto"): Promise<Choice> {
  if (wanted === "wide") {
    const obstacle = await wideObstacle(kernelBytes("wide", true), wideFlags);
    if (obstacle === undefined) {
      return { tier: "wide", flags: wideFlags, why: "asked for by name; V8 flags were set while it was compiled" };
    }
    warnOnce(obstacle);
    return { ...(await choose("fused")), why: `wide was asked for, but ${obstacle}` };
  }
  const relaxed = hasRelaxedSimd();
  if (wanted === "auto") {
    return relaxed
      ? { tier: "fused", flags: [], why: "the best this host runs without V8 flags: it has relaxed SIMD" }
      : { tier: "strict", flags: [], why: "the best this host runs without V8 flags: it lacks relaxed SIMD" };
  }
  if (wanted === "strict" || relaxed) return { tier: wanted, flags: [], why: "asked for by name" };
  const why = "asked for by name; a V8 flag for relaxed SIMD was set while it was compiled";
  return { tier: "fused", flags: ["--experimental-wasm-relaxed-simd"], why };
}

async function compile(tier: Tier, bytes: Uint8Array<ArrayBuffer>, flags: readonly string[]) {
  if (flags.length === 0) return WebAssembly.compile(bytes);
  const module = await compileWithFlags(bytes, flags);
  if (module !== undefined) return module;
  throw new LanegradError(
    `engine "${tier}": expected a host with relaxed SIMD, got one without; use "auto" or "strict"`,
  );
}

let warned = false;

function warnOnce(obstacle: string): void {
  if (warned) return;
  warned = true;
  warn(`the engine "wide" was asked for, but ${obstacle}; using "fused"`);
}

/** Whether memory can be shared here: everywhere but in pages that are not cross-origin isolated. */
function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer === "function";
}

/** The module of a tier as bytes. Both kinds of memory come from one binary: they differ in a flag of the import. */
export function kernelBytes(tier: Tier, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(binaries[tier]), (character) => character.charCodeAt(0));
  if (!shared) bytes[memoryFlags(bytes)] = 0x01; // has a maximum, is not shared
  return bytes;
}

/** Where the limits of the imported memory "env" "memory" start: the flags come right behind its kind, 0x02. */
function memoryFlags(bytes: Uint8Array): number {
  const importOfMemory = [3, ...letters("env"), 6, ...letters("memory"), 0x02, 0x03];
  for (let at = 0; at + importOfMemory.length <= bytes.length; at++) {
    if (importOfMemory.every((byte, i) => bytes[at + i] === byte)) return at + importOfMemory.length - 1;
  }
  throw new LanegradError("kernels: expected a module that imports shared memory, got another");
}

function letters(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}
