/** Schedules against PyTorch's values, which `test/golden/schedules.py` writes, and as data. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { constant, type ConstantOptions } from "../../../src/kinds/schedules/constant.ts";
import { cosine, type CosineOptions } from "../../../src/kinds/schedules/cosine.ts";
import { exponential, type ExponentialOptions } from "../../../src/kinds/schedules/exponential.ts";
import { oneCycle, type OneCycleOptions } from "../../../src/kinds/schedules/oneCycle.ts";
import { polynomial, type PolynomialOptions } from "../../../src/kinds/schedules/polynomial.ts";
import { reduceOnPlateau, type ReduceOnPlateauOptions } from "../../../src/kinds/schedules/reduceOnPlateau.ts";
import type { LearningRate, Schedule } from "../../../src/kinds/schedules/index.ts";
import { checkLearningRate, monitorOf, observe, rateAt, startOf } from "../../../src/kinds/schedules/schedule.ts";
import { step, type StepDecayOptions } from "../../../src/kinds/schedules/step.ts";
import { warmUp, type WarmUpOptions } from "../../../src/kinds/schedules/warmUp.ts";

/** A schedule as the golden values name it: its factory's name and options. */
type Described = { readonly name: string; readonly schedule?: Described | number };

const golden = JSON.parse(readFileSync(new URL("../../golden/schedules.json", import.meta.url), "utf8")) as {
  cases: { schedule: Described; rates: number[] }[];
  plateaus: { schedule: ReduceOnPlateauOptions; values: number[]; rates: number[] }[];
};

const factories: Readonly<Record<string, (options: object) => Schedule>> = {
  constant: (options) => constant(options as ConstantOptions),
  step: (options) => step(options as StepDecayOptions),
  exponential: (options) => exponential(options as ExponentialOptions),
  polynomial: (options) => polynomial(options as PolynomialOptions),
  cosine: (options) => cosine(options as CosineOptions),
  oneCycle: (options) => oneCycle(options as OneCycleOptions),
  warmUp(options) {
    const { schedule, ...others } = options as WarmUpOptions & { schedule: Described | number };
    return warmUp(typeof schedule === "number" ? schedule : made(schedule), others);
  },
};

function made({ name, ...options }: Described): Schedule {
  return factories[name]!(options);
}

/** To 12 digits: PyTorch multiplies some rates step by step. */
function expectRates(found: number[], expected: number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((rate, t) => {
    expect(Math.abs(rate - expected[t]!), `step ${t}: ${rate}, not ${expected[t]}`).toBeLessThanOrEqual(
      1e-12 * Math.abs(expected[t]!),
    );
  });
}

const bounds = { above: 0, max: 1e30 };

/** One of each kind, and a number. */
const examples: LearningRate[] = [
  0.1,
  constant({ rate: 0.1 }),
  step({ from: 0.1, every: 10 }),
  exponential({ from: 0.1, factor: 0.9 }),
  polynomial({ from: 0.1, steps: 10 }),
  cosine({ from: 0.1, steps: 10 }),
  cosine({ from: 0.1, steps: 10, restarts: true }),
  oneCycle({ peak: 0.1, steps: 10 }),
  warmUp(cosine({ from: 0.1, steps: 10 }), { steps: 5 }),
  reduceOnPlateau({ from: 0.1 }),
  warmUp(reduceOnPlateau({ from: 0.1, monitor: "validation.loss" }), { steps: 5, from: 0 }),
];

describe("schedules are PyTorch's", () => {
  it.each(golden.cases.map(({ schedule, rates }) => ({ text: JSON.stringify(schedule), schedule, rates })))(
    "$text",
    ({ schedule, rates }) => {
      const rate = made(schedule);
      expectRates(
        rates.map((_, t) => rateAt(rate, t)),
        rates,
      );
    },
  );

  it.each(golden.plateaus.map((one) => ({ text: JSON.stringify(one.schedule), ...one })))(
    "reduceOnPlateau $text",
    ({ schedule, values, rates }) => {
      const rate = reduceOnPlateau(schedule);
      let state = startOf(rate)!;
      const found = values.map((value) => {
        // What a state has been through does not matter: as JSON it is the same.
        state = JSON.parse(
          JSON.stringify(observe(rate, state, value, schedule.mode === "max" ? "higher" : "lower")),
        ) as typeof state;
        return rateAt(rate, 0, state);
      });
      expectRates(found, rates);
    },
  );
});

