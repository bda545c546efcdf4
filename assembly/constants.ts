/**
 * The constants of `math.ts`, in linear memory: V8 makes a constant vector anew at each use, by five instructions, where a
 * load that spreads a number over the lanes is one. The owner of a memory calls `writeConstants` before any other kernel.
 * The polynomials and the split of ln 2, the first part of which has few enough bits that its product with a small whole
 * number is exact, are those of Cephes (S. Moshier, single/expf.c, logf.c, tanhf.c).
 */

/** Where they lie; `src/engine/wasm/layout.ts` leaves room for them. */
const TABLE: usize = 64;

export const LOG2_E: usize = TABLE + 0;
export const MINUS_LN2_HIGH: usize = TABLE + 4;
export const MINUS_LN2_LOW: usize = TABLE + 8;
export const LN2_HIGH: usize = TABLE + 12;
export const LN2_LOW: usize = TABLE + 16;
export const EXP_MOST: usize = TABLE + 20;
export const EXP_LEAST: usize = TABLE + 24;
export const ONE: usize = TABLE + 28;
export const TWO: usize = TABLE + 32;
export const MINUS_HALF: usize = TABLE + 36;
export const THREE_HALVES: usize = TABLE + 40;
export const NEAR: usize = TABLE + 44;
export const EXP_0: usize = TABLE + 48;
export const EXP_1: usize = TABLE + 52;
export const EXP_2: usize = TABLE + 56;
export const EXP_3: usize = TABLE + 60;
export const EXP_4: usize = TABLE + 64;
export const EXP_5: usize = TABLE + 68;
export const LOG_0: usize = TABLE + 72;
export const LOG_1: usize = TABLE + 76;
export const LOG_2: usize = TABLE + 80;
export const LOG_3: usize = TABLE + 84;
export const LOG_4: usize = TABLE + 88;
export const LOG_5: usize = TABLE + 92;
export const LOG_6: usize = TABLE + 96;
export const LOG_7: usize = TABLE + 100;
export const LOG_8: usize = TABLE + 104;
export const TANH_0: usize = TABLE + 108;
export const TANH_1: usize = TABLE + 112;
export const TANH_2: usize = TABLE + 116;
export const TANH_3: usize = TABLE + 120;
export const TANH_4: usize = TABLE + 124;
export const BIAS: usize = TABLE + 128;
export const MANTISSA: usize = TABLE + 132;
export const SQRT_HALF_BITS: usize = TABLE + 136;
export const SIGN: usize = TABLE + 140;
export const INFINITY_BITS: usize = TABLE + 144;
export const ROUNDER: usize = TABLE + 148;
/** Sixteen ones and fifteen zeros: the weights of a panel, from the one on that leaves as many ones as there are samples. */
export const ONES: usize = TABLE + 192;

/** The number at an address, in all lanes. */
export function constant(address: usize): v128 {
  return v128.load32_splat(address);
}

export function writeConstants(): void {
  store<f32>(LOG2_E, 1.44269504088896341);
  store<f32>(MINUS_LN2_HIGH, -0.693359375);
  store<f32>(MINUS_LN2_LOW, 2.1219444e-4);
  store<f32>(LN2_HIGH, 0.693359375);
  store<f32>(LN2_LOW, -2.1219444e-4);
  store<f32>(EXP_MOST, 89);
  store<f32>(EXP_LEAST, -104);
  store<f32>(ONE, 1);
  store<f32>(TWO, 2);
  store<f32>(MINUS_HALF, -0.5);
  store<f32>(THREE_HALVES, 1.5);
  store<f32>(NEAR, 0.625);
  store<f32>(EXP_0, 5.0000001201e-1);
  store<f32>(EXP_1, 1.6666665459e-1);
  store<f32>(EXP_2, 4.1665795894e-2);
  store<f32>(EXP_3, 8.3334519073e-3);
  store<f32>(EXP_4, 1.3981999507e-3);
  store<f32>(EXP_5, 1.98756915e-4);
  store<f32>(LOG_0, 3.3333331174e-1);
  store<f32>(LOG_1, -2.4999993993e-1);
  store<f32>(LOG_2, 2.0000714765e-1);
  store<f32>(LOG_3, -1.6668057665e-1);
  store<f32>(LOG_4, 1.4249322787e-1);
  store<f32>(LOG_5, -1.2420140846e-1);
  store<f32>(LOG_6, 1.167699874e-1);
  store<f32>(LOG_7, -1.151461031e-1);
  store<f32>(LOG_8, 7.0376836292e-2);
  store<f32>(TANH_0, -3.33332819422e-1);
  store<f32>(TANH_1, 1.33314422036e-1);
  store<f32>(TANH_2, -5.37397155531e-2);
  store<f32>(TANH_3, 2.06390887954e-2);
  store<f32>(TANH_4, -5.70498872745e-3);
  store<u32>(BIAS, 127);
  store<u32>(MANTISSA, 0x007fffff);
  store<u32>(SQRT_HALF_BITS, 0x3f3504f3);
  store<u32>(SIGN, 0x80000000);
  store<f32>(ROUNDER, 12582912);
  store<u32>(INFINITY_BITS, 0x7f800000);
  for (let i: usize = 0; i < 31; i++) store<f32>(ONES + (i << 2), i < 16 ? 1 : 0);
}
