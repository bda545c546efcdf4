/**
 * x packed for `weightGradient`: tile after tile of units, and of each, sample after sample, so that a tile reads it from
 * its first byte to its last. Where panels hold [unit, 16 samples], a tile of it is [sample, units].
 */
import { aliveBytes, LANES, ROW, WIDE } from "../lanes";
import { TILE } from "./rows";

/**
 * Packs x of samples [begin, end), from a panel's first on, of `panels` panels in all. packed: [block of TILE / 4 units]
 * [16 panels samples][TILE / 4]; units past the last are 0.
 */
export function pack(packed: usize, x: usize, units: usize, panels: usize, begin: i32, end: i32): void {
  const blockBytes = panels * 16 * TILE;
  for (let first = begin; first < end; first += LANES) {
    const p = <usize>(first / LANES);
    const alive = aliveBytes(first, end);
    const panel = x + p * units * ROW;
    for (let u: usize = 0; u < units; u += 4) {
      const block = packed + ((u << 2) / TILE) * blockBytes;
      const to = block + p * 16 * TILE + ((u << 2) & (TILE - 1));
      if (u + 4 <= units) packFour(to, panel + u * ROW, alive);
      else packEdge(to, panel + u * ROW, units - u, alive);
    }
  }
}

/** The same of few samples, not more than a panel's, from the rows at `count` places of `order`. rows: [*, units]. */
export function packRows(packed: usize, rows: usize, order: usize, units: usize, count: i32): void {
  const rowBytes = units << 2;
  for (let place: usize = 0; place < <usize>count; place++) {
    const row = rows + <usize>load<u32>(order + (place << 2)) * rowBytes;
    const whole = rowBytes & ~(TILE - 1);
    let to = packed + place * TILE;
    for (let at: usize = 0; at < whole; at += TILE) {
      v128.store(to, v128.load(row + at));
      v128.store(to, v128.load(row + at, 16), 16);
      if (WIDE) {
        v128.store(to, v128.load(row + at, 32), 32);
        v128.store(to, v128.load(row + at, 48), 48);
      }
      to += 16 * TILE;
    }
    // What lies behind the last unit goes into columns of the last tile that nobody reads; it need only be there.
    for (let at = whole; at < rowBytes; at += 4) store<f32>(to + at - whole, load<f32>(row + at));
  }
}

function packFour(to: usize, from: usize, alive: usize): void {
  for (let lanes: usize = 0; lanes < alive; lanes += 16) {
    const a = v128.load(from + lanes);
    const b = v128.load(from + lanes, 64);
    const c = v128.load(from + lanes, 128);
    const d = v128.load(from + lanes, 192);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
    v128.store(to + TILE, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
    v128.store(to + 2 * TILE, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    v128.store(to + 3 * TILE, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    to += 4 * TILE;
  }
}

function packEdge(to: usize, from: usize, units: usize, alive: usize): void {
  for (let lane: usize = 0; lane < alive; lane += 4) {
    v128.store(to, f32x4.splat(0));
    for (let u: usize = 0; u < units; u++) store<f32>(to + (u << 2), load<f32>(from + lane + u * ROW));
    to += TILE;
  }
}
