/**
 * dw = ds x^T for layers of few units, where packing x costs more than it brings: lanes carry samples in both factors, and
 * are added up at the end. ds: [panel, fanOut, 16]; x: [panel, fanIn, 16]; dw: [fanOut, fanIn].
 */
import { ROW } from "../lanes";
import { laneSumsTile } from "./dots";
import { Rows1, Rows2, Rows3, Rows4 } from "./rows";

/** Rows [begin, end) of dw. */
export function weightGradientByLanes(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  begin: usize,
  end: usize,
  accumulate: bool,
): void {
  let row = begin;
  for (; row + 2 <= end; row += 2) sumRows<Rows2>(dw, ds, x, fanIn, fanOut, samples, row, accumulate);
  if (row < end) sumRows<Rows1>(dw, ds, x, fanIn, fanOut, samples, row, accumulate);
}

function sumRows<R>(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  row: usize,
  accumulate: bool,
): void {
  const stop = dw + (((row + 1) * fanIn) << 2);
  dw += (row * fanIn) << 2;
  ds += row * ROW;
  for (; dw + 16 <= stop; dw += 16, x += 4 * ROW) {
    laneSumsTile<R, Rows4>(dw, ds, x, fanIn, fanOut, samples, accumulate);
  }
  const left = (stop - dw) >> 2;
  if (left == 1) laneSumsTile<R, Rows1>(dw, ds, x, fanIn, fanOut, samples, accumulate);
  else if (left == 2) laneSumsTile<R, Rows2>(dw, ds, x, fanIn, fanOut, samples, accumulate);
  else if (left == 3) laneSumsTile<R, Rows3>(dw, ds, x, fanIn, fanOut, samples, accumulate);
}
