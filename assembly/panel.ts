/**
 * Rows to panels and back. A user's rows lie sample after sample; a panel holds 16 samples, unit after unit:
 *
 *     rows [sample, unit]              panels [panel, unit, 16]
 *     s0: a0 b0 c0                     panel 0:  a0 a1 a2 ... a15
 *     s1: a1 b1 c1          ->                   b0 b1 b2 ... b15
 *     s2: a2 b2 c2                               c0 c1 c2 ... c15
 *     ...                              panel 1:  a16 ...
 *
 * `order` says which row each place takes. The dead lanes beside the last sample repeat its row, so that they hold
 * nothing that a real sample does not; vectors of dead lanes only are left alone, here and everywhere.
 */
import { ONES } from "./constants";
import { LANES, panelsIn, ROW } from "./lanes";
import { Pass } from "./tables";

/**
 * The rows at places [begin, end) of `order`; the panel of place `begin` is the first.
 * x: [panel, units, 16]; rows: [*, units]; order: [*] u32.
 */
export function rowsToPanels(x: usize, rows: usize, order: usize, units: i32, begin: i32, end: i32): void {
  const rowBytes = (<usize>units) << 2;
  const last = end - 1;
  let at = x;
  for (let first = begin; first < end; first += LANES) {
    for (let lane = 0; lane < LANES && first + lane < end; lane += 4) {
      const place = first + lane;
      transposeFour(
        at + ((<usize>lane) << 2),
        rows + rowOf(order, place, last) * rowBytes,
        rows + rowOf(order, place + 1, last) * rowBytes,
        rows + rowOf(order, place + 2, last) * rowBytes,
        rows + rowOf(order, place + 3, last) * rowBytes,
        units,
      );
    }
    at += <usize>units * ROW;
  }
}

function rowOf(order: usize, place: i32, last: i32): usize {
  return <usize>load<u32>(order + ((<usize>min(place, last)) << 2));
}

/** Where the panel of a sample starts. */
export function panelAt(panels: usize, sample: i32, units: u32): usize {
  return panels + panelsIn(sample) * units * ROW;
}

/** Four rows become four lanes of every unit, by 4x4 transposes. */
function transposeFour(x: usize, r0: usize, r1: usize, r2: usize, r3: usize, units: i32): void {
  const stop = (<usize>units) << 2;
  let at: usize = 0;
  for (; at + 16 <= stop; at += 16) {
    const a = v128.load(r0 + at);
    const b = v128.load(r1 + at);
    const c = v128.load(r2 + at);
    const d = v128.load(r3 + at);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const out = x + (at << 4);
    v128.store(out, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
    v128.store(out, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7), ROW);
    v128.store(out, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 2 * ROW);
    v128.store(out, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 3 * ROW);
  }
  for (; at < stop; at += 4) {
    let lanes = v128.load32_zero(r0 + at);
    lanes = v128.load_lane<f32>(r1 + at, lanes, 1);
    lanes = v128.load_lane<f32>(r2 + at, lanes, 2);
    lanes = v128.load_lane<f32>(r3 + at, lanes, 3);
    v128.store(x + (at << 4), lanes);
  }
}

/**
 * The weights of the rows at places [begin, end) of `order`, one for each lane; the dead ones weigh nothing.
 * to: [panel, 16]; weights: [*]; order: [*] u32.
 */
export function weightsToPanels(to: usize, weights: usize, order: usize, begin: i32, end: i32): void {
  const stop = (end + LANES - 1) & -LANES;
  for (let place = begin; place < stop; place++) {
    const weight = place < end ? load<f32>(weights + (rowOf(order, place, end) << 2)) : 0;
    store<f32>(to + ((<usize>(place - begin)) << 2), weight);
  }
}

/** Where the weights of the panel that starts with sample `first` lie, [16]. */
export function weightsAt(pass: Pass, first: i32, end: i32): usize {
  if (pass.weights != 0) return pass.weights + ((<usize>first) << 2);
  return ONES + ((<usize>(LANES - min(end - first, LANES))) << 2);
}

/** The rows of places [begin, end) of `order`, from panels whose first holds place `begin`. */
export function panelsToRows(rows: usize, x: usize, order: usize, units: i32, begin: i32, end: i32): void {
  for (let place = begin; place < end; place++) {
    const index = <usize>(place - begin);
    const lane = x + (index >> 4) * <usize>units * ROW + ((index & 15) << 2);
    const row = rows + ((<usize>load<u32>(order + ((<usize>place) << 2)) * <usize>units) << 2);
    for (let u: usize = 0; u < <usize>units; u++) store<f32>(row + (u << 2), load<f32>(lane + u * ROW));
  }
}
