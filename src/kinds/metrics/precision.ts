/** Precision: of the rows predicted to be of a class, the share that are. 0 where none is predicted. */
import { macro, ofClassOne, perClass, weighted } from "./averages.ts";
import type { Counts } from "./meters/counts.ts";
import { ratio } from "./metric.ts";

const rate = ({ hits, predicted }: Counts, k: number) => ratio(hits[k]!, predicted[k]!);

export const precision = ofClassOne(rate);
export const macroPrecision = macro(rate);
export const weightedPrecision = weighted(rate);
export const precisionPerClass = perClass(rate);
