import type { OpKind } from "./op.ts";

/** n = (x - mean) / sqrt(variance + epsilon), both over the units of a row. numbers: epsilon. */
export const layerNorm: OpKind = {
  keeps: "input",
  inPlace: false,
  parameterCount: () => 0,
  forward({ output: n, input: x, fanOut: units, numbers }, rows) {
    for (let begin = 0; begin < rows * units; begin += units) {
      const { mean, r } = momentsOf(x, begin, units, numbers[0]!);
      for (let i = begin; i < begin + units; i++) n[i] = (x[i]! - mean) * r;
    }
  },
  /** dx = (dn - mean dn - n mean (dn n)) / sqrt(variance + epsilon). */
  backward({ dInput: dx, dOutput: dn, kept: x, fanOut: units, numbers }, rows) {
    for (let begin = 0; begin < rows * units; begin += units) {
      const { mean, r } = momentsOf(x, begin, units, numbers[0]!);
      let [sum, dot] = [0, 0];
      for (let i = begin; i < begin + units; i++) {
        sum += dn[i]!;
        dot += dn[i]! * (x[i]! - mean) * r;
      }
      for (let i = begin; i < begin + units; i++) {
        dx![i] = (dn[i]! - sum / units - ((x[i]! - mean) * r * dot) / units) * r;
      }
    }
  },
};

function momentsOf(x: ArrayLike<number>, begin: number, units: number, epsilon: number) {
  let [sum, squares] = [0, 0];
  for (let i = begin; i < begin + units; i++) sum += x[i]!;
  const mean = sum / units;
  for (let i = begin; i < begin + units; i++) squares += (x[i]! - mean) ** 2;
  return { mean, r: 1 / Math.sqrt(squares / units + epsilon) };
}
