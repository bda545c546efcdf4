/** The WebAssembly engine with plain SIMD: its multiplications and additions are instructions of their own. */
import { type Contender, openEngine } from "../contender.ts";
import { multiplyAddLimit } from "../limit.ts";

export const contender: Contender = {
  open: (problem) => openEngine("strict", problem),
  limit: () => multiplyAddLimit("strict"),
};
