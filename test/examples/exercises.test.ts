/** The answers of the examples: each script runs as a learner would run it, and what it finds is looked into once more. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadCsv, Network } from "lanegrad";
import type { Trace } from "lanegrad/dataflow";
import type { Entry, Sheet } from "../../examples/exercises/sheet.ts";

let printed: string;
beforeAll(() => {
  vi.spyOn(console, "log").mockImplementation((text: string) => void (printed += `${text}\n`));
});
afterAll(() => vi.restoreAllMocks());

/** Runs a script: the import is what it takes. */
async function answer<T extends { readonly sheet: Sheet }>(script: () => Promise<T>): Promise<T> {
  printed = "";
  const found = await script();
  const { sheet } = found;
  expect(printed).toContain(`${sheet.title}\n${"=".repeat(sheet.title.length)}`);
  expect(printed).not.toMatch(/NaN|undefined|\[object|`/);
  expect(entries(sheet, "picture").length).toBeGreaterThan(0);
  for (const { svg } of entries(sheet, "picture")) expect(svg).toMatch(/^<svg [^>]*xmlns=[\s\S]*<\/svg>\s*$/);
  return found;
}

function entries<K extends Entry["kind"]>(sheet: Sheet, kind: K): Extract<Entry, { kind: K }>[] {
  return sheet.entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
}

describe("exercise 1", () => {
  it("finds the nine weights in the network itself, and logistic regression in each unit", async () => {
    const { weightCount, weights, agreements } = await answer(() => import("../../examples/exercises/exercise-1.ts"));
    expect(weightCount).toBe(9);
    expect(weights.map(({ name }) => name)).toEqual([
      "w_(1,1)^(1)",
      "w_(1,2)^(1)",
      "w_(1,3)^(1)",
      "w_(2,1)^(1)",
      "w_(2,2)^(1)",
      "w_(2,3)^(1)",
      "w_(1,1)^(2)",
      "w_(1,2)^(2)",
      "w_(1,3)^(2)",
    ]);
    expect(weights.map(({ from, to }) => `${from} ${to}`)).toContain("x_3^(1) s_2^(2)");
    expect(agreements.map(({ unit }) => unit)).toEqual(["x_1^(2)", "x_2^(2)", "x_1^(3)"]);
    for (const { inNetwork, asRegression } of agreements) expect(asRegression).toBeCloseTo(inNetwork, 6);
  });
});

describe("exercise 2", () => {
  it("says female, male under 5, and either, of every passenger whose age is known", async () => {
    const script = await answer(() => import("../../examples/exercises/exercise-2.ts"));
    expect(script.passengerCount).toBe(1046);
    expect(script.answers.map(({ part, on, close }) => [part, on, close])).toEqual([
      ["(a)", 388, 1046],
      ["(b)", 27, 1046],
      ["(c)", 415, 1046],
    ]);
    for (const { farthest } of script.answers) expect(farthest).toBeLessThan(0.01);
    expect(script.correct).toBe(822);
    expect(script.accuracy).toBeCloseTo(822 / 1046, 12);
  });

  it("has weights that do what the exercise asks at any age, to a year around the fifth birthday", async () => {
    const { network } = await import("../../examples/exercises/exercise-2.ts");
    for (let age = 0; age <= 100; age += 0.25) {
      const [, hidden, output] = network.activations([
        [age, 0],
        [age, 1],
      ]);
      const [female, , male, young] = hidden!.activations;
      expect([female, male].map((value) => Math.round(value! * 20))).toEqual([20, 0]);
      expect(hidden!.activations[1]).toBeLessThan(0.01);
      expect(output!.activations[0]).toBeGreaterThan(0.99);
      if (age > 4 && age < 5) continue;
      expect(Math.abs(young! - (age < 5 ? 1 : 0))).toBeLessThan(0.01);
      expect(Math.abs(output!.activations[1]! - (age < 5 ? 1 : 0))).toBeLessThan(0.01);
    }
  });
});

describe("exercise 3", () => {
  it("finds the known partial derivatives and the known gradient", async () => {
    const { derivatives, gradient, f, g } = await answer(() => import("../../examples/exercises/exercise-3.ts"));
    expect(derivatives.map(({ sum }) => String(sum))).toEqual([
      "2 x sqrt(z) - 2 x y sin(x^2 y)",
      "-x^2 sin(x^2 y)",
      "x^2/(2 sqrt(z))",
    ]);
    expect(derivatives.map(({ paths }) => paths.length)).toEqual([2, 1, 1]);
    const { x, y, z } = f.point as { x: number; y: number; z: number };
    const known = [
      2 * x * Math.sqrt(z) - 2 * x * y * Math.sin(x * x * y),
      -x * x * Math.sin(x * x * y),
      (x * x) / (2 * Math.sqrt(z)),
    ];
    derivatives.forEach(({ value, sweep }, i) => {
      expect(value).toBeCloseTo(known[i]!, 12);
      expect(sweep).toBeCloseTo(known[i]!, 12);
    });
    expect(String(gradient.sum)).toBe("2 dot(c, x) c");
    const { c, x: vector } = g.point as { c: number[]; x: number[] };
    const product = c.reduce((sum, number, i) => sum + number * vector[i]!, 0);
    expect(gradient.value).toEqual(c.map((number) => 2 * product * number));
  });
});

describe("exercise 4", () => {
  it("finds (z − y) x, on one passenger and summed over all", async () => {
    const script = await answer(() => import("../../examples/exercises/exercise-4.ts"));
    const { derivative, gradient, x, y, z, sum, backpropagated } = script;
    expect(String(derivative.sum)).toBe("z (1 - y) x - y (1 - z) x");
    expect(z).toBeCloseTo(1 / (1 + Math.exp(0.04 + 2 - 1)), 12);
    x.forEach((input, j) => expect(gradient.value[j]).toBeCloseTo((z - y) * input, 12));
    sum.forEach((number, j) => expect(backpropagated[j]! / number).toBeCloseTo(1, 9));
  });
});

describe("exercise 5", () => {
  it("finds with its formulas what the network computes, and what central differences measure", async () => {
    const script = await answer(() => import("../../examples/exercises/exercise-5.ts"));
    expect(script.gradients.map(({ name }) => name)).toEqual(["w_1^(1)", "w_2^(1)", "w_1^(2)"]);
    for (const { formulas, kernels } of script.gradients) {
      formulas.forEach((number, j) => expect(number).toBeCloseTo(kernels[j]!, 12));
    }
    const { network, sample } = script;
    expect((await network.checkGradients(sample)).maxRelativeError).toBeLessThan(1e-7);
  });

  it("derives (a), (b) and (c) with the numbers of the network's own gradients", async () => {
    const { trace, network, sample } = await import("../../examples/exercises/exercise-5.ts");
    expectOwn(trace, network.gradients(sample));
    const { largerTrace, largerGradients } = await import("../../examples/exercises/exercise-5.ts");
    expectOwn(largerTrace, largerGradients);
  });

  /** The explanations against the sums of products that they write out. */
  function expectOwn(trace: Trace, gradients: ReturnType<Network["gradients"]>): void {
    const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    const slope = (k: number, i: number) => trace.x(k, i) * (1 - trace.x(k, i));
    const outputs = trace.widths.at(-1)!;
    for (const i of upTo(outputs)) {
      const [x, y] = [trace.x(trace.depth, i), trace.y(i)];
      const { value } = trace.outputDerivative(i);
      expect(value).toBeCloseTo((-y / x + (1 - y) / (1 - x)) / outputs, 12);
    }
    for (let k = 1; k < trace.depth; k++) {
      const [before, behind] = [trace.widths[k - 1]!, trace.widths[k]!];
      const { weights, biases } = gradients[k - 1]!;
      for (const i of upTo(behind)) {
        const own = [...weights.slice((i - 1) * before, i * before), biases[i - 1]!];
        expect([...trace.weightGradient(k, i).value]).toEqual(own);
        own.forEach((number, j) =>
          expect(number).toBeCloseTo(trace.dx(k + 1, i) * slope(k + 1, i) * trace.x(k, j + 1), 12),
        );
      }
      for (const i of upTo(before)) {
        const terms = upTo(behind).map((j) => trace.dx(k + 1, j) * slope(k + 1, j) * trace.w(k, j, i));
        const { value } = trace.inputDerivative(k, i);
        expect(value).toBeCloseTo(
          terms.reduce((sum, term) => sum + term, 0),
          12,
        );
      }
    }
  }
});

describe("section 6", () => {
  it("counts multiplications that grow exponentially for paths, linearly for the sweep", async () => {
    const { costs, networks, summed, swept } = await answer(() => import("../../examples/exercises/section-6.ts"));
    expect(costs.map(({ depth }) => depth)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    for (const [i, { depth, paths, sumOverPaths, backwardSweep }] of costs.entries()) {
      expect(paths).toBe(2 ** (depth + 1));
      // Two arrows a layer and one to the output, of which one is no factor more.
      expect(sumOverPaths).toBe(paths * 2 * depth);
      expect(backwardSweep).toBe(6 * depth);
      if (i > 0) expect(sumOverPaths).toBeGreaterThan(2 * costs[i - 1]!.sumOverPaths);
    }
    expect(swept).toBeCloseTo(summed, 12);
    expect(networks.map(({ weights }) => weights)).toEqual([81, 153, 225, 369, 729]);
    for (const [i, { hidden, paths, backwardSweep }] of networks.entries()) {
      expect(backwardSweep).toBe(152 * hidden + 19);
      if (i > 0) expect(paths).toBeGreaterThan(7 ** (hidden - networks[i - 1]!.hidden) * networks[i - 1]!.paths);
    }
  });
});

describe("section 7", () => {
  it("finds no difference above 1e-7 between backpropagation and its numerical approximation", async () => {
    const script = await answer(() => import("../../examples/exercises/section-7.ts"));
    expect(script.partials).toHaveLength(9);
    expect(script.error).toBeLessThan(1e-7);
    expect(script.check).toMatchObject({ checked: 9, skipped: 0, rows: 714 });
    expect(script.check.maxRelativeError).toBeLessThan(1e-7);
  });

  it("names the parameters in the order in which the engine keeps them", async () => {
    const { names, network } = await import("../../examples/exercises/section-7.ts");
    const { trace } = { trace: network.trace([30, 1], [0]) };
    const named = names.map((name) => {
      const [i, j, k] = name.match(/\d+/g)!.map(Number) as [number, number, number];
      return trace.w(k, i, j);
    });
    expect(named).toEqual([...network.parameters]);
  });

  it("shows errors that fall with h and with its square, until digits are missing", async () => {
    const { errors } = await import("../../examples/exercises/section-7.ts");
    const at = (points: readonly [number, number][], power: number) =>
      points.find(([h]) => Math.abs(Math.log10(h) - power) < 1e-9)![1];
    expect(Math.log10(at(errors.oneSided, -2) / at(errors.oneSided, -4))).toBeCloseTo(2, 1);
    expect(Math.log10(at(errors.central, -2) / at(errors.central, -3))).toBeCloseTo(2, 1);
    expect(at(errors.central, -12)).toBeGreaterThan(100 * at(errors.central, -5));
  });
});

describe("the passengers of the examples", () => {
  it("are those of the file: age, male, survived", async () => {
    const { loadPassengers, rowsOf } = await import("../../examples/exercises/passengers.ts");
    const dataset = await loadPassengers({ where: "train" });
    const again = await loadCsv(new URL("../../src/cli/titanic/titanic.csv", import.meta.url), {
      inputs: ["age", "male"],
      targets: ["survived"],
      where: ({ split }) => split === "train",
      derive: { male: ({ sex }) => sex === "male" },
      missing: "drop",
    });
    expect(dataset.inputs).toEqual(again.inputs);
    expect(rowsOf(dataset).slice(0, 2)).toEqual([
      { age: 29, male: 0, survived: 1 },
      { age: expect.closeTo(0.92, 6), male: 1, survived: 1 },
    ]);
  });
});
