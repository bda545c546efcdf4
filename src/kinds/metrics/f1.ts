/** F1 = 2 P R / (P + R), the harmonic mean of precision and recall, from counts. 0 where both are. */
import { macro, ofClassOne, perClass, weighted } from "./averages.ts";
import type { Counts } from "./meters/counts.ts";
import { ratio } from "./metric.ts";

const rate = ({ hits, actual, predicted }: Counts, k: number) => ratio(2 * hits[k]!, actual[k]! + predicted[k]!);

export const f1 = ofClassOne(rate);
export const macroF1 = macro(rate);
export const weightedF1 = weighted(rate);
export const f1PerClass = perClass(rate);
