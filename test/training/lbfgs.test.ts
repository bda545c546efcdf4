import { describe, expect, it } from "vitest";
import { CapacityError } from "../../src/ground/errors.ts";
import { CurvatureHistory, lbfgs, type LbfgsSettings, type Objective } from "../../src/training/lbfgs.ts";
import { Random } from "../../src/ground/random.ts";

type Plain = (at: Float64Array, gradient: Float64Array) => number;

interface Minimized {
  /** Of each iteration. */
  readonly values: number[];
  readonly evaluations: number;
  readonly converged: boolean;
  readonly point: Float64Array;
}

function minimize(
  objective: Objective,
  start: number[],
  settings: Partial<LbfgsSettings> = {},
  limit = 1000,
): Minimized {
  const point = Float64Array.from(start);
  const values: number[] = [];
  let evaluations = 0;
  for (const value of lbfgs(objective, point, { memory: 10, tolerance: 1e-9, noise: 2 ** -50, ...settings })) {
    evaluations++;
    if (value !== undefined) values.push(value);
    if (evaluations === limit) return { values, evaluations, converged: false, point };
  }
  return { values, evaluations, converged: true, point };
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
    const { converged, point, evaluations, values } = minimize(rosenbrock, start);
    expect(converged).toBe(true);
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
      const { converged, point } = minimize(quadratic(curvatures), start);
      expect(converged, `seed ${seed}`).toBe(true);
      point.forEach((x, i) => expect(Math.abs(x - i), `seed ${seed}, x${i}`).toBeLessThan(1e-6));
    }
  });

  it.each([1, 2, 5, 40])("does with a memory of %i", (memory) => {
    const { point, converged } = minimize(rosenbrock, [-1.2, 1], { memory });
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 7);
  });

  it("is there at once where the slope is small already", () => {
    expect(minimize(rosenbrock, [1, 1])).toMatchObject({ converged: true, evaluations: 1, values: [] });
    expect(minimize(quadratic([1]), [0.5], { tolerance: 1 })).toMatchObject({ evaluations: 1 });
  });

  it("always holds the best point so far", () => {
    const point = Float64Array.of(-1.2, 1);
    let best = Infinity;
    for (const value of lbfgs(rosenbrock, point, { memory: 10, tolerance: 1e-9, noise: 2 ** -50 })) {
      const held = rosenbrock(point, new Float64Array(2));
      expect(held).toBeLessThanOrEqual(best);
      best = held;
      if (value !== undefined) expect(value).toBe(held);
    }
  });

  it("steps back from where the function is not finite", () => {
    // -ln x + x, with its minimum at 1 and nothing at or below 0.
    const barrier: Objective = (at, gradient) => {
      gradient[0] = 1 - 1 / at[0]!;
      return at[0]! - Math.log(at[0]!);
    };
    const { point, converged } = minimize(barrier, [0.001]);
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 8);
  });

  it("ends on a function computed in float32, at its best point", () => {
    const single: Objective = (at, gradient) => {
      at.forEach((x, i) => (at[i] = Math.fround(x)));
      const value = Math.fround(rosenbrock(at, gradient));
      gradient.forEach((g, i) => (gradient[i] = Math.fround(g)));
      return value;
    };
    const { point, converged, evaluations } = minimize(single, [-1.2, 1], { noise: 2 ** -23, tolerance: 0 }, 20_000);
    expect(converged).toBe(true);
    expect(evaluations).toBeLessThan(20_000);
    expect(point[0]).toBeCloseTo(1, 3);
  });

  it("gives up where a gradient only pretends that there is a way down", () => {
    const liar: Objective = (at, gradient) => {
      gradient[0] = -Math.sign(at[0]!);
      return Math.abs(at[0]!);
    };
    const { converged, point, values } = minimize(liar, [1]);
    expect({ converged, values }).toEqual({ converged: true, values: [] });
    expect([...point]).toEqual([1]);
  });

  it("descends without end where there is no bottom, iteration by iteration", () => {
    const slope: Objective = (at, gradient) => {
      gradient[0] = 1;
      return at[0]!;
    };
    const { values, converged } = minimize(slope, [0], {}, 500);
    expect(converged || values.length > 5).toBe(true);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  it("refuses more numbers than there is room for", () => {
    const start = { length: 2 ** 45 } as Float64Array;
    const run = lbfgs(rosenbrock, start, { memory: 10, tolerance: 0, noise: 0 });
    expect(() => run.next()).toThrow(CapacityError);
  });

  it("takes room for its memory only as it fills", () => {
    const settings = { memory: 1000, tolerance: 1e-9, noise: 2 ** -50 };
    const before = process.memoryUsage().arrayBuffers;
    const run = lbfgs(quadratic([1, 2]), new Float64Array(100_000), settings);
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
    history.direction(before, Float64Array.of(1, 1));
    history.add(point([0, 0], [0, 0]), point([5, 7], [-3, -4])); // the function bends down here
    const after = new Float64Array(2);
    history.direction(after, Float64Array.of(1, 1));
    expect(after).toEqual(before);
  });
});
