/**
 * The vector vocabulary: the only file that knows which instruction tier it is compiled for.
 * A lane carries a sample; 16 lanes, one cache line, are a panel's share of one unit.
 */

/** Samples in a panel. */
export const LANES: i32 = 16;
/** Bytes of one unit's row in a panel: 16 samples of 4 bytes. */
export const ROW: usize = 64;

/** Whether this build may fuse a multiply and an add into one rounding. */
export const FUSED: bool = ASC_FEATURE_RELAXED_SIMD;
/**
 * Whether this build is for hosts that make one 256-bit vector of two neighbours: set in asconfig.json. V8 starts from two
 * stores side by side and goes back through what they store, within one function, as far as it knows the instruction
 * (`nearest` it does not). Nothing but arithmetic may come between the two. The second is stored first: the other way
 * about V8 would store the first once more by itself, in case only the second lay outside the memory.
 */
export const WIDE: bool = LANEGRAD_WIDE != 0;

/** sum + a * b. In the strict tier always two roundings, so that every host computes the same bits. */
export function madd(sum: v128, a: v128, b: v128): v128 {
  if (FUSED) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** The bits of `a` where `mask` is set, else those of `b`. The mask must be all ones or all zeros in each lane. */
export function select(mask: v128, a: v128, b: v128): v128 {
  if (FUSED) return i32x4.relaxed_laneselect(a, b, mask);
  return v128.bitselect(a, b, mask);
}

/** 1 or -1 as the sign is, and 0 of 0. */
export function signOf(v: v128): v128 {
  const one = v128.bitselect(v, f32x4.splat(1), i32x4.splat(0x80000000));
  return v128.and(one, f32x4.ne(v, f32x4.splat(0)));
}

/** The sums of the lanes of four vectors, as one vector: [sum a, sum b, sum c, sum d]. */
export function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** The sum of four lanes, in the order of `sumLanes`. */
export function sumLanesF32(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 2, 3));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The sum of four lanes in float64. */
export function sumLanesF64(v: v128): f64 {
  const pairs = f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3)));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

/** How many whole panels so many samples fill: also the index of the panel that a sample lies in. */
export function panelsIn(samples: i32): usize {
  return <usize>samples / <usize>LANES;
}

/** How many bytes of a panel's rows carry samples, by whole vectors, of the panel that starts with sample `first`. */
export function aliveBytes(first: i32, end: i32): usize {
  return ((<usize>min(end - first + 3, LANES)) & ~3) << 2;
}
