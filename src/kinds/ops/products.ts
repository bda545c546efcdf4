/**
 * The three matrix products of a dense layer in plain JavaScript. They are one kernel read through different strides:
 * C += A B, where a step along a row or a column of A or B is however many elements the caller says.
 */
import type { Floats } from "../../ground/floats.ts";

/** S += X W^T. s: [rows, fanOut], which holds the biases; x: [rows, fanIn], w: [fanOut, fanIn]. */
export function forwardProduct(s: Floats, x: Floats, w: Floats, fanIn: number, fanOut: number, rows: number): void {
  addProduct(s, x, w, rows, fanOut, fanIn, fanIn, 1, 1, fanIn);
}

/** dX += dS W. dx: [rows, fanIn], ds: [rows, fanOut], w: [fanOut, fanIn]. */
export function inputGradientProduct(
  dx: Floats,
  ds: Floats,
  w: Floats,
  fanIn: number,
  fanOut: number,
  rows: number,
): void {
  addProduct(dx, ds, w, rows, fanIn, fanOut, fanOut, 1, fanIn, 1);
}

/** dW += dS^T X. dw: [fanOut, fanIn], ds: [rows, fanOut], x: [rows, fanIn]. */
export function weightGradientProduct(
  dw: Floats,
  ds: Floats,
  x: Floats,
  fanIn: number,
  fanOut: number,
  rows: number,
): void {
  addProduct(dw, ds, x, fanOut, fanIn, rows, 1, fanOut, fanIn, 1);
}

/**
 * C += A B. c: [rows, columns], row-major; a: [rows, depth] at i aRow + l aStep; b: [depth, columns] at
 * l bStep + j bColumn.
 *
 * Tiles of 2 x 4 keep eight sums and six factors in registers, which is all that x64 has; a larger tile spills.
 * Sums are doubles whatever the arrays are, and a cell is rounded once.
 */
function addProduct(
  c: Floats,
  a: Floats,
  b: Floats,
  rows: number,
  columns: number,
  depth: number,
  aRow: number,
  aStep: number,
  bStep: number,
  bColumn: number,
): void {
  const tiledRows = rows - (rows % 2);
  const tiledColumns = columns - (columns % 4);
  // Columns are the outer loop, so that four of them stay in the cache while all rows pass by.
  for (let j = 0; j < tiledColumns; j += 4) {
    for (let i = 0; i < tiledRows; i += 2) {
      let [c00, c01, c02, c03] = [0, 0, 0, 0];
      let [c10, c11, c12, c13] = [0, 0, 0, 0];
      let a0At = i * aRow;
      let a1At = a0At + aRow;
      let b0At = j * bColumn;
      let b1At = b0At + bColumn;
      let b2At = b1At + bColumn;
      let b3At = b2At + bColumn;
      for (let l = 0; l < depth; l++) {
        const a0 = a[a0At]!;
        const a1 = a[a1At]!;
        const b0 = b[b0At]!;
        const b1 = b[b1At]!;
        const b2 = b[b2At]!;
        const b3 = b[b3At]!;
        c00 += a0 * b0;
        c01 += a0 * b1;
        c02 += a0 * b2;
        c03 += a0 * b3;
        c10 += a1 * b0;
        c11 += a1 * b1;
        c12 += a1 * b2;
        c13 += a1 * b3;
        a0At += aStep;
        a1At += aStep;
        b0At += bStep;
        b1At += bStep;
        b2At += bStep;
        b3At += bStep;
      }
      const row0 = i * columns + j;
      const row1 = row0 + columns;
      c[row0]! += c00;
      c[row0 + 1]! += c01;
      c[row0 + 2]! += c02;
      c[row0 + 3]! += c03;
      c[row1]! += c10;
      c[row1 + 1]! += c11;
      c[row1 + 2]! += c12;
      c[row1 + 3]! += c13;
    }
  }
  // What no tile covered: the columns right of the tiles, and all of an odd last row.
  for (let i = 0; i < rows; i++) {
    for (let j = i < tiledRows ? tiledColumns : 0; j < columns; j++) {
      let sum = 0;
      let aAt = i * aRow;
      let bAt = j * bColumn;
      for (let l = 0; l < depth; l++) {
        sum += a[aAt]! * b[bAt]!;
        aAt += aStep;
        bAt += bStep;
      }
      c[i * columns + j]! += sum;
    }
  }
}
