import { describe, expect, it } from "vitest";
import { activationOf, activations } from "../../src/kinds/activations/index.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { type LossDescription, losses, lossOf, type LossName } from "../../src/kinds/losses/index.ts";
import { checkTargets } from "../../src/kinds/losses/targets.ts";
import { Random } from "../../src/ground/random.ts";

const [units, rows] = [3, 4];
const random = new Random(5);
const s = Float64Array.from({ length: units * rows }, () => random.uniform(-2, 2));
const outputs = Float64Array.from(s, () => random.uniform(0.1, 0.9));
/** Rows of numbers from 0 to 1 that add up to 1, which every loss takes. */
const y = new Float64Array(s.length);
activations.softmax.forward(
  y,
  Float64Array.from(s, () => random.uniform(-2, 2)),
  units,
  rows,
  [],
);

/** Every one as its name says, and those with options with others than by default, too. */
const each: LossDescription[] = [
  ...(Object.keys(losses) as LossName[]),
  { name: "binaryCrossEntropy", labelSmoothing: 0.2 },
  { name: "categoricalCrossEntropy", labelSmoothing: 0.2 },
  { name: "focal", gamma: 0.5, alpha: 0.25 },
  { name: "huber", delta: 0.3 },
  { name: "quantile", quantile: 0.9 },
];

/** d f / d at[i] by central differences. */
function slopes(at: Float64Array, f: (at: Float64Array) => number): Float64Array {
  const h = 1e-5;
  return at.map((_, i) => {
    const [above, below] = [h, -h].map((step) => f(at.map((value, j) => (i === j ? value + step : value))));
    return (above! - below!) / (2 * h);
  });
}

describe.each(each.map((of) => [JSON.stringify(of), lossOf(of)] as const))("%s", (_, loss) => {
  it("has the derivative of its value, by outputs", () => {
    const d = new Float64Array(s.length);
    loss.gradient(d, outputs, y, units, rows, 0.25, false);
    const expected = slopes(outputs, (x) => 0.25 * loss.value(x, s, y, units, rows, false));
    d.forEach((value, i) => expect(Math.abs(value - expected[i]!), `partial ${i}`).toBeLessThan(1e-8));
  });

  it("is a mean over the units of a row, and a sum over rows", () => {
    const one = [0, 1, 2, 3].map((row) => {
      const part = (values: Float64Array) => values.subarray(row * units, (row + 1) * units);
      return loss.value(part(outputs), part(s), part(y), units, 1, false);
    });
    expect(loss.value(outputs, s, y, units, rows, false)).toBeCloseTo(
      one.reduce((sum, value) => sum + value, 0),
      12,
    );
  });

  it("is finite where outputs are 0 and 1, however wrong", () => {
    const [x, wrong] = [Float64Array.of(0, 1), Float64Array.of(1, 0)];
    const d = new Float64Array(2);
    loss.gradient(d, x, wrong, 2, 1, 1, false);
    expect([loss.value(x, x, wrong, 2, 1, false), ...d].every(Number.isFinite)).toBe(true);
  });
});

it("gives the values that one has by hand", () => {
  const value = (name: LossDescription, x: number[], targets: number[], of = x.length) =>
    lossOf(name).value(Float64Array.from(x), new Float64Array(x.length), Float64Array.from(targets), of, 1, false);
  expect(value("binaryCrossEntropy", [0.25], [1])).toBeCloseTo(Math.log(4), 14);
  expect(value("binaryCrossEntropy", [0.25, 0.5], [0, 1])).toBeCloseTo((Math.log(4 / 3) + Math.log(2)) / 2, 14);
  expect(value("categoricalCrossEntropy", [0.125, 0.75, 0.125], [0.5, 0, 0.5])).toBeCloseTo(Math.log(8), 14);
  expect(value("meanSquaredError", [1, 2], [3, 5])).toBe(6.5);
  expect(value("meanAbsoluteError", [1, 2], [3, 5])).toBe(2.5);
  expect(value("quantile", [1, 2], [3, 5])).toBe(1.25);
  expect(value({ name: "quantile", quantile: 0.75 }, [1, 9], [3, 5])).toBe(1.25);
  expect(value("poisson", [1, 2], [3, 5])).toBeCloseTo((1 + 2 - 5 * Math.log(2)) / 2, 14);
});

