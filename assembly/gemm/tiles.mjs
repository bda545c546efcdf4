/**
 * The register tile, written once: assembly/build.mjs makes tiles.ts of this template.
 *
 * A tile is R rows of a result by two vectors of four lanes, or four vectors where they are wide. Its sums stay in
 * registers from the first product to the last. A step loads the lanes of x and, for each row, one number a for all lanes:
 *
 *             x0    x1  |  x2    x3       right of the bar only where vectors are wide
 *       a0   c00   c01  |  c02   c03
 *       a1   c10   c11  |  c12   c13      c21 = c21 + a2 x1: row 2, lanes 4 to 7
 *       a2   c20   c21  |  c22   c23
 *       a3   c30   c31  |  c32   c33      edge tiles are the first R rows, cut at compile time
 *       a4   c40   c41  |  c42   c43
 *       a5   c50   c51  |  c52   c53
 *
 *     product          c: R rows of     a: a number of    x: a row of             a step is
 *     forward          s, by samples    a row of w        x, by samples           an input
 *     inputGradient    dx, by samples   a column of w     ds, by samples          a unit
 *     weightGradient   dw, by inputs    a row of ds       x, packed, by inputs    a sample
 *
 * V8 has 15 vector registers to give. Fused, 6 rows need 12 sums, two vectors of x and one of a. Strict, a product needs a
 * register of its own, so 4 rows are best. Wide, V8 makes one 256-bit register of two neighbours, so there are twice as
 * many lanes in as many registers. Sums are set before the loop and stored after it, all together, and of two neighbours
 * the second first, or V8 does not see them.
 */
import { all, each, fileOf, onlyIf } from "../template.mjs";

export const rows = [0, 1, 2, 3, 4, 5];

/** A piece for each row of a tile. */
export const eachRow = (piece, count = "offsetof<R>()") => each(rows, count, piece);

/** A piece for each vector of a row. */
export const eachVector = (piece) => `${all([0, 1], piece)}
${onlyIf("WIDE", all([2, 3], piece))}`;

/** Where vector v of row r lies: an address and a constant offset, in a panel or from the row's own address. */
const inPanel = (address) => (r, v) => [address, 64 * r + 16 * v];
const inRow = (address) => (r, v) => [`${address}${r}`, 16 * v];

const rowAddresses = (address, stride) =>
  all(rows, (r) => `const ${address}${r} = ${r === 0 ? address : `${address} + ${r} * ${stride}`};`);

/** Every sum has its name, even where its row is cut. */
export const zeroSums = all(rows, (r) => all([0, 1, 2, 3], (v) => `let c${r}${v} = f32x4.splat(0);`));

const loadSums = (place) => eachRow((r) => eachVector((v) => `c${r}${v} = v128.load(${place(r, v).join(", ")});`));

const storeSum = (r, v, address, offset) => `v128.store(${address}, c${r}${v}, ${offset});`;
/** Of two neighbours the second first. */
export const storeSums = (place, count) =>
  eachRow((r) => eachVector((v) => storeSum(r, v ^ 1, ...place(r, v ^ 1))), count);

export const loadLanes = (address) => `
  const x0 = v128.load(${address});
  const x1 = v128.load(${address}, 16);
  let x2 = x0;
  let x3 = x0;
  if (WIDE) {
    x2 = v128.load(${address}, 32);
    x3 = v128.load(${address}, 48);
  }`;

/** A step: c = c + a x in all rows. */
const multiplyAdds = (x, a) => `
  ${loadLanes(x)}
  ${eachRow((r) => [
    `const a${r} = v128.load32_splat(${a(r)});`,
    eachVector((v) => `c${r}${v} = madd(c${r}${v}, a${r}, x${v});`),
  ])}`;

const forward = `
/** s[R, TILE] = w[R, fanIn] x[fanIn, TILE] + b[R]. Rows of w are fanIn apart; units of x and s are a panel row apart. */
export function forwardTile<R>(s: usize, x: usize, w: usize, b: usize, fanIn: usize): void {
  const rowBytes = fanIn << 2;
  ${rowAddresses("w", "rowBytes")}
  ${zeroSums}
  ${eachRow((r) => [`c${r}0 = v128.load32_splat(b, ${4 * r});`, ...[1, 2, 3].map((v) => `c${r}${v} = c${r}0;`)])}
  for (let k: usize = 0; k < rowBytes; k += 4) {
    ${multiplyAdds("x", (r) => `w${r} + k`)}
    x += ROW;
  }
  ${storeSums(inPanel("s"))}
}`;

const inputGradient = `
/** dx[R, TILE] = (or, accumulating, +=) w[count, R]^T ds[count, TILE]; rows of w are rowBytes apart. */
export function inputGradientTile<R, A>(dx: usize, ds: usize, w: usize, rowBytes: usize, count: usize): void {
  const stop = ds + count * ROW;
  ${zeroSums}
  if (offsetof<A>() > 0) {
    ${loadSums(inPanel("dx"))}
  }
  for (; ds < stop; ds += ROW) {
    ${multiplyAdds("ds", (r) => `w, ${4 * r}`)}
    w += rowBytes;
  }
  ${storeSums(inPanel("dx"))}
}`;

const weightGradient = `
/**
 * dw[R, TILE] = (or, accumulating, +=) the sum over samples of ds[R] x[TILE], lanes running along the units of x. ds:
 * panels dsPanel bytes apart; x: packed, [samples, TILE]; rows of dw are \`stride\` bytes apart.
 */
export function weightGradientTile<R, A>(
  dw: usize,
  stride: usize,
  ds: usize,
  dsPanel: usize,
  x: usize,
  samples: usize,
): void {
  ${rowAddresses("dw", "stride")}
  ${zeroSums}
  if (offsetof<A>() > 0) {
    ${loadSums(inRow("dw"))}
  }
  const stop = x + samples * TILE;
  // Over a panel's 16 samples ds goes by 4 bytes, from one panel to the next by dsPanel.
  let turn = x + 16 * TILE;
  while (x < stop) {
    ${multiplyAdds("x", (r) => `ds, ${r} * ROW`)}
    x += TILE;
    ds += 4;
    if (x == turn) {
      ds += dsPanel - ROW;
      turn += 16 * TILE;
    }
  }
  ${storeSums(inRow("dw"))}
}`;

export default fileOf(
  `/** Written by assembly/build.mjs from tiles.mjs, where the picture is. */
  import { madd, ROW, WIDE } from "../lanes";
  import { TILE } from "./rows";`,
  forward,
  inputGradient,
  weightGradient,
);
