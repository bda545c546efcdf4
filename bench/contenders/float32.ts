/** The pure-JavaScript reference over Float32Arrays: what the same care gives without WebAssembly. */
import { type Contender, openEngine } from "../contender.ts";

export const contender: Contender = {
  open: (problem) => openEngine("float32", problem),
};
