/**
 * dw = ds x^T, a sum over samples. ds: [panel, fanOut, 16]; dw: [fanOut, fanIn]. Every row of dw sums all samples in the
 * same order, whoever computes it.
 *
 * Here lanes carry samples in both factors, while a tile wants one of them to run along the result. So x is packed: 8
 * units (16 where vectors are wide), sample after sample. For a layer of few units that does not pay: there the sums are
 * kept lane by lane, and lanes are added up at the end (laneSums.ts).
 */
import { ROW } from "../lanes";
import { storeColumn } from "./columns";
import { Accumulating, Fresh, Rows1, Rows2, Rows3, Rows4, Rows5, Rows6, ROWS, TILE } from "./rows";
import { weightGradientTile } from "./tiles";

/** Packed units that stay in the second cache while all rows of ds go by, in bytes. */
const GROUP: usize = 1 << 18;

/**
 * Rows [begin, end) of dw, over `samples` samples. packed: x as `pack` leaves it; edge: 6 rows of TILE bytes to spare.
 */
export function weightGradient(
  dw: usize,
  ds: usize,
  packed: usize,
  edge: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  begin: usize,
  end: usize,
  accumulate: bool,
): void {
  if (accumulate) groups<Accumulating>(dw, ds, packed, edge, fanIn, fanOut, samples, begin, end);
  else groups<Fresh>(dw, ds, packed, edge, fanIn, fanOut, samples, begin, end);
}

/** Group by group of packed units, all rows. */
function groups<A>(
  dw: usize,
  ds: usize,
  packed: usize,
  edge: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  begin: usize,
  end: usize,
): void {
  const blockBytes = ((samples + 15) >> 4) * 16 * TILE;
  const perGroup = max(GROUP / blockBytes, 1) * (TILE >> 2);
  for (let first: usize = 0; first < fanIn; first += perGroup) {
    const units = min(perGroup, fanIn - first);
    const from = packed + ((first << 2) / TILE) * blockBytes;
    for (let row = begin; row < end; row += ROWS) {
      const to = dw + ((row * fanIn + first) << 2);
      const rows = min(ROWS, end - row);
      const d = ds + row * ROW;
      if (ROWS == 6 && rows == 6) rowsOf<Rows6, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 4) rowsOf<Rows4, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 1) rowsOf<Rows1, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 2) rowsOf<Rows2, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 3) rowsOf<Rows3, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (ROWS == 6) rowsOf<Rows5, A>(to, d, from, edge, fanIn, fanOut, samples, units);
    }
  }
}

/** R rows of dw over some packed units; a last block that is not full goes through the spare tile. */
function rowsOf<R, A>(
  dw: usize,
  ds: usize,
  packed: usize,
  edge: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  units: usize,
): void {
  const blockBytes = ((samples + 15) >> 4) * 16 * TILE;
  const stop = dw + (units << 2);
  for (; dw + TILE <= stop; dw += TILE) {
    weightGradientTile<R, A>(dw, fanIn << 2, ds, fanOut * ROW, packed, samples);
    packed += blockBytes;
  }
  if (dw == stop) return;
  weightGradientTile<R, Fresh>(edge, TILE, ds, fanOut * ROW, packed, samples);
  copyEdge(dw, fanIn << 2, edge, offsetof<R>(), (stop - dw) >> 2, offsetof<A>() > 0);
}

/** The columns of a tile that are there. */
function copyEdge(dw: usize, stride: usize, edge: usize, rows: usize, columns: usize, accumulate: bool): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++) {
      storeColumn(dw + row * stride + (column << 2), load<f32>(edge + row * TILE + (column << 2)), accumulate);
    }
  }
}
