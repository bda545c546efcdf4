/** The WebAssembly engine with relaxed SIMD: one rounding to a multiply-add. */
import { type Contender, openEngine } from "../contender.ts";
import { multiplyAddLimit } from "../limit.ts";

export const contender: Contender = {
  open: (problem) => openEngine("fused", problem),
  limit: () => multiplyAddLimit("fused"),
};
