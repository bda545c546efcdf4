/**
 * The tiles of dot products, from which assembly/build.mjs makes dots.ts: where samples or units are too few to fill the
 * lanes of a register tile (tiles.mjs), lanes run along the sum instead, and are added up at the end.
 *
 *             x0    x1    x2   ...        c12 = c12 + w1 x2, vector by vector: row 1 of w, row 2 of x
 *       w0   c00   c01   c02
 *       w1   c10   c11   c12
 *
 *     product         rows of                           by rows of                  lanes run along
 *     single          w, all of a register tile's       x, one sample               inputs
 *     few             w, 2                              x, 5 samples                inputs
 *     laneSums        ds, 2 units                       x, 4 inputs                 samples
 */
import { all, each, fileOf } from "../template.mjs";
import { eachRow, eachVector, loadLanes, rows, storeSums, zeroSums } from "./tiles.mjs";

const single = `
/**
 * c[ROWS, TILE] = the products of rows of w and x, summed over every TILE-th of the first \`bytes\` bytes. Where there are
 * fewer rows, the first is read in place of the others.
 */
export function singleTile(c: usize, w: usize, stride: usize, rows: usize, x: usize, bytes: usize): void {
  ${all(rows, (r) => `let w${r} = ${r === 0 ? "w" : `w + (rows > ${r} ? ${r} * stride : 0)`};`)}
  ${zeroSums}
  const stop = x + bytes;
  for (; x < stop; x += TILE) {
    ${loadLanes("x")}
    ${eachRow((r) => eachVector((v) => `c${r}${v} = madd(c${r}${v}, v128.load(w${r}, ${16 * v}), x${v});`), "ROWS")}
    ${all(rows, (r) => `w${r} += TILE;`)}
  }
  ${storeSums((r, v) => ["c", `${r} * TILE + ${16 * v}`], "ROWS")}
}`;

const units = [0, 1];
const samples = [0, 1, 2, 3, 4];

/** Sums are c120, unit 1 by sample 2, and beside it c121, the other half of the vector where it is wide. */
const eachSum = (piece) => all(units, (u) => all(samples, (i) => piece(`c${u}${i}`, 5 * u + i)));

const loadHalves = (name) => `
  const ${name}0 = v128.load(${name});
  let ${name}1 = ${name}0;
  if (WIDE) ${name}1 = v128.load(${name}, 16);`;

const multiplyAddHalves = (c, w, x) => `
  ${c}0 = madd(${c}0, ${w}0, ${x}0);
  if (WIDE) ${c}1 = madd(${c}1, ${w}1, ${x}1);`;

const few = `
/** c[2, 5, STEP] = the products of two rows of w and five of x, summed over every STEP-th of their bytes. */
export function fewTile(
  c: usize,
  ${all(units, (u) => `w${u}: usize,`)}
  ${all(samples, (i) => `x${i}: usize,`)}
  rowBytes: usize,
): void {
  ${eachSum((c) => [`let ${c}0 = f32x4.splat(0);`, `let ${c}1 = f32x4.splat(0);`])}
  const stop = w0 + (rowBytes & ~(STEP - 1));
  while (w0 < stop) {
    ${all(units, (u) => loadHalves(`w${u}`))}
    ${all(samples, (i) => [loadHalves(`x${i}`), ...units.map((u) => multiplyAddHalves(`c${u}${i}`, `w${u}`, `x${i}`))])}
    ${all(units, (u) => `w${u} += STEP;`)}
    ${all(samples, (i) => `x${i} += STEP;`)}
  }
  ${eachSum((c, at) => [`if (WIDE) v128.store(c, ${c}1, ${at} * STEP + 16);`, `v128.store(c, ${c}0, ${at} * STEP);`])}
}`;

const inputs = [0, 1, 2, 3];
const sumsOf = (u) => inputs.map((i) => `c${u}${i}`).join(", ");
const eachUnit = (piece) => each(units, "offsetof<R>()", piece);
const eachInput = (piece) => each(inputs, "offsetof<C>()", piece);

const laneSums = `
/**
 * dw[R, C] = (or, accumulating, +=) the sum over samples of ds[R] x[C]. Panels of ds are fanOut, those of x fanIn units
 * apart; R is at most 2, C at most 4.
 */
export function laneSumsTile<R, C>(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  accumulate: bool,
): void {
  const dsSkip = (fanOut - 1) * ROW;
  const xSkip = (fanIn - 1) * ROW;
  // Vector by vector through a panel's row, then on to the same unit in the next panel.
  let turn = ds + ROW;
  ${all(units, (u) => all(inputs, (i) => `let c${u}${i} = f32x4.splat(0);`))}
  for (let left = (samples + 3) >> 2; left > 0; left--) {
    const d0 = v128.load(ds);
    let d1 = d0;
    if (offsetof<R>() > 1) d1 = v128.load(ds, ROW);
    ${eachInput((i) => [
      `const x${i} = v128.load(x, ${i} * ROW);`,
      eachUnit((u) => `c${u}${i} = madd(c${u}${i}, d${u}, x${i});`),
    ])}
    ds += 16;
    x += 16;
    if (ds == turn) {
      ds += dsSkip;
      x += xSkip;
      turn = ds + ROW;
    }
  }
  ${eachUnit((u) => `storeColumns<C>(dw + ${u} * (fanIn << 2), sumLanes(${sumsOf(u)}), accumulate);`)}
}`;

export default fileOf(
  `/** Written by assembly/build.mjs from dots.mjs, where the picture is. */
  import { madd, ROW, sumLanes, WIDE } from "../lanes";
  import { storeColumns } from "./columns";
  import { ROWS, STEP, TILE } from "./rows";`,
  single,
  few,
  laneSums,
);
