import { describe, expect, it } from "vitest";
import { searchLine } from "../../src/training/line-search.ts";
import { copyPoint, newPoint } from "../../src/training/vectors.ts";

interface Line {
  value(x: number): number;
  slope(x: number): number;
}

/** From x = 0 along +1, with f(x) and f'(x). */
function search({ value, slope }: Line, firstStep: number, noise = 0) {
  const [origin, trial] = [newPoint(1), newPoint(1)];
  let calls = 0;
  const objective = (at: Float64Array, gradient: Float64Array) => {
    calls++;
    gradient[0] = slope(at[0]!);
    return value(at[0]!);
  };
  origin.value = objective(origin.at, origin.gradient);
  origin.slope = origin.gradient[0]!;
  copyPoint(trial, origin);
  calls = 0;
  const lines = searchLine(objective, origin, Float64Array.of(1), firstStep, trial, newPoint(1), noise);
  let result = lines.next();
  while (!result.done) result = lines.next();
  return { found: result.value, origin, trial, calls };
}

const parabola: Line = { value: (x) => (x - 10) ** 2, slope: (x) => 2 * (x - 10) };

describe("a line search", () => {
  it.each([
    ["a parabola, from a step that is far too short", parabola, 1e-3],
    ["a parabola, from a step that is far too long", parabola, 1e4],
    // J. Moré and D. Thuente, Line search algorithms with guaranteed sufficient decrease (1994), equation 5.1, beta = 2.
    [
      "the first function of Moré and Thuente",
      { value: (x: number) => -x / (x * x + 2), slope: (x: number) => (x * x - 2) / (x * x + 2) ** 2 },
      10,
    ],
    [
      "a function that is infinite beyond 1",
      {
        value: (x: number) => (x < 1 ? -Math.log(1 - x) - 3 * x : Infinity),
        slope: (x: number) => (x < 1 ? 1 / (1 - x) - 3 : NaN),
      },
      8,
    ],
  ])("ends where both strong Wolfe conditions hold: %s", (_, line, firstStep) => {
    const { found, origin, trial } = search(line, firstStep);
    expect(found).toBe(true);
    expect(trial.value).toBeLessThanOrEqual(origin.value + 1e-4 * trial.step * origin.slope);
    expect(Math.abs(trial.slope)).toBeLessThanOrEqual(0.9 * Math.abs(origin.slope));
    expect(trial.at[0]).toBe(trial.step);
    expect(trial.value).toBe(line.value(trial.step));
  });

  it("takes the first step if that will do", () => {
    expect(search(parabola, 10)).toMatchObject({ found: true, calls: 1, trial: { step: 10, value: 0 } });
  });

  it("does not start uphill, on the flat, or where the slope is no number", () => {
    for (const slope of [1, 0, NaN]) {
      expect(search({ value: (x) => x, slope: () => slope }, 1)).toMatchObject({ found: false, calls: 0 });
    }
  });

  it("gives up where the slope promises what the values do not keep", () => {
    expect(search({ value: (x) => x, slope: () => -1 }, 1).found).toBe(false);
  });

  it("keeps the lowest point where a line goes down for ever", () => {
    const { found, trial } = search({ value: (x) => -x, slope: () => -1 }, 1);
    expect(found).toBe(true);
    expect(trial.value).toBe(-trial.step);
    expect(trial.step).toBeGreaterThan(1e11);
  });
});
