/** A dense layer: forward, then below it the two halves of backward. Ranges are panels, or rows of the weights. */
import { biasGradient, forwardPanel, inputGradientPanel, weightGradient } from "./gemm/products";
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

/** ds = dx' f'(s), then dx = w^T ds for the layer before, panels [begin, end). */
export function inputGradient(layer: Layer, begin: i32, end: i32): void {
  const fanIn = <usize>layer.fanIn;
  const fanOut = <usize>layer.fanOut;
  if (layer.backward != 0) call_indirect<void>(layer.backward, layer.ds, layer.dx, layer.x, layer.fanOut, begin, end);
  if (layer.dInput == 0) return;
  for (let p = <usize>begin; p < <usize>end; p++) {
    inputGradientPanel(layer.dInput + p * fanIn * ROW, layer.ds + p * fanOut * ROW, layer.w, fanIn, fanOut);
  }
}

/** dw = ds x^T and db = the sum of ds, over panels [0, panels), rows [begin, end) of w. */
export function parameterGradient(layer: Layer, panels: i32, begin: i32, end: i32, accumulate: bool): void {
  weightGradient(layer.dw, layer.ds, layer.input, layer.fanIn, layer.fanOut, panels, begin, end, accumulate);
  biasGradient(layer.db, layer.ds, layer.fanOut, panels, begin, end, accumulate);
}
