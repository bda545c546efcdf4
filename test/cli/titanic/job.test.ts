import { beforeAll, describe, expect, it } from "vitest";
import type { ModelResult } from "../../../src/cli/titanic/results.ts";
import {
  checkPerceptron,
  interpret,
  loadPassengers,
  modelResults,
  type Models,
  panels,
  passengersOf,
  type PassengerSets,
  STARTS,
  trainModels,
} from "../../../src/cli/titanic/job.ts";

const sigma = (s: number) => 1 / (1 + Math.exp(-s));

let sets: PassengerSets;
let models: Models;
let results: ModelResult[];
const told: [done: number, loss: number][] = [];

beforeAll(async () => {
  sets = await loadPassengers();
  models = await trainModels(sets, "strict", (done, loss) => told.push([done, loss]));
  results = await modelResults(models, sets);
});

describe("the passengers", () => {
  it("are the 714 whose age is known, of whom 290 survived", () => {
    for (const set of Object.values(sets)) {
      expect(set.count).toBe(714);
      expect(set.targets.reduce((a: number, b: number) => a + b, 0)).toBe(290);
    }
    expect(sets.raw.inputNames).toEqual(["age", "male"]);
    expect(sets.withYoungMale.inputNames).toEqual(["age", "male", "is young male"]);
  });

  it("are young males exactly where male and under 5", () => {
    const { inputs, count } = sets.withYoungMale;
    let young = 0;
    for (let row = 0; row < count; row++) {
      const [age, male, is] = inputs.subarray(3 * row, 3 * row + 3);
      expect(is).toBe(male === 1 && age! < 5 ? 1 : 0);
      young += is!;
    }
    expect(young).toBe(23);
  });

  it("have ages as they are, and standardized ones only for the perceptron", () => {
    expect(sets.raw.standardization()).toBeUndefined();
    const { mean, std } = sets.standardized.standardization()!;
    expect(mean[0]).toBeCloseTo(29.6991, 4);
    expect(std[0]).toBeCloseTo(14.5163, 4);
    expect([mean[1], std[1]]).toEqual([0, 1]);
  });

  it("are drawn as they are", () => {
    const passengers = passengersOf(sets);
    expect(passengers.length).toBe(714);
    expect(passengers[0]).toEqual({ age: 29, male: 0, survived: 1 });
    expect(passengers.filter(({ male }) => male === 1).length).toBe(453);
  });
});

