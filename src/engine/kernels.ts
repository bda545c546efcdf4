/**
 * From a tier's name to a compiled module: which tiers this host can run, and the module of the one chosen, compiled
 * once per process. Nothing here knows networks.
 */
import { LanegradError } from "../errors.ts";
import * as binaries from "./binaries.ts";
import { compileWithFlags } from "./v8-flags.ts";

export type Tier = "strict" | "fused";

export interface Kernels {
  readonly tier: Tier;
  readonly why: string;
  readonly shared: boolean;
  readonly module: WebAssembly.Module;
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

/** Whether memory can be shared here: everywhere but in pages that are not cross-origin isolated. */
function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer === "function";
}

const compiled = new Map<Tier, Promise<WebAssembly.Module>>();

function compiledOnce(tier: Tier, compile: () => Promise<WebAssembly.Module>): Promise<WebAssembly.Module> {
  const known = compiled.get(tier);
  if (known !== undefined) return known;
  const module = compile();
  compiled.set(tier, module);
  // A failure is forgotten, so that the next call may try again.
  module.catch(() => compiled.delete(tier));
  return module;
}

/**
 * The kernels of a tier, or for `auto` of the best tier that needs no V8 flag.
 * @throws LanegradError if this host cannot run the tier.
 */
export async function loadKernels(wanted: Tier | "auto"): Promise<Kernels> {
  const relaxed = hasRelaxedSimd();
  const tier = wanted === "auto" ? (relaxed ? "fused" : "strict") : wanted;
  const shared = hasSharedMemory();
  const bytes = kernelBytes(tier, shared);
  const needsFlag = tier === "fused" && !relaxed;
  const module = await compiledOnce(tier, () => (needsFlag ? compileRelaxedByFlag(bytes) : WebAssembly.compile(bytes)));
  return { tier, shared, module, why: reason(wanted, tier, needsFlag) };
}

function reason(wanted: Tier | "auto", tier: Tier, needsFlag: boolean): string {
  if (needsFlag) return "asked for by name; relaxed SIMD by a V8 flag while the kernels were compiled";
  if (wanted !== "auto") return "asked for by name";
  return tier === "fused" ? "the best this host runs: it has relaxed SIMD" : "the best this host runs without V8 flags";
}

async function compileRelaxedByFlag(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  const module = await compileWithFlags(bytes, ["--experimental-wasm-relaxed-simd"]);
  if (module !== undefined) return module;
  throw new LanegradError('engine "fused": expected a host with relaxed SIMD, got one without; use "auto" or "strict"');
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
