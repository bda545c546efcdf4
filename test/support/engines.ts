/** Engines of every kind for tests, and the bits of their numbers. */
import type { Engine, Samples } from "../../src/engine/engine.ts";
import type { UpdateRule } from "../../src/kinds/optimizers/optimizer.ts";
import type { Floats } from "../../src/ground/floats.ts";
import { type Kernels, loadKernels, type Tier } from "../../src/engine/wasm/modules.ts";
import type { RandomCase } from "./random-network.ts";

export { largest, largestDifference, normwiseError } from "./errors.ts";

const [strict, fused] = [await loadKernels("strict"), await loadKernels("fused")];
// Other versions of Node are known to be without wide, and asking for it would print a warning.
const wide = Number.parseInt(process.versions.node) === 24 ? await loadKernels("wide") : fused;

export const kernelsOf: Record<Tier, Kernels> = { strict, fused, wide };
/** The tiers that run here. */
export const tiers: readonly Tier[] = ["strict", "fused", ...(wide.tier === "wide" ? ["wide" as const] : [])];

/** The kernels of a tier over memory that is shared, as threads need it. */
export function sharedKernels(tier: Tier): Promise<Kernels> {
  return loadKernels(tier, true);
}

/** Loads a case into an engine that is to learn by this rule. */
export function prepared(engine: Engine, rule: UpdateRule, drawn: RandomCase): Samples {
  const samples = engine.prepare(drawn.rows, rule);
  engine.parameters.set(drawn.parameters);
  samples.inputs.set(drawn.inputs);
  samples.targets.set(drawn.targets);
  return samples;
}

/** The bits of float32 or float64 numbers, so that -0 is not 0 and NaN is NaN. */
export function bitsOf(values: Floats): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}
