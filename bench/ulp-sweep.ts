/**
 * The error of a kernel over ranges of float32 bit patterns, in ulp: |y - exact| / ulp(exact), where ulp is the distance
 * of float32 numbers around the exact value, 2^-149 for subnormal ones.
 *
 * The exact values are float64: V8's Math.exp and its like err by less than 1 ulp of float64, which is 2^-29 of ours.
 */
import type { Tier } from "../src/engine/wasm/modules.ts";
import { erf } from "../src/kinds/activations/gelu.ts";
import { kernelExports, type KernelExports, kernelMemory } from "./kernel-exports.ts";

export const tiers = ["strict", "fused"] as const satisfies readonly Tier[];

/** The aim of `assembly/math.ts`. */
export const LIMIT = 2;

/** Where the first buffer starts: the kernels' constants lie before it. */
const START = 1024;

/** Elements in a block: three float32 buffers and a float64 one stay in the first cache. */
const BLOCK = 2048;

/** Kernels take whole vectors; by 16 they also take whole panels. */
const LANES = 16;

interface MeasuredFunction {
  /** y = f(x), `count` elements, a multiple of 16. */
  run(kernels: KernelExports, y: number, x: number, count: number): void;
  /** Each has its own loop, so that V8 inlines its Math functions. */
  reference(exact: Float64Array, x: Float32Array, count: number): void;
}

export const functions = {
  exp: {
    run: (kernels, y, x, count) => kernels.expEach(y, x, count),
    reference(exact, x, count) {
      for (let i = 0; i < count; i++) exact[i] = Math.exp(x[i]!);
    },
  },
  log: {
    run: (kernels, y, x, count) => kernels.logEach(y, x, count),
    reference(exact, x, count) {
      for (let i = 0; i < count; i++) exact[i] = Math.log(x[i]!);
    },
  },
  tanh: {
    run: (kernels, y, x, count) => kernels.tanhEach(y, x, count),
    reference(exact, x, count) {
      for (let i = 0; i < count; i++) exact[i] = Math.tanh(x[i]!);
    },
  },
  sigmoid: {
    run: (kernels, y, x, count) => kernels.sigmoidEach(y, x, count),
    reference(exact, x, count) {
      // From e^-|x|, which neither overflows nor cancels.
      for (let i = 0; i < count; i++) {
        const e = Math.exp(-Math.abs(x[i]!));
        exact[i] = (x[i]! < 0 ? e : 1) / (1 + e);
      }
    },
  },
  /** Of -|x|: kernels ask for no other. */
  expm1: {
    run: (kernels, y, x, count) => kernels.expm1Each(y, x, count),
    reference(exact, x, count) {
      for (let i = 0; i < count; i++) exact[i] = Math.expm1(-Math.abs(x[i]!));
    },
  },
  erf: {
    run: (kernels, y, x, count) => kernels.erfEach(y, x, count),
    reference(exact, x, count) {
      for (let i = 0; i < count; i++) exact[i] = erf(x[i]!);
    },
  },
} satisfies Record<string, MeasuredFunction>;

export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as FunctionName[];

/** What a sweep found of one function in one tier. */
export interface Findings {
  /** Arguments looked at. */
  count: number;
  /** How many results are not the float32 nearest to the exact value. */
  inexact: number;
  /** The largest error, and the bits of its argument. It is 0 where every result was the nearest. */
  ulp: number;
  bits: number;
  /** How many results err by more than the limit, and the range of their arguments. */
  beyond: number;
  lowest: number;
  highest: number;
}

export function noFindings(): Findings {
  return { count: 0, inexact: 0, ulp: 0, bits: 0, beyond: 0, lowest: Infinity, highest: -Infinity };
}

export function addFindings(sum: Findings, more: Findings): void {
  sum.count += more.count;
  sum.inexact += more.inexact;
  sum.beyond += more.beyond;
  sum.lowest = Math.min(sum.lowest, more.lowest);
  sum.highest = Math.max(sum.highest, more.highest);
  if (more.ulp > sum.ulp) [sum.ulp, sum.bits] = [more.ulp, more.bits];
}

const bitsView = new DataView(new ArrayBuffer(8));

