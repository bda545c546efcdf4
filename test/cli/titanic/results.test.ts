import { describe, expect, it } from "vitest";
import { readHiddenUnits } from "../../../src/cli/titanic/results.ts";

const sigma = (s: number) => 1 / (1 + Math.exp(-s));
const evaluate = (age: number, male: number) => {
  const hidden = [sigma(8 * male - 4), sigma(6 * male - 0.9 * age - 1), sigma(0.1 * (age - 80.5))];
  return { hidden, output: hidden[0]! * hidden[1]! };
};
const boy = { label: "boy of 3", age: 3, male: 1 };

describe("hidden units", () => {
  const { people, flips } = readHiddenUnits([boy, { label: "girl of 8", age: 8, male: 0 }], evaluate);

  it("flip at the age at which they cross 0.5, by sex, and never where that is beyond 80", () => {
    // 6 - 0.9 age - 1 = 0; the others keep their side from 0 to 80.
    expect(flips.map(({ female }) => female)).toEqual([null, null, null]);
    expect(flips.map(({ male }) => male === null)).toEqual([true, false, true]);
    expect(flips[1]!.male).toBeCloseTo(5 / 0.9, 9);
  });

  it("flip whether they rise or fall with age", () => {
    const rising = readHiddenUnits([], (age) => ({ hidden: [sigma(age - 20), sigma(20 - age)], output: 0 }));
    for (const { female, male } of rising.flips) {
      expect(female).toBeCloseTo(20, 9);
      expect(male).toBe(female);
    }
  });

  it("have their values for each person", () => {
    expect(people[0]).toEqual({ ...boy, ...evaluate(3, 1) });
    expect(people[1]).toMatchObject({ label: "girl of 8", ...evaluate(8, 0) });
  });
});
