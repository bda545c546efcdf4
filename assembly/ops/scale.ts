/** x = w n + b, unit by unit. parameters: w [units], b [units]; kept: n. x, n: [panel, units, 16]. */
import { biasGradient } from "../gemm/biasGradient";
import { storeColumn } from "../gemm/columns";
import { aliveBytes, LANES, madd, panelsIn, ROW, sumLanesF32 } from "../lanes";
import { Op, Pass } from "../tables";

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const bytes = (<usize>op.fanOut) << 2;
  for (let first = begin; first < end; first += LANES) {
    const alive = aliveBytes(first, end);
    let at = panelsIn(first) * <usize>op.fanOut * ROW;
    for (let unit: usize = 0; unit < bytes; unit += 4, at += ROW) {
      const w = v128.load32_splat(op.parameters + unit);
      const b = v128.load32_splat(op.parameters + bytes + unit);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        v128.store(op.output + at + lanes, madd(b, w, v128.load(op.input + at + lanes)));
      }
    }
  }
}

/** dn = w dx. */
export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const bytes = (<usize>op.fanOut) << 2;
  for (let first = begin; first < end; first += LANES) {
    const alive = aliveBytes(first, end);
    let at = panelsIn(first) * <usize>op.fanOut * ROW;
    for (let unit: usize = 0; unit < bytes; unit += 4, at += ROW) {
      const w = v128.load32_splat(op.parameters + unit);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        v128.store(op.dInput + at + lanes, f32x4.mul(w, v128.load(op.dOutput + at + lanes)));
      }
    }
  }
}

/** dw = the sum of dx n and db = the sum of dx, over all samples of the pass, of units [begin, end). */
export function parameterGradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  const units = <usize>op.fanOut;
  const accumulate = pass.accumulate != 0;
  for (let unit = <usize>begin; unit < <usize>end; unit++) {
    let sum = f32x4.splat(0);
    for (let first = 0; first < pass.samples; first += LANES) {
      const at = (panelsIn(first) * units + unit) * ROW;
      const alive = aliveBytes(first, pass.samples);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        sum = madd(sum, v128.load(op.dOutput + at + lanes), v128.load(op.kept + at + lanes));
      }
    }
    storeColumn(op.gradients + (unit << 2), sumLanesF32(sum), accumulate);
  }
  biasGradient(op.gradients + (units << 2), op.dOutput, units, pass.samples, begin, end, accumulate);
}
