/** The machine's multiply-add limit, a kernel only to be measured: assembly/build.mjs makes limit.ts of this template. */
import { all, fileOf } from "./template.mjs";

const registers = Array.from({ length: 12 }, (_, r) => r);

const multiplyAdds = `
/**
 * c = c a + b on 12 registers, \`turns\` times: 96 floating-point operations a turn (12 vectors, 4 lanes, multiply and add),
 * 192 where vectors are wide. Nothing is faster. sums: 24 vectors, then twice a and twice b; from memory, since V8 would
 * make a constant vector anew each time it is used, and sees neighbours by how they are loaded and stored.
 */
export function multiplyAdds(sums: usize, turns: i32): void {
  const a0 = v128.load(sums, 384);
  const a1 = v128.load(sums, 400);
  const b0 = v128.load(sums, 416);
  const b1 = v128.load(sums, 432);
  ${all(registers, (r) => [`let c${r}0 = v128.load(sums, ${32 * r});`, `let c${r}1 = v128.load(sums, ${32 * r + 16});`])}
  for (let i = 0; i < turns; i++) {
    ${all(registers, (r) => [`c${r}0 = turn(c${r}0, a0, b0);`, `if (WIDE) c${r}1 = turn(c${r}1, a1, b1);`])}
  }
  ${all(registers, (r) => [`v128.store(sums, c${r}1, ${32 * r + 16});`, `v128.store(sums, c${r}0, ${32 * r});`])}
}`;

const turn = `
/** Fused, the product goes onto c, as in a tile; strict, that product would be the same in each turn, and made only once. */
function turn(c: v128, a: v128, b: v128): v128 {
  return FUSED ? madd(c, a, b) : madd(b, c, a);
}`;

export default fileOf(
  `/** Written by assembly/build.mjs from limit.mjs. */
  import { FUSED, madd, WIDE } from "./lanes";`,
  multiplyAdds,
  turn,
);
