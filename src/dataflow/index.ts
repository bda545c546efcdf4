/**
 * lanegrad/dataflow: the chain rule made visible. Importing it also lets `network.trace` and `step.trace` make diagrams.
 */
import { Recorder } from "../inspect/recording.ts";
import { provideTracing } from "../inspect/traces.ts";
import { Trace } from "./network/trace.ts";

declare module "../inspect/traces.ts" {
  interface Views {
    readonly trace: Trace;
  }
}

provideTracing({ Recorder, open: (recording) => new Trace(recording) });

export {
  dataflow,
  type Dataflow,
  type Derivative,
  type DerivativePath,
  type Formula,
  type FormulaArrow,
  type FormulaCircle,
  type LeafDerivative,
  type Point,
} from "./formula/formula.ts";
export { type Cost, costOf, layeredFormula } from "./cost.ts";
export { Diagram } from "./diagram.ts";
export type { Arrow, Circle, Graph, Path, SweepStep, Value } from "./graph.ts";
export type { Label } from "./label.ts";
export type { DrawOptions } from "./draw/options.ts";
export type { Explanation } from "./network/explanation.ts";
export { drawPlane, type PlaneAxis, type PlaneOptions } from "./plane/plane.ts";
export type { PlaneSamples } from "./plane/samples.ts";
export type { NetworkCircle } from "./network/circle-of.ts";
export type { NetworkGraphOptions } from "./network/network-graph.ts";
export type { Trace, TraceDrawOptions } from "./network/trace.ts";
export type { LayerSummary } from "./network/values.ts";
