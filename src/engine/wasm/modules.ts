/**
 * From a tier's name to a compiled module: which tiers this host can run, and the module of the one chosen, compiled
 * once per process for each kind of memory. Nothing here knows networks.
 */
import { LanegradError } from "../../ground/errors.ts";
import { inflate, warnOnce } from "../../ground/host.ts";
import { importLoader, type Loader } from "./loader.ts";

export type Tier = "strict" | "fused" | "wide";

export interface Kernels {
  readonly tier: Tier;
  readonly why: string;
  readonly shared: boolean;
  readonly module: WebAssembly.Module;
  readonly loader: Loader;
}

/** The host runs no WebAssembly, or not that of a tier. */
export class UnsupportedError extends LanegradError {
  /** A clause for people. */
  readonly reason: string;

  constructor(tier: Tier | "auto", reason: string, instead: string, cause?: unknown) {
    super(`engine "${tier}": expected a host that runs it, but ${reason}; use ${instead}`, { cause });
    this.reason = reason;
  }
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
  return hasWebAssembly() && WebAssembly.validate(relaxedProbe);
}

/** There is none under `node --jitless`, for one. */
function hasWebAssembly(): boolean {
  return typeof WebAssembly === "object";
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * The kernels of a tier, or for `auto` of the best tier that needs no V8 flag, for memory that is shared or not. Where
 * `wide` is not to be had, those of `fused`, with one warning.
 * @throws UnsupportedError if this host cannot run the tier.
 */
export async function loadKernels(wanted: Tier | "auto", shared = false): Promise<Kernels> {
  if (!hasWebAssembly()) throw new UnsupportedError(wanted, "this host has no WebAssembly", '"float32"');
  const { tier, why, flags } = await choose(wanted);
  const key = `${tier}, ${shared ? "shared" : "its own"}`;
  let module = compiled.get(key);
  if (module === undefined) {
    module = compile(wanted, tier, shared, flags);
    compiled.set(key, module);
    // A failure is forgotten, so that the next call may try again.
    module.catch(() => compiled.delete(key));
  }
  const [compiledModule, loader] = await Promise.all([module, fetched(wanted, importLoader())]);
  return { tier, why, shared, module: compiledModule, loader };
}

async function choose(wanted: Tier | "auto"): Promise<Choice> {
  if (wanted === "wide") {
    const { wideFlags, wideObstacle } = await import("./wide.ts");
    const obstacle = await wideObstacle();
    if (obstacle === undefined) {
      return { tier: "wide", flags: wideFlags, why: "asked for by name; V8 flags were set while it was compiled" };
    }
    warnOnce(`the engine "wide" was asked for, but ${obstacle}; using "fused"`);
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

async function compile(wanted: Tier | "auto", tier: Tier, shared: boolean, flags: readonly string[]) {
  const bytes = await fetched(wanted, kernelBytes(tier, shared));
  if (flags.length > 0) return compileFlagged(tier, bytes, flags);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const reason = `this host does not compile its WebAssembly (${(cause as Error).message})`;
    throw new UnsupportedError(wanted, reason, '"float32"', cause);
  }
}

/** What is imported when it is needed: by a page from its server, where the host is one that imports at all. */
async function fetched<T>(wanted: Tier | "auto", part: Promise<T>): Promise<T> {
  try {
    return await part;
  } catch (cause) {
    if (cause instanceof LanegradError) throw cause;
    throw new UnsupportedError(
      wanted,
      `a part of it could not be loaded (${(cause as Error).message})`,
      '"float32"',
      cause,
    );
  }
}

async function compileFlagged(tier: Tier, bytes: Uint8Array<ArrayBuffer>, flags: readonly string[]) {
  const others = '"auto" or "strict"';
  const { compileWithFlags, flagsObstacle } = await import("./v8-flags.ts");
  const obstacle = await flagsObstacle();
  if (obstacle !== undefined) throw new UnsupportedError(tier, `this host lacks relaxed SIMD, and ${obstacle}`, others);
  const module = await compileWithFlags(bytes, flags);
  if (module === undefined) throw new UnsupportedError(tier, "this host lacks relaxed SIMD", others);
  return module;
}

/** Each is loaded when it is asked for. */
const binaries: Record<Tier, () => Promise<{ readonly deflated: string | undefined }>> = {
  strict: () => import("./binaries/strict.ts"),
  fused: () => import("./binaries/fused.ts"),
  wide: () => import("./binaries/wide.ts"),
};

/** The module of a tier as bytes. Both kinds of memory come from one binary: they differ in a flag of the import. */
export async function kernelBytes(tier: Tier, shared: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { deflated } = await binaries[tier]();
  if (deflated === undefined) {
    throw new UnsupportedError(tier, "this program was bundled for pages, which cannot", '"auto"');
  }
  const bytes = await inflate(fromBase64(deflated));
  if (!shared) bytes[memoryFlags(bytes)] = 0x01; // has a maximum, is not shared
  return bytes;
}

/** A loop, since Uint8Array.from walks a string by its iterator, which costs milliseconds of every start. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const decoded = atob(text);
  const bytes = new Uint8Array(decoded.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = decoded.charCodeAt(i);
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