describe("the models", () => {
  it("reach the known losses, and get as many passengers right", () => {
    expect(results[0]!.loss).toBeCloseTo(0.5251799, 6);
    expect(results[1]!.loss).toBeCloseTo(0.5086088, 6);
    expect(results[2]!.loss).toBeCloseTo(0.49995, 4);
    expect(results.map(({ correct }) => correct)).toEqual([557, 564, 563]);
    for (const { count, confusion, correct } of results) {
      expect(count).toBe(714);
      expect(confusion.flat().reduce((a, b) => a + b)).toBe(714);
      expect(confusion[0][0] + confusion[1][1]).toBe(correct);
      expect(confusion[1][0] + confusion[1][1]).toBe(290);
    }
  });

  it("tell how far their training has come, and what it took", () => {
    expect(told.map(([done]) => done)).toEqual(Array.from({ length: STARTS + 2 }, (_, i) => i + 1));
    expect(told.every(([, loss]) => loss > 0.49 && loss < 0.7)).toBe(true);
    const { plain, youngMale, perceptron, starts, iterations, seconds } = models;
    expect(starts).toBe(20);
    for (const model of [plain, youngMale, perceptron]) {
      expect(model.iterations).toBeGreaterThan(5);
      expect(model.seconds).toBeGreaterThan(0);
    }
    expect(iterations).toBeGreaterThan(plain.iterations + youngMale.iterations + perceptron.iterations);
    expect(seconds).toBeGreaterThan(plain.seconds + youngMale.seconds + perceptron.seconds);
    expect(results.map((result) => result.iterations)).toEqual([plain, youngMale, perceptron].map((m) => m.iterations));
  });

  it("have moderate weights, and the lowest loss of the starts that have", () => {
    expect(models.perceptron.network.parameters.every((weight) => Math.abs(weight) < 50)).toBe(true);
    expect(models.perceptron.network.engine.tier).toBe("strict");
    expect(results[2]!.note).toContain("(age - 29.6991) / 14.5163");
    expect(results[2]!.note).toContain("The best of 20 starts whose weights stay below 30.");
  });

  it("name every weight as the notes do, with what it leads from and to", () => {
    const named = results.map(({ weights }) => weights.map(({ layer, i, j, from, to }) => [layer, i, j, from, to]));
    expect(named).toEqual([
      [
        [1, 1, 1, "age", "output"],
        [1, 1, 2, "male", "output"],
        [1, 1, 3, "1", "output"],
      ],
      [
        [1, 1, 1, "age", "output"],
        [1, 1, 2, "male", "output"],
        [1, 1, 3, "is young male", "output"],
        [1, 1, 4, "1", "output"],
      ],
      [
        [1, 1, 1, "age", "hidden 1"],
        [1, 1, 2, "male", "hidden 1"],
        [1, 1, 3, "1", "hidden 1"],
        [1, 2, 1, "age", "hidden 2"],
        [1, 2, 2, "male", "hidden 2"],
        [1, 2, 3, "1", "hidden 2"],
        [2, 1, 1, "hidden 1", "output"],
        [2, 1, 2, "hidden 2", "output"],
        [2, 1, 3, "1", "output"],
      ],
    ]);
  });

  it("are their named weights: the perceptron by hand", () => {
    const w = results[2]!.weights.map(({ value }) => value);
    const { mean, std } = models.perceptron.network.standardization!;
    for (const [age, male] of [
      [3, 1],
      [30, 0],
      [62, 1],
    ] as const) {
      const x = (age - mean[0]!) / std[0]!;
      const first = sigma(w[0]! * x + w[1]! * male + w[2]!);
      const second = sigma(w[3]! * x + w[4]! * male + w[5]!);
      const output = sigma(w[6]! * first + w[7]! * second + w[8]!);
      expect(models.perceptron.network.predict([age, male])[0]).toBeCloseTo(output, 5);
    }
    const [age, male, bias] = results[0]!.weights.map(({ value }) => value);
    expect(age).toBeCloseTo(-0.00543, 4);
    expect(male).toBeCloseTo(-2.4659, 3);
    expect(bias).toBeCloseTo(1.2773, 3);
  });

  it("pass the gradient check", async () => {
    const { partials, differenceError, engineError } = await checkPerceptron(models, sets);
    expect(partials).toBe(9);
    expect(differenceError).toBeLessThan(1e-7);
    expect(engineError).toBeLessThan(1e-4);
  });
});

describe("what was learned", () => {
  it("is read off the units: sex, age, and boys apart from men", () => {
    const { people, flips } = interpret(models);
    expect(people.map(({ label }) => label)).toEqual(["girl of 3", "woman of 30", "boy of 3", "man of 30"]);
    for (const { age, male, hidden, output } of people) {
      const [, units, last] = models.perceptron.network.activations([age, male]);
      expect(hidden).toEqual([...units!.activations]);
      expect(output).toBe(last!.activations[0]);
    }
    const [girl, woman, boy, man] = people.map(({ output }) => output);
    for (const saved of [girl, woman, boy]) expect(saved).toBeGreaterThan(0.6);
    expect(man).toBeLessThan(0.25);
    expect(flips.length).toBe(2);
    // One unit has come to tell boys from men.
    expect(flips.some(({ male }) => male !== null && male > 2 && male < 15)).toBe(true);
  });

  it("fills five panels with values between 0 and 1, which are the models' own", () => {
    const drawn = panels(models, results);
    expect(drawn.map(({ title }) => title)).toEqual([
      "Logistic regression",
      "Logistic regression with “is young male”",
      "Multi-layer perceptron",
      "Hidden unit 1",
      "Hidden unit 2",
    ]);
    for (const { value, caption } of drawn) {
      expect(caption).not.toBe("");
      for (const age of [0, 4.9, 5, 40, 80]) {
        for (const male of [0, 0.5, 1]) {
          expect(value(age, male)).toBeGreaterThanOrEqual(0);
          expect(value(age, male)).toBeLessThanOrEqual(1);
        }
      }
    }
    expect(drawn[0]!.caption).toBe("on age and male: 78.0 % right, mean log loss 0.5252");
    // A boy's birthday: what the second model is told, the first one cannot see.
    const jump = (n: number) => drawn[n]!.value(4.99, 1) - drawn[n]!.value(5, 1);
    expect(jump(0)).toBeLessThan(0.001);
    expect(jump(1)).toBeGreaterThan(0.3);
    expect(drawn[2]!.value(30, 1)).toBe(models.perceptron.network.predict([30, 1])[0]);
  });
});
