import { describe, expect, it } from "vitest";
import { type Evidence, checkCalibration, fitPlatt, fitTemperature, probabilities, sideOdds } from "../../src/explain/calibration.ts"; // prettier-ignore
import { atOnce } from "../../src/ground/pieces.ts";
import { Random } from "../../src/ground/random.ts";

const SEED = 31;
const sigma = (z: number) => 1 / (1 + Math.exp(-z));

/** Yes and no that come as often as odds that are `slope` times the given ones say, moved by `intercept`. */
function sides(count: number, slope: number, intercept = 0): Evidence {
  const random = new Random(SEED);
  const odds = Float64Array.from({ length: count }, () => 3 * random.normal());
  const targets = odds.map((z) => (random.uniform(0, 1) < sigma(slope * z + intercept) ? 1 : 0));
  return { odds, targets, weights: undefined, units: 1 };
}

/** The cross-entropy at 1/temperature, plainly. */
const lossAt = ({ odds, targets }: Evidence, slope: number, intercept = 0) =>
  odds.reduce((sum, z, i) => {
    const u = slope * z + intercept;
    return sum + Math.log1p(Math.exp(-Math.abs(u))) + Math.max(u, 0) - targets[i]! * u;
  }, 0);

describe("a temperature", () => {
  it(`is that of the smallest loss, near the one that the rows were drawn by (seed ${SEED})`, () => {
    const evidence = sides(20_000, 0.4);
    const { temperature } = atOnce(fitTemperature("calibrate", evidence, "sides"));
    expect(temperature).toBeGreaterThan(2.3);
    expect(temperature).toBeLessThan(2.7);
    const best = lossAt(evidence, 1 / temperature);
    for (const factor of [0.999, 1.001]) expect(lossAt(evidence, factor / temperature)).toBeGreaterThan(best);
  });

  it("of two classes is that of one side, and weights count as repeated rows do", () => {
    const one = sides(300, 0.5);
    const two = { units: 2, weights: undefined, odds: new Float64Array(600), targets: new Float64Array(600) };
    one.odds.forEach((z, i) => {
      two.odds[2 * i + 1] = z;
      two.targets.set([1 - one.targets[i]!, one.targets[i]!], 2 * i);
    });
    const single = atOnce(fitTemperature("calibrate", one, "sides")).temperature;
    expect(atOnce(fitTemperature("calibrate", two, "classes")).temperature).toBeCloseTo(single, 6);
    const weighed = { ...one, weights: Float64Array.from(one.odds, (_, i) => 1 + (i % 2)) };
    const twice = (values: ArrayLike<number>) => Float64Array.from([...Array.from(values), ...Array.from(values).filter((_, i) => i % 2 === 1)]); // prettier-ignore
    const repeated = { ...one, odds: twice(one.odds), targets: twice(one.targets) };
    expect(atOnce(fitTemperature("calibrate", weighed, "sides")).temperature).toBeCloseTo(
      atOnce(fitTemperature("calibrate", repeated, "sides")).temperature,
      6,
    );
  });

  it("is not to be had of outputs that say nothing, or are never wrong", () => {
    const never = { odds: Float64Array.of(-1, 2), targets: Float64Array.of(0, 1), weights: undefined, units: 1 };
    expect(() => atOnce(fitTemperature("calibrate", never, "sides"))).toThrow(
      "rows of which some are predicted wrongly",
    );
    const nothing = { ...never, targets: Float64Array.of(1, 0) };
    expect(() => atOnce(fitTemperature("calibrate", nothing, "sides"))).toThrow("say more of the targets than chance");
  });
});

describe("Platt's sigmoid", () => {
  it(`finds slope and intercept that the rows were drawn by (seed ${SEED})`, () => {
    const { slopes, intercepts } = atOnce(fitPlatt(sides(20_000, 0.4, 1), "sides"));
    expect(slopes[0]).toBeGreaterThan(0.37);
    expect(slopes[0]).toBeLessThan(0.43);
    expect(intercepts[0]).toBeGreaterThan(0.9);
    expect(intercepts[0]).toBeLessThan(1.1);
  });
});

describe("mended probabilities", () => {
  it("are those of the equations", () => {
    const to = new Float64Array(2);
    probabilities(to, Float64Array.of(1, -2), 2, { method: "temperature", outputs: "sides", temperature: 2 });
    [sigma(0.5), sigma(-1)].forEach((p, i) => expect(to[i]).toBeCloseTo(p, 14));
    probabilities(to, Float64Array.of(1, -2), 2, { method: "temperature", outputs: "classes", temperature: 2 });
    [sigma(1.5), sigma(-1.5)].forEach((p, i) => expect(to[i]).toBeCloseTo(p, 14));
    const platt = { method: "platt", outputs: "sides", slopes: [2, 1], intercepts: [0, 3] } as const;
    probabilities(to, Float64Array.of(1, -2), 2, platt);
    [sigma(2), sigma(1)].forEach((p, i) => expect(to[i]).toBeCloseTo(p, 14));
  });

  it("of one class against the rest have odds against the sum of these", () => {
    const odds = Float64Array.of(9, 1, 2, 3);
    const rest = Math.log(Math.exp(1) + Math.exp(3));
    expect(sideOdds(odds, 1, 3, 1, "classes")).toBeCloseTo(2 - rest, 12);
    expect(sideOdds(odds, 1, 3, 1, "sides")).toBe(2);
  });

  it("are plain data, which are checked", () => {
    const given = { method: "temperature", outputs: "sides", temperature: 2 };
    expect(checkCalibration("withCalibration", given, 1)).toEqual(given);
    expect(() => checkCalibration("withCalibration", { ...given, temperature: 0 }, 1)).toThrow("temperature");
    expect(() => checkCalibration("withCalibration", { ...given, method: "plat" }, 1)).toThrow('did you mean "platt"');
  });
});
