import { describe, expect, it } from "vitest";
import {
  type ActivationDescription,
  type ActivationName,
  activationOf,
  activations,
} from "../../src/kinds/activations/index.ts";
import { Random } from "../../src/ground/random.ts";

/** Every one as its name says, and those with options with others than by default, too. */
const each: ActivationDescription[] = [
  ...(Object.keys(activations) as ActivationName[]),
  { name: "leakyRelu", slope: 0.3 },
  { name: "leakyRelu", slope: 0 },
  { name: "elu", alpha: 0.3 },
  { name: "gelu", approximate: true },
];

describe.each(each.map((of) => [JSON.stringify(of), of] as const))("%s", (name, description) => {
  const activation = activationOf(description);
  const { range, numbers = [] } = activation;
  const forward = (x: Float64Array, at: Float64Array, width: number, count: number) =>
    activation.forward(x, at, width, count, numbers);
  const backward = (to: Float64Array, by: Float64Array, kept: Float64Array, width: number, count: number) =>
    activation.backward(to, by, kept, width, count, numbers);
  const [units, rows] = [5, 4];
  const random = new Random(7);
  const s = Float64Array.from({ length: units * rows }, () => random.uniform(-3, 3));
  const dx = Float64Array.from(s, () => random.uniform(-1, 1));
  const x = new Float64Array(s.length);
  forward(x, s, units, rows);
  const kept = activation.keeps === "preActivation" ? s : x;

  it("has its values within its range", () => {
    const extreme = Float64Array.of(-1000, -40, -1e-300, 0, 1000);
    const values = [...x, ...extreme.map((_, i) => (forward(extreme, Float64Array.from(extreme), 5, 1), extreme[i]!))];
    expect(values.every((value) => value >= range[0] && value <= range[1])).toBe(true);
  });

  it("has the derivative of its value", () => {
    const ds = new Float64Array(s.length);
    backward(ds, dx, kept, units, rows);
    const h = 1e-5;
    for (let i = 0; i < s.length; i++) {
      const [above, below] = [h, -h].map((step) => {
        const moved = s.slice();
        moved[i]! += step;
        const values = new Float64Array(s.length);
        forward(values, moved, units, rows);
        return values.reduce((sum, value, j) => sum + value * dx[j]!, 0);
      });
      expect(Math.abs(ds[i]! - (above! - below!) / (2 * h)), `s ${s[i]}`).toBeLessThan(1e-9);
    }
  });

  it("works in place", () => {
    const [values, slopes, ds] = [s.slice(), dx.slice(), new Float64Array(s.length)];
    forward(values, values, units, rows);
    expect(values).toEqual(x);
    backward(ds, dx, kept, units, rows);
    backward(slopes, slopes, kept, units, rows);
    expect(slopes).toEqual(ds);
  });

  it("hands a NaN on", () => {
    const values = new Float64Array(2);
    forward(values, Float64Array.of(NaN, 1), 1, 2);
    expect(values[0], name).toBeNaN();
    expect(values[1]).not.toBeNaN();
  });
});
