import { describe, expect, it } from "vitest";
import { type Activation, activations } from "../../src/kinds/activations/index.ts";
import { Random } from "../../src/ground/random.ts";

describe.each(Object.entries(activations))("%s", (name, { forward, backward, range }: Activation) => {
  const [units, rows] = [5, 4];
  const random = new Random(7);
  const s = Float64Array.from({ length: units * rows }, () => random.uniform(-3, 3));
  const dx = Float64Array.from(s, () => random.uniform(-1, 1));
  const x = new Float64Array(s.length);
  forward(x, s, units, rows);

  it("has its values within its range", () => {
    const extreme = Float64Array.of(-1000, -40, -1e-300, 0, 1000);
    const values = [...x, ...extreme.map((_, i) => (forward(extreme, Float64Array.from(extreme), 5, 1), extreme[i]!))];
    expect(values.every((value) => value >= range[0] && value <= range[1])).toBe(true);
  });

  it("has the derivative of its value", () => {
    const ds = new Float64Array(s.length);
    backward(ds, dx, x, units, rows);
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
    backward(ds, dx, x, units, rows);
    backward(slopes, slopes, x, units, rows);
    expect(slopes).toEqual(ds);
  });

  it("hands a NaN on", () => {
    const values = new Float64Array(2);
    forward(values, Float64Array.of(NaN, 1), 1, 2);
    expect(values[0], name).toBeNaN();
    expect(values[1]).not.toBeNaN();
  });
});
