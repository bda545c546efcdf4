/** How large register tiles are, in numbers and as types: what they are is told in tiles.mjs. */
import { FUSED, WIDE } from "../lanes";

/** Rows of a full tile. */
export const ROWS: usize = FUSED ? 6 : 4;
/** Bytes of a tile's lanes: half a panel's row, or all of it. */
export const TILE: usize = WIDE ? 64 : 32;
/** Bytes of one vector, which is twice as long where V8 makes one of two. */
export const STEP: usize = WIDE ? 32 : 16;

// The number of rows as a type: offsetof<Rows3>() is 3 at compile time.
@unmanaged
export class Rows1 {
  r0: u8;
}

@unmanaged
export class Rows2 extends Rows1 {
  r1: u8;
}

@unmanaged
export class Rows3 extends Rows2 {
  r2: u8;
}

@unmanaged
export class Rows4 extends Rows3 {
  r3: u8;
}

@unmanaged
export class Rows5 extends Rows4 {
  r4: u8;
}

@unmanaged
export class Rows6 extends Rows5 {
  r5: u8;
}

/** The same for whether a tile starts from what is there already. */
@unmanaged
export class Fresh {}
@unmanaged
export class Accumulating {
  yes: u8;
}
