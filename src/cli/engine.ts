/**
 * Which engine the command runs on. It owns its process, so unlike the library it may set V8 flags unasked. For this job
 * `wide` is hardly worth it: it trains some 15 % faster, and takes as much longer to compile (12 and 38 ms).
 */
import type { EngineName } from "../engine/create.ts";
import { hasRelaxedSimd, loadKernels } from "../engine/wasm/modules.ts";
import { wideObstacle } from "../engine/wasm/wide.ts";
import { LanegradError } from "../ground/errors.ts";

export interface EngineChoice {
  readonly engine: EngineName;
  /** Why, where the library would only know that it was asked; undefined where a user asked by name. */
  readonly why: string | undefined;
}

/** The engine that was asked for, or the best there is. */
export async function chooseEngine(asked: EngineName | undefined): Promise<EngineChoice> {
  if (asked !== undefined) return { engine: asked, why: undefined };
  const obstacle = await wideObstacle();
  if (obstacle === undefined) {
    return { engine: "wide", why: "the best this host runs; this command set V8 flags while it was compiled" };
  }
  const best = `the best this host runs (not wide: ${obstacle})`;
  if (hasRelaxedSimd()) return { engine: "fused", why: best };
  try {
    await loadKernels("fused");
    return { engine: "fused", why: `${best}; this command set a V8 flag for relaxed SIMD while it was compiled` };
  } catch (error) {
    if (!(error instanceof LanegradError)) throw error;
    return { engine: "strict", why: `${best}; it lacks relaxed SIMD, even with a V8 flag` };
  }
}
