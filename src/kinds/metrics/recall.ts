/** Recall: of the rows of a class, the share that are predicted to be. 0 where there is none. */
import { macro, ofClassOne, perClass, weighted } from "./averages.ts";
import type { Counts } from "./meters/counts.ts";
import { ratio } from "./metric.ts";

const rate = ({ hits, actual }: Counts, k: number) => ratio(hits[k]!, actual[k]!);

export const recall = ofClassOne(rate);
export const macroRecall = macro(rate);
export const weightedRecall = weighted(rate);
export const recallPerClass = perClass(rate);