export function floatOfBits(bits: number): number {
  bitsView.setUint32(0, bits);
  return bitsView.getFloat32(0);
}

/** The distance of float32 numbers in the binade of a finite value. */
function ulpOf(exact: number): number {
  bitsView.setFloat64(0, exact);
  const exponent = ((bitsView.getUint32(0) >>> 20) & 0x7ff) - 1023;
  return 2 ** (Math.min(Math.max(exponent, -126), 127) - 23);
}

/** Infinity is right where the exact value rounds to it; else both count as 2^128, the next number there would be. */
function bounded(value: number): number {
  return Math.min(Math.max(value, -(2 ** 128)), 2 ** 128);
}

/** The error of a float32 result in ulp. NaN must be NaN. */
export function ulpError(y: number, exact: number): number {
  if (Number.isNaN(exact) || Number.isNaN(y)) return Number.isNaN(exact) && Number.isNaN(y) ? 0 : Infinity;
  if (!Number.isFinite(y) && Math.fround(exact) === y) return 0;
  return Math.abs(bounded(y) - bounded(exact)) / ulpOf(bounded(exact));
}

/** Both tiers over one memory: the exact values are computed once for the two. */
export class UlpSweep {
  readonly #kernels: readonly KernelExports[];
  readonly #x: Float32Array;
  readonly #bits: Uint32Array;
  readonly #y: Float32Array;
  readonly #exact = new Float64Array(BLOCK);

  static async create(): Promise<UlpSweep> {
    const memory = kernelMemory(1);
    const kernels = await Promise.all(tiers.map((tier) => kernelExports(tier, memory)));
    return new UlpSweep(kernels, memory);
  }

  private constructor(kernels: readonly KernelExports[], memory: WebAssembly.Memory) {
    this.#kernels = kernels;
    this.#x = new Float32Array(memory.buffer, START, BLOCK);
    this.#bits = new Uint32Array(memory.buffer, START, BLOCK);
    this.#y = new Float32Array(memory.buffer, START + BLOCK * 4, BLOCK);
  }

  /** The patterns `first`, `first + stride`, ... below `end`: the findings of each tier. */
  range(name: FunctionName, first: number, end: number, stride = 1): Findings[] {
    const findings = tiers.map(noFindings);
    for (let at = first; at < end; at += BLOCK * stride) {
      const count = Math.min(BLOCK, Math.ceil((end - at) / stride));
      for (let i = 0; i < count; i++) this.#bits[i] = at + i * stride;
      this.#block(name, count, findings);
    }
    return findings;
  }

  /** Given arguments: the results of each tier, to be looked at one by one. */
  results(name: FunctionName, x: readonly number[]): Float32Array[] {
    this.#x.set(x);
    const count = Math.ceil(x.length / LANES) * LANES;
    return this.#kernels.map((kernels) => {
      functions[name].run(kernels, this.#y.byteOffset, START, count);
      return this.#y.slice(0, x.length);
    });
  }

  #block(name: FunctionName, count: number, findings: readonly Findings[]): void {
    functions[name].reference(this.#exact, this.#x, count);
    this.#kernels.forEach((kernels, t) => {
      functions[name].run(kernels, this.#y.byteOffset, START, Math.ceil(count / LANES) * LANES);
      this.#compare(count, findings[t]!);
    });
  }

  #compare(count: number, findings: Findings): void {
    const y = this.#y;
    const exact = this.#exact;
    findings.count += count;
    for (let i = 0; i < count; i++) {
      // Nearest means at most half an ulp: nothing to find.
      if (Math.fround(exact[i]!) === y[i]!) continue;
      this.#note(i, ulpError(y[i]!, exact[i]!), findings);
    }
  }

  #note(i: number, ulp: number, findings: Findings): void {
    if (ulp === 0) return;
    findings.inexact++;
    if (ulp > findings.ulp) [findings.ulp, findings.bits] = [ulp, this.#bits[i]!];
    if (ulp <= LIMIT) return;
    findings.beyond++;
    findings.lowest = Math.min(findings.lowest, this.#x[i]!);
    findings.highest = Math.max(findings.highest, this.#x[i]!);
  }
}
