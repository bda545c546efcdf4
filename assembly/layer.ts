/** A dense layer: forward, then below it the two halves of backward. Ranges are panels, or rows of the weights. */
import { forwardPanel } from "./gemm/forward";
import { inputGradient as inputGradientOf } from "./gemm/inputGradient";
import { biasGradient, pack, weightGradient, weightGradientByLanes } from "./gemm/weightGradient";
import { ROW } from "./lanes";
import { Layer } from "./tables";

/** s = w x + b and x' = f(s), panels [begin, end). */
export function forward(layer: Layer, begin: i32, end: i32): void {
  const fanIn = <usize>layer.fanIn;
  const fanOut = <usize>layer.fanOut;
  for (let p = <usize>begin; p < <usize>end; p++) {
    forwardPanel(layer.s + p * fanOut * ROW, layer.input + p * fanIn * ROW, layer.w, layer.b, fanIn, fanOut);
  }
  call_indirect<void>(layer.forward, layer.x, layer.s, layer.fanOut, begin, end);
}

/** ds = dx' f'(s), then dx = w^T ds for the layer before, panels [begin, end); x packed for `parameterGradient`. */
export function inputGradient(layer: Layer, workspace: usize, panels: i32, begin: i32, end: i32): void {
  if (layer.backward != 0) call_indirect<void>(layer.backward, layer.ds, layer.dx, layer.x, layer.fanOut, begin, end);
  if (layer.packed != 0) pack(layer.packed, layer.input, layer.fanIn, panels, begin, end);
  if (layer.dInput == 0) return;
  inputGradientOf(layer.dInput, layer.ds, layer.w, workspace, layer.fanIn, layer.fanOut, begin, end);
}

/** dw = ds x^T and db = the sum of ds, over samples [0, samples), rows [begin, end) of w. */
export function parameterGradient(
  layer: Layer,
  workspace: usize,
  samples: i32,
  begin: i32,
  end: i32,
  accumulate: bool,
): void {
  const fanIn = <usize>layer.fanIn;
  const fanOut = <usize>layer.fanOut;
  const panels = <usize>((samples + 15) >> 4);
  if (layer.packed != 0) {
    weightGradient(layer.dw, layer.ds, layer.packed, workspace, fanIn, fanOut, samples, begin, end, accumulate);
  } else {
    weightGradientByLanes(layer.dw, layer.ds, layer.input, fanIn, fanOut, panels, begin, end, accumulate);
  }
  biasGradient(layer.db, layer.ds, fanOut, panels, begin, end, accumulate);
}
