/**
 * A dense layer: forward, then below it the two halves of backward. Ranges are of samples, and begin with a panel; or of
 * rows of the weights.
 */
import { forwardPanel } from "./gemm/forward";
import { forwardSingle } from "./gemm/single";
import { inputGradient as inputGradientOf } from "./gemm/inputGradient";
import { biasGradient, pack, weightGradient, weightGradientByLanes } from "./gemm/weightGradient";
import { aliveBytes, LANES, ROW } from "./lanes";
import { Layer } from "./tables";

/** s = w x + b and x' = f(s), samples [begin, end). */
export function forward(layer: Layer, begin: i32, end: i32): void {
  const fanIn = <usize>layer.fanIn;
  const fanOut = <usize>layer.fanOut;
  for (let first = begin; first < end; first += LANES) {
    const p = <usize>(first / LANES);
    const s = layer.s + p * fanOut * ROW;
    const input = layer.input + p * fanIn * ROW;
    if (end - first == 1 && fanOut > 2) forwardSingle(s, input, layer.w, layer.b, fanIn, fanOut);
    else forwardPanel(s, input, layer.w, layer.b, fanIn, fanOut, aliveBytes(first, end));
  }
  call_indirect<void>(layer.forward, layer.x, layer.s, layer.fanOut, begin, end);
}

/** ds = dx' f'(s), then dx = w^T ds for the layer before, samples [begin, end); x packed for `parameterGradient`. */
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
  if (layer.packed != 0) {
    weightGradient(layer.dw, layer.ds, layer.packed, workspace, fanIn, fanOut, samples, begin, end, accumulate);
  } else {
    weightGradientByLanes(layer.dw, layer.ds, layer.input, fanIn, fanOut, samples, begin, end, accumulate);
  }
  biasGradient(layer.db, layer.ds, fanOut, samples, begin, end, accumulate);
}
