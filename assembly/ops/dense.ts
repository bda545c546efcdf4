/**
 * s = w x + b. parameters: w [fanOut, fanIn], b [fanOut]; kept: x packed for the gradient of w, 0 where that does not pay.
 * The first op of a network takes its x from rows, a few of which it reads as they lie.
 */
import { biasGradient } from "../gemm/biasGradient";
import { areFew, forwardFew } from "../gemm/few";
import { forwardPanel } from "../gemm/forward";
import { inputGradient } from "../gemm/inputGradient";
import { weightGradientByLanes } from "../gemm/laneSums";
import { pack, packRows } from "../gemm/packing";
import { forwardSingle, rowOf } from "../gemm/single";
import { weightGradient } from "../gemm/weightGradient";
import { aliveBytes, LANES, ROW } from "../lanes";
import { panelAt, rowsToPanels } from "../panel";
import { Op, Pass } from "../tables";

/** Whether forward can read a panel's `count` samples from their rows, lanes running along the inputs. */
function readsRows(op: Op, count: i32): bool {
  return isSingle(op, count) || areFew(count, op.fanIn);
}

/** Whether one sample takes the path of its own: it pays from three units on. */
function isSingle(op: Op, count: i32): bool {
  return count == 1 && op.fanOut > 2;
}

/**
 * Whether nothing asks for x^(1) as panels: of a single panel that forward reads from its rows, and of which backward, if
 * there is one, has a packed copy.
 */
function needsNoPanels(op: Op, pass: Pass, count: i32): bool {
  return pass.panels == 1 && readsRows(op, count) && (pass.goesBackward == 0 || op.kept != 0);
}

function biasesOf(op: Op): usize {
  return op.parameters + ((<usize>op.fanIn * <usize>op.fanOut) << 2);
}

/** Where x of an op lies as rows: of the first of a network; else 0. */
function rowsOf(op: Op, pass: Pass): usize {
  return op.input == pass.x ? pass.rows : 0;
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const rows = rowsOf(op, pass);
  if (rows != 0 && !needsNoPanels(op, pass, end - begin)) {
    rowsToPanels(panelAt(op.input, begin, op.fanIn), rows, pass.order, op.fanIn, begin, end);
  }
  const fanIn = <usize>op.fanIn;
  const fanOut = <usize>op.fanOut;
  const w = op.parameters;
  const b = biasesOf(op);
  for (let first = begin; first < end; first += LANES) {
    const s = panelAt(op.output, first, op.fanOut);
    const x = panelAt(op.input, first, op.fanIn);
    const count = end - first;
    if (count >= LANES) {
      forwardPanel(s, x, w, b, fanIn, fanOut, ROW);
      continue;
    }
    const order = pass.order + ((<usize>first) << 2);
    if (isSingle(op, count)) {
      const row = rows != 0 ? rows + ((<usize>load<u32>(order) * fanIn) << 2) : rowOf(x, pass.workspace, fanIn);
      forwardSingle(s, row, w, b, pass.workspace, fanIn, fanOut);
    } else if (rows != 0 && areFew(count, op.fanIn)) {
      forwardFew(s, rows, order, count, w, b, pass.workspace, fanIn, fanOut);
    } else {
      forwardPanel(s, x, w, b, fanIn, fanOut, aliveBytes(first, end));
    }
  }
}

/** dx = w^T ds where somebody asks for it; x is packed. */
export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const rows = rowsOf(op, pass);
  if (rows != 0 && needsNoPanels(op, pass, end - begin)) {
    packRows(op.kept, rows, pass.order + ((<usize>begin) << 2), op.fanIn, end - begin);
  } else if (op.kept != 0) {
    pack(op.kept, op.input, op.fanIn, pass.panels, begin, end);
  }
  if (op.dInput == 0) return;
  inputGradient(op.dInput, op.dOutput, op.parameters, pass.workspace, op.fanIn, op.fanOut, begin, end);
}

/** dw = ds x^T and db = the sum of ds, over all samples of the pass, rows [begin, end) of w. */
export function parameterGradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  const fanIn = <usize>op.fanIn;
  const fanOut = <usize>op.fanOut;
  const ds = op.dOutput;
  const dw = op.gradients;
  const db = dw + ((fanIn * fanOut) << 2);
  const accumulate = pass.accumulate != 0;
  if (op.kept != 0) {
    weightGradient(dw, ds, op.kept, pass.workspace, fanIn, fanOut, pass.samples, begin, end, accumulate);
  } else {
    weightGradientByLanes(dw, ds, op.input, fanIn, fanOut, pass.samples, begin, end, accumulate);
  }
  biasGradient(db, ds, fanOut, pass.samples, begin, end, accumulate);
}