it("gives with label smoothing the loss of targets of which a share goes to all classes alike", () => {
  const value = (of: LossDescription, x: number[], targets: number[]) =>
    lossOf(of).value(Float64Array.from(x), new Float64Array(x.length), Float64Array.from(targets), x.length, 1, false);
  const x = [0.125, 0.75, 0.125, 0.25];
  const [names, labelSmoothing] = [["categoricalCrossEntropy", "binaryCrossEntropy"] as const, 0.4];
  const smooth = [0.7, 0.1, 0.1, 0.1];
  expect(value({ name: names[0], labelSmoothing }, x, [1, 0, 0, 0])).toBeCloseTo(value(names[0], x, smooth), 14);
  const sides = [0.8, 0.2, 0.8, 0.2];
  expect(value({ name: names[1], labelSmoothing }, x, [1, 0, 1, 0])).toBeCloseTo(value(names[1], x, sides), 14);
});

it("gives by focal of gamma 0 the cross-entropy, and weighs the sides by alpha", () => {
  const value = (of: LossDescription, targets: number[]) =>
    lossOf(of).value(Float64Array.of(0.25, 0.9), Float64Array.of(0, 0), Float64Array.from(targets), 2, 1, false);
  const entropy = (targets: number[]) => value("binaryCrossEntropy", targets);
  expect(value({ name: "focal", gamma: 0 }, [1, 0])).toBeCloseTo(entropy([1, 0]), 14);
  expect(value({ name: "focal", gamma: 0, alpha: 0.25 }, [1, 1])).toBeCloseTo(0.25 * entropy([1, 1]), 14);
  expect(value({ name: "focal", gamma: 0, alpha: 0.25 }, [0, 0])).toBeCloseTo(0.75 * entropy([0, 0]), 14);
  expect(value("focal", [1, 0])).toBeCloseTo((-(0.75 ** 2) * Math.log(0.25) - 0.9 ** 2 * Math.log(0.1)) / 2, 14);
});

describe("targets", () => {
  const check = (loss: LossName, ...targets: number[]) => checkTargets("fit", loss, Float64Array.from(targets), 2);

  it("are taken where the loss exists", () => {
    check("meanSquaredError", -1e300, 1e300);
    check("binaryCrossEntropy", 0, 1, 0.5, 0.25);
    check("categoricalCrossEntropy", 0, 1, 0.3, 0.70001);
    check("poisson", 0, 12, 0.5, 1e9);
  });

  it("are refused elsewhere, the row named", () => {
    expect(() => check("binaryCrossEntropy", 0, 1, 2, 0)).toThrow(InvalidInputError);
    expect(() => check("binaryCrossEntropy", 0, 1, 2, 0)).toThrow(
      "fit: targets, row 2: expected numbers from 0 to 1 for the loss binaryCrossEntropy, got 2",
    );
    expect(() => check("binaryCrossEntropy", NaN, 0)).toThrow("row 1");
    expect(() => check("categoricalCrossEntropy", 0.5, 0.4)).toThrow(
      "fit: targets, row 1: expected numbers that add up to 1 for the loss categoricalCrossEntropy, got a sum of 0.9",
    );
    expect(() => check("poisson", 0, -1)).toThrow(
      "row 1: expected numbers from 0 to Infinity for the loss poisson, got -1",
    );
    expect(() => check("categoricalCrossEntropy", -1, 2)).toThrow("expected numbers from 0 to 1");
  });
});

const fusing = each
  .map((of) => [JSON.stringify(of), lossOf(of)] as const)
  .filter(([, { fusesWith }]) => fusesWith !== undefined);

describe.each(fusing)("%s with its activation", (_, loss) => {
  it("has the derivative of its value, by logits", () => {
    const { forward, numbers = [] } = activationOf(loss.fusesWith!);
    const x = new Float64Array(s.length);
    forward(x, s, units, rows, numbers);
    const d = new Float64Array(s.length);
    loss.gradient(d, x, y, units, rows, 0.25, true);
    const moved = new Float64Array(s.length);
    const expected = slopes(s, (logits) => {
      forward(moved, logits, units, rows, numbers);
      return 0.25 * loss.value(moved, logits, y, units, rows, true);
    });
    d.forEach((value, i) => expect(Math.abs(value - expected[i]!), `partial ${i}`).toBeLessThan(1e-8));
    expect(loss.value(x, s, y, units, rows, true)).toBeCloseTo(loss.value(x, s, y, units, rows, false), 12);
  });

  it("is finite for a target of 0 at the ends of float64", () => {
    const logits = Float64Array.of(Number.MAX_VALUE, -Number.MAX_VALUE, 0);
    const targets = Float64Array.of(1, 0, 0);
    const x = new Float64Array(3);
    activationOf(loss.fusesWith!).forward(x, logits, 3, 1, []);
    // Of outputs without a bound infinity is right.
    const isFinite = loss.outputs.every(Number.isFinite);
    expect(Number.isFinite(loss.value(x, logits, targets, 3, 1, true))).toBe(isFinite);
  });
});
