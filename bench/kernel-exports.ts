/** The exported kernels of a tier over a memory of the caller's: for measurements below the engine. */
import { loadKernels, type Tier } from "../src/engine/wasm/modules.ts";

type MapKernel = (y: number, x: number, count: number) => void;

export interface KernelExports {
  /** To be called before any other; takes the 320 bytes from 64 on. */
  readonly writeConstants: () => void;
  readonly expEach: MapKernel;
  readonly logEach: MapKernel;
  readonly tanhEach: MapKernel;
  readonly sigmoidEach: MapKernel;
  readonly expm1Each: MapKernel;
  readonly erfEach: MapKernel;
  /** 96 floating-point operations a turn, 192 where vectors are wide; sums: 448 bytes. */
  readonly multiplyAdds: (sums: number, turns: number) => void;
}

export function kernelMemory(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: 65_536 });
}

/** Instances of several tiers may share one memory: a module keeps no data of its own in it. */
export async function kernelExports(tier: Tier, memory: WebAssembly.Memory): Promise<KernelExports> {
  const { module } = await loadKernels(tier);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as unknown as KernelExports;
  exports.writeConstants();
  return exports;
}
