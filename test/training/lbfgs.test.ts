import { describe, expect, it } from "vitest";
import { CapacityError } from "../../src/ground/errors.ts";
import { CurvatureHistory, type LbfgsSettings, Minimizer } from "../../src/training/lbfgs.ts";
import type { Objective } from "../../src/training/vectors.ts";
import { Random } from "../../src/ground/random.ts";

type Plain = (at: Float64Array, gradient: Float64Array) => number;

interface Minimized {
  /** Of each iteration. */
  readonly values: number[];
  readonly evaluations: number;
  /** Why it ended; undefined where the limit was met first. */
  readonly ended: "converged" | "lineSearch" | undefined;
  readonly point: Float64Array;
}

/** Until it ends, or has asked for `limit` values. */
function minimize(objective: Plain, start: number[], settings: Partial<LbfgsSettings> = {}, limit = 1000): Minimized {
  const point = Float64Array.from(start);
  const values: number[] = [];
  let evaluations = 0;
  const counted: Objective = (at, gradient) => {
    evaluations++;
    return objective(at, gradient);
  };
  const minimizer = new Minimizer(counted, point, { memory: 10, tolerance: 1e-9, noise: 2 ** -50, ...settings });
  const iterations = minimizer.iterations();
  for (;;) {
    const { done, value } = iterations.next();
    if (done) return { values, evaluations, ended: value, point };
    if (value !== undefined) values.push(value);
    if (evaluations >= limit) return { values, evaluations, ended: undefined, point };
  }
}

/** 100 (y - x^2)^2 + (1 - x)^2: a bent valley with its end at (1, 1). */
const rosenbrock: Plain = (at, gradient) => {
  const [x, y] = at as unknown as [number, number];
  gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
  gradient[1] = 200 * (y - x * x);
  return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
};

/** sum_i c_i (x_i - i)^2 / 2 */
const quadratic =
  (curvatures: number[]): Plain =>
  (at, gradient) => {
    curvatures.forEach((c, i) => (gradient[i] = c * (at[i]! - i)));
    return curvatures.reduce((sum, c, i) => sum + (c * (at[i]! - i) ** 2) / 2, 0);
  };

describe("lbfgs", () => {
  it.each([[[-1.2, 1]], [[0, 0]], [[10, -7]], [[-5, 30]]])("walks down Rosenbrock's valley from %j", (start) => {
    const { ended, point, evaluations, values } = minimize(rosenbrock, start);
    expect(ended).toBe("converged");
    expect(point[0]).toBeCloseTo(1, 8);
    expect(point[1]).toBeCloseTo(1, 8);
    expect(evaluations).toBeLessThan(200);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  it("finds the bottom of quadratics, however stretched", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const curvatures = Array.from({ length: 1 + random.below(12) }, () => 10 ** random.uniform(-1, 1.5));
      const start = curvatures.map(() => random.uniform(-20, 20));
      const { ended, point } = minimize(quadratic(curvatures), start);
      expect(ended, `seed ${seed}`).toBe("converged");
      point.forEach((x, i) => expect(Math.abs(x - i), `seed ${seed}, x${i}`).toBeLessThan(1e-6));
    }
  });

  it.each([1, 2, 5, 40])("does with a memory of %i", (memory) => {
    const { point, ended } = minimize(rosenbrock, [-1.2, 1], { memory });
    expect(ended).toBe("converged");
    expect(point[0]).toBeCloseTo(1, 7);
  });

  it("is there at once where the slope is small already", () => {
    expect(minimize(rosenbrock, [1, 1])).toMatchObject({ ended: "converged", evaluations: 1, values: [] });
    expect(minimize(quadratic([1]), [0.5], { tolerance: 1 })).toMatchObject({ evaluations: 1 });
  });

  it("always holds the best point so far", () => {
    const point = Float64Array.of(-1.2, 1);
    let best = Infinity;
    const minimizer = new Minimizer(rosenbrock, point, { memory: 10, tolerance: 1e-9, noise: 2 ** -50 });
    for (const value of minimizer.iterations()) {
      const held = rosenbrock(point, new Float64Array(2));
      expect(held).toBeLessThanOrEqual(best);
      best = held;
      if (value !== undefined) expect(value).toBe(held);
    }
  });

  it("steps back from where the function is not finite", () => {
    // -ln x + x, with its minimum at 1 and nothing at or below 0.
    const barrier: Plain = (at, gradient) => {
      gradient[0] = 1 - 1 / at[0]!;
      return at[0]! - Math.log(at[0]!);
    };
    const { point, ended } = minimize(barrier, [0.001]);
    expect(ended).toBe("converged");
    expect(point[0]).toBeCloseTo(1, 8);
  });

  it("ends on a function computed in float32, at its best point", () => {
    const single: Plain = (at, gradient) => {
      at.forEach((x, i) => (at[i] = Math.fround(x)));
      const value = Math.fround(rosenbrock(at, gradient));
      gradient.forEach((g, i) => (gradient[i] = Math.fround(g)));
      return value;
    };
    const { point, ended, evaluations } = minimize(single, [-1.2, 1], { noise: 2 ** -23, tolerance: 0 }, 20_000);
    expect(ended).toBe("converged");
    expect(evaluations).toBeLessThan(20_000);
    expect(point[0]).toBeCloseTo(1, 3);
  });

  it("gives up where a gradient only pretends that there is a way down", () => {
    const liar: Plain = (at, gradient) => {
      gradient[0] = -Math.sign(at[0]!);
      return Math.abs(at[0]!);
    };
    const { ended, point, values } = minimize(liar, [1]);
    expect({ ended, values }).toEqual({ ended: "lineSearch", values: [] });
    expect([...point]).toEqual([1]);
  });

  it("descends without end where there is no bottom, iteration by iteration", () => {
    const slope: Plain = (at, gradient) => {
      gradient[0] = 1;
      return at[0]!;
    };
    const { values, ended } = minimize(slope, [0], {}, 500);
    expect(ended !== undefined || values.length > 5).toBe(true);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  it("refuses more numbers than there is room for", () => {
    const start = { length: 2 ** 45 } as Float64Array;
    const settings = { memory: 10, tolerance: 0, noise: 0 };
    expect(() => new Minimizer(rosenbrock, start, settings)).toThrow(CapacityError);
  });

  it("takes room for its memory only as it fills", () => {
    const settings = { memory: 1000, tolerance: 1e-9, noise: 2 ** -50 };
    const before = process.memoryUsage().arrayBuffers;
    const run = new Minimizer(quadratic([1, 2]), new Float64Array(100_000), settings).iterations();
    for (let turn = 0; turn < 6; turn++) run.next();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 8 * 100_000);
  });
});

describe("the memory of curvature", () => {
  const point = (at: number[], gradient: number[]) => ({
    at: Float64Array.from(at),
    gradient: Float64Array.from(gradient),
    value: 0,
    slope: 0,
    step: 0,
  });

  it.each([1, 2, 3])("forgets nothing for a pair that it does not take, with room for %i", (limit) => {
    const history = new CurvatureHistory(limit);
    for (let i = 0; i < limit; i++) history.add(point([i, 0], [2 * i, 0]), point([i + 1, 1], [2 * i + 2, 3]));
    const before = new Float64Array(2);
    Array.from(history.direction(before, Float64Array.of(1, 1)));
    history.add(point([0, 0], [0, 0]), point([5, 7], [-3, -4])); // the function bends down here
    const after = new Float64Array(2);
    Array.from(history.direction(after, Float64Array.of(1, 1)));
    expect(after).toEqual(before);
  });
});
