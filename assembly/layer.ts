/**
 * A dense layer: forward, then below it the two halves of backward. Ranges are of samples, and begin with a panel; or of
 * rows of the weights.
 */
import { areFew, forwardFew } from "./gemm/few";
import { forwardPanel } from "./gemm/forward";
import { forwardSingle, rowOf } from "./gemm/single";
import { inputGradient as inputGradientOf } from "./gemm/inputGradient";
import { biasGradient } from "./gemm/biasGradient";
import { weightGradientByLanes } from "./gemm/laneSums";
import { pack, packRows } from "./gemm/packing";
import { weightGradient } from "./gemm/weightGradient";
import { aliveBytes, LANES, ROW } from "./lanes";
import { Layer } from "./tables";

/** Whether forward can read a panel's `count` samples from their rows, lanes running along the inputs. */
function readsRows(layer: Layer, count: i32): bool {
  return isSingle(layer, count) || areFew(count, layer.fanIn);
}

/** Whether one sample takes the path of its own: it pays from three units on. */
function isSingle(layer: Layer, count: i32): bool {
  return count == 1 && layer.fanOut > 2;
}

/**
 * Whether nothing asks for x^(1) as panels: of a single panel that forward reads from its rows, and of which backward, if
 * there is one, has a packed copy.
 */
export function needsNoPanels(layer: Layer, panels: i32, count: i32, backward: bool): bool {
  return panels == 1 && readsRows(layer, count) && (!backward || layer.packed != 0);
}

/**
 * s = w x + b and x' = f(s), samples [begin, end). rows, order: for the first layer where its inputs lie, row `order[0]`
 * being sample `begin`; else 0.
 */
export function forward(layer: Layer, rows: usize, order: usize, workspace: usize, begin: i32, end: i32): void {
  const fanIn = <usize>layer.fanIn;
  const fanOut = <usize>layer.fanOut;
  for (let first = begin; first < end; first += LANES) {
    const p = <usize>(first / LANES);
    const s = layer.s + p * fanOut * ROW;
    const input = layer.input + p * fanIn * ROW;
    const count = end - first;
    if (count >= LANES) {
      forwardPanel(s, input, layer.w, layer.b, fanIn, fanOut, ROW);
      continue;
    }
    const places = order + ((<usize>(first - begin)) << 2);
    if (isSingle(layer, count)) {
      const x = rows != 0 ? rows + ((<usize>load<u32>(places) * fanIn) << 2) : rowOf(input, workspace, fanIn);
      forwardSingle(s, x, layer.w, layer.b, workspace, fanIn, fanOut);
    } else if (rows != 0 && areFew(count, layer.fanIn)) {
      forwardFew(s, rows, places, count, layer.w, layer.b, workspace, fanIn, fanOut);
    } else {
      forwardPanel(s, input, layer.w, layer.b, fanIn, fanOut, aliveBytes(first, end));
    }
  }
  call_indirect<void>(layer.forward, layer.x, layer.s, layer.fanOut, begin, end);
}

/**
 * ds = dx' f'(s), then dx = w^T ds for the layer before, samples [begin, end); x packed for `parameterGradient`, from rows
 * where there are no panels of it.
 */
export function inputGradient(
  layer: Layer,
  rows: usize,
  order: usize,
  workspace: usize,
  panels: i32,
  begin: i32,
  end: i32,
): void {
  if (layer.backward != 0) call_indirect<void>(layer.backward, layer.ds, layer.dx, layer.x, layer.fanOut, begin, end);
  if (rows != 0) packRows(layer.packed, rows, order, layer.fanIn, end - begin);
  else if (layer.packed != 0) pack(layer.packed, layer.input, layer.fanIn, panels, begin, end);
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
