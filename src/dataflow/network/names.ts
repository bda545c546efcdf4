/** The names of a network's circles, as in section 3 of the notes: layers k and units i are counted from 1. */
import { type Label, variable } from "../label.ts";

/** x_i^(k) */
export function unitName(k: number, i: number): Label {
  return variable("x", `${i}`, `(${k})`);
}

/** s_i^(k) */
export function sumName(k: number, i: number): Label {
  return variable("s", `${i}`, `(${k})`);
}

/** w_(i,j)^(k): from the j-th unit of layer k to the i-th of layer k + 1. */
export function weightName(k: number, i: number, j: number): Label {
  return variable("w", `${i},${j}`, `(${k})`);
}

/** The vector w_i^(k) of the weights into the i-th unit of layer k + 1, the one from the always-1 unit last. */
export function weightsName(k: number, i: number): Label {
  return [{ text: "w", bold: true, sub: [{ text: `${i}` }], sup: [{ text: `(${k})` }] }];
}

/** The vector x^(k) of the units of a layer, the always-1 unit last. */
export function unitsName(k: number): Label {
  return [{ text: "x", bold: true, sup: [{ text: `(${k})` }] }];
}

/** y_i, or y where there is only one. */
export function targetName(i: number, count: number): Label {
  return variable("y", count === 1 ? undefined : `${i}`);
}

/** l, or of one of several samples l_n. */
export function lossName(sample?: number): Label {
  return variable("l", sample === undefined ? undefined : `${sample}`);
}

/** 1 ... n: the units of a layer, or the samples of a batch. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}
