/** s = w x + b. w: [fanOut, fanIn]; x: [panel, fanIn, 16]; s: [panel, fanOut, 16]. w is read where it lies. */
import { ROW, WIDE } from "../lanes";
import { Rows1, Rows2, Rows3, Rows4, Rows5, Rows6, ROWS, TILE } from "./rows";
import { forwardTile } from "./tiles";

/** One panel, of which `alive` bytes of a row carry samples. */
export function forwardPanel(s: usize, x: usize, w: usize, b: usize, fanIn: usize, fanOut: usize, alive: usize): void {
  const stop = s + fanOut * ROW;
  for (; s + ROWS * ROW <= stop; s += ROWS * ROW) {
    if (ROWS == 6) rowsOf<Rows6>(s, x, w, b, fanIn, alive);
    else rowsOf<Rows4>(s, x, w, b, fanIn, alive);
    w += (ROWS * fanIn) << 2;
    b += ROWS << 2;
  }
  const left = (stop - s) / ROW;
  if (left == 1) rowsOf<Rows1>(s, x, w, b, fanIn, alive);
  else if (left == 2) rowsOf<Rows2>(s, x, w, b, fanIn, alive);
  else if (left == 3) rowsOf<Rows3>(s, x, w, b, fanIn, alive);
  else if (ROWS == 6) {
    if (left == 4) rowsOf<Rows4>(s, x, w, b, fanIn, alive);
    else if (left == 5) rowsOf<Rows5>(s, x, w, b, fanIn, alive);
  }
}

/** All lanes of R rows. Two calls also keep the tile a function of its own, which V8 compiles best. */
function rowsOf<R>(s: usize, x: usize, w: usize, b: usize, fanIn: usize, alive: usize): void {
  forwardTile<R>(s, x, w, b, fanIn);
  if (!WIDE && alive > TILE) forwardTile<R>(s + TILE, x + TILE, w, b, fanIn);
}
