import type { Floats } from "../../ground/floats.ts";
import type { OpBuffers, OpKind, Part } from "./op.ts";

/** Of so many equally likely numbers, those below a bound drop a unit. */
const NUMBERS = 2 ** 24;

/** numbers: how many of 2^24 numbers drop a unit, 1 / (1 - rate). */
export function dropoutNumbers(rate: number): number[] {
  return [Math.round(rate * NUMBERS), 1 / (1 - rate)];
}

/**
 * x = input m / (1 - rate), where m is 0 with probability `rate` and otherwise 1; outside of training x is the input. m is a
 * hash, bit for bit that of the kernels, so nothing is kept.
 */
export const dropout: OpKind = {
  keeps: "nothing",
  inPlace: true,
  parameterCount: () => 0,
  forward: (op, rows, part) => thin(op.output, op.input, op, rows, part),
  backward: (op, rows, part) => thin(op.dInput!, op.dOutput, op, rows, part),
};

function thin(to: Floats, from: Floats, { fanOut: units, numbers, index }: OpBuffers, rows: number, part: Part): void {
  if (part.mode === "use") {
    if (to !== from) to.set(from.subarray(0, rows * units));
    return;
  }
  const [dropped, scale] = numbers;
  const key = mix(mix(mix(part.seed + 0x9e3779b9) ^ part.step) ^ (index + 1));
  for (let u = 0; u < units; u++) {
    const unitKey = mix(key ^ Math.imul(u + 1, 0x9e3779b9));
    for (let r = 0; r < rows; r++) {
      const isKept = mix(unitKey ^ Math.imul(part.place + r + 1, 0x85ebca77)) >>> 8 >= dropped!;
      to[r * units + u] = isKept ? from[r * units + u]! * scale! : 0;
    }
  }
}

/** The finalizer of MurmurHash3 (Appleby). */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