describe("a schedule", () => {
  it("is named data", () => {
    expect(cosine({ from: 3e-3, to: 1e-5, steps: 900 })).toEqual({ name: "cosine", from: 3e-3, to: 1e-5, steps: 900 });
    expect(warmUp(0.5, { steps: 3 })).toEqual({ name: "warmUp", schedule: 0.5, steps: 3 });
    expect(oneCycle({ peak: 1, steps: 9 })).toEqual({
      name: "oneCycle",
      peak: 1,
      steps: 9,
      from: 1 / 25,
      to: 1 / 250_000,
      rise: 0.3,
    });
  });

  it("is the same after structuredClone and JSON", () => {
    for (const rate of examples) {
      for (const copy of [structuredClone(rate), JSON.parse(JSON.stringify(rate)) as LearningRate]) {
        const checked = checkLearningRate("rate", copy, bounds);
        expect(checked).toEqual(rate);
        for (const t of [0, 1, 7, 100]) expect(rateAt(checked, t)).toBe(rateAt(rate, t));
      }
    }
  });

  it("says the rate of any step, without those before", () => {
    for (const rate of examples) {
      const forward = Array.from({ length: 50 }, (_, t) => rateAt(rate, t));
      const backward = Array.from({ length: 50 }, (_, t) => rateAt(rate, 49 - t)).toReversed();
      expect(backward).toEqual(forward);
      expect(forward.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    }
  });

  it("stays where it ends", () => {
    const late = (rate: LearningRate) => rateAt(rate, 1e12);
    expect(late(cosine({ from: 1, to: 0.25, steps: 10 }))).toBe(0.25);
    expect(late(polynomial({ from: 1, to: 0.25, steps: 10, power: 0.5 }))).toBe(0.25);
    expect(late(oneCycle({ peak: 1, to: 0.25, steps: 10 }))).toBe(0.25);
    expect(late(exponential({ from: 1, factor: 0.5 }))).toBe(0);
  });

  it("may be a function of one's own, of the step", () => {
    const halving = (t: number) => 2 ** -t;
    expect(checkLearningRate("rate", halving, bounds)).toBe(halving);
    expect(rateAt(halving, 3)).toBe(1 / 8);
    expect(rateAt(warmUp(halving, { steps: 4 }), 7)).toBe(1 / 8);
  });

  it("rises before any other as if that began after it", () => {
    const rate = warmUp(step({ from: 1, every: 2 }), { steps: 4 });
    const first = Array.from({ length: 7 }, (_, t) => rateAt(rate, t));
    expect(first.map((value) => Number(value.toFixed(12)))).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1, 0.1]);
  });

  it("restarts in cycles that need not grow by whole numbers", () => {
    const rate = cosine({ from: 1, steps: 4, restarts: true, growth: 1.5 });
    // Cycles of 4, 6, 9 and 13.5 steps.
    for (const t of [0, 4, 10, 19]) expect(rateAt(rate, t)).toBe(1);
    for (const t of [2, 7, 14.5]) expect(rateAt(rate, t)).toBeCloseTo(0.5, 12);
  });
});

describe("a plateau", () => {
  const rate = reduceOnPlateau({ from: 1, patience: 0, factor: 0.5, monitor: "validation.loss" });

  it("names what it goes by, also behind a warm-up, which lasts as long all the same", () => {
    const behind = warmUp(rate, { steps: 3, from: 0 });
    expect([monitorOf(rate), monitorOf(behind), monitorOf(0.1), monitorOf(cosine({ from: 1, steps: 2 }))]).toEqual([
      { path: "validation.loss" },
      { path: "validation.loss" },
      undefined,
      undefined,
    ]);
    const state = observe(behind, observe(behind, startOf(behind)!, 1, "lower"), 1, "lower");
    expect([1, 3, 9].map((t) => rateAt(behind, t, state))).toEqual([0.5 / 3, 0.5, 0.5]);
  });

  it("does not take NaN for better, nor change a state that others hold", () => {
    const before = observe(rate, startOf(rate)!, 1, "lower");
    const after = observe(rate, before, NaN, "lower");
    expect([before.rate, after.rate, after.best]).toEqual([1, 0.5, 1]);
  });
});

describe("a schedule that cannot be", () => {
  it.each([
    [() => cosine({ from: -1, steps: 3 }), "cosine: from: expected a finite number, at least 0"],
    [() => cosine({ from: 1, steps: 0 }), "cosine: steps: expected a whole number, at least 1"],
    [() => cosine({ from: 1, step: 3 } as never), 'got "step" (did you mean "steps"?)'],
    [() => cosine({ from: 1, steps: 3, growth: 2 }), "cosine: growth: expected none without `restarts: true`, got 2"],
    [() => cosine({ from: 1, steps: 3, restarts: 2 as never }), "cosine: restarts: expected true or false, got 2"],
    [() => step({ from: 1, every: 2, factor: 2 }), "step: factor: expected a finite number, above 0, at most 1, got 2"],
    [() => exponential({ from: 1 } as never), "exponential: factor: expected a finite number"],
    [() => polynomial({ from: 1, steps: 3, power: 0 }), "polynomial: power"],
    [() => oneCycle({ peak: 1, steps: 1 }), "oneCycle: steps: expected a whole number, at least 2"],
    [() => oneCycle({ steps: 10 } as never), "oneCycle: peak: expected a finite number"],
    [() => constant({ rate: NaN }), "constant: rate"],
    [() => reduceOnPlateau({ from: 1, mode: "least" as never }), 'reduceOnPlateau: mode: expected "min" or "max"'],
    [() => reduceOnPlateau({ from: 1, monitor: "" }), "reduceOnPlateau: monitor"],
    [() => warmUp("cosine" as never, { steps: 3 }), "warmUp: schedule: expected a number, a schedule or a function"],
    [() => warmUp(0, { steps: 3 }), "warmUp: schedule: expected a finite number"],
    [() => warmUp(1, { steps: 3, to: 1 } as never), "warmUp: expected options among steps, from"],
  ])("is refused", (make, message) => {
    expect(make).toThrow(message);
  });

  it("is refused where it was not made by its factory", () => {
    const check = (given: unknown) => () => checkLearningRate("sgd: learningRate", given as LearningRate, bounds);
    expect(check({ name: "cosin", from: 1, steps: 3 })).toThrow(
      'this program has called, got "cosin" (schedules are made',
    );
    expect(check({ name: "cosine", from: 1 })).toThrow("cosine: steps");
    expect(check(undefined)).toThrow("sgd: learningRate: expected a number, a schedule or a function of the step, got");
    expect(check(0)).toThrow("sgd: learningRate: expected a finite number, above 0");
  });
});
