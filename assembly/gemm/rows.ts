/**
 * Register tiles: R rows of the result by 8 samples, 16 where vectors are wide, held in registers over the whole sum. Edge
 * tiles, of 1 to 5 rows, are the same code with fewer rows, cut at compile time.
 *
 * Registers carry their coordinates: c21 is row 2, lanes 4 to 7. V8 has 15 vector registers to give. Fused, 6 rows need
 * 12 sums, two vectors of samples and one weight. Strict, a product needs a register of its own, so 4 rows are best. Wide,
 * V8 makes one 256-bit register of two neighbours, so there are twice as many lanes in as many registers.
 * Sums are set before the loop and stored after it, all together, or V8 does not see the neighbours.
 */
import { FUSED, WIDE } from "../lanes";

/** Rows of a full tile. */
export const ROWS: usize = FUSED ? 6 : 4;
/** Bytes of a tile's lanes: half a panel's row, or all of it. */
export const TILE: usize = WIDE ? 64 : 32;

// The number of rows as a type: offsetof<Rows3>() is 3 at compile time.
@unmanaged
export class Rows1 {
  r0: u8;
}

@unmanaged
export class Rows2 {
  r0: u8;
  r1: u8;
}

@unmanaged
export class Rows3 {
  r0: u8;
  r1: u8;
  r2: u8;
}

@unmanaged
export class Rows4 {
  r0: u8;
  r1: u8;
  r2: u8;
  r3: u8;
}

@unmanaged
export class Rows5 {
  r0: u8;
  r1: u8;
  r2: u8;
  r3: u8;
  r4: u8;
}

@unmanaged
export class Rows6 {
  r0: u8;
  r1: u8;
  r2: u8;
  r3: u8;
  r4: u8;
  r5: u8;
}

/** The same for whether a tile starts from what is there already. */
@unmanaged
export class Fresh {}
@unmanaged
export class Accumulating {
  yes: u8;
}
