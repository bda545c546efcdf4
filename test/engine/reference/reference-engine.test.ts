import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activationOf } from "../../../src/kinds/activations/index.ts";
import type { Engine, Samples } from "../../../src/engine/engine.ts";
import type { Floats } from "../../../src/ground/floats.ts";
import { ReferenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { CapacityError } from "../../../src/ground/errors.ts";
import { adam, adamW, sgd, ruleOf } from "../../../src/kinds/optimizers/index.ts";
import { refinedRule } from "../../../src/training/refine.ts";
import type { StepOptimizer } from "../../../src/kinds/optimizers/index.ts";
import { networkShape } from "../../../src/model/shape.ts";
import { fill, randomCase } from "../../support/random-network.ts";
import { knownDescent } from "../../support/titanic.ts";

const precisions = ["float32", "float64"] as const;
const rule = ruleOf(sgd({ learningRate: 0.5 }));

/** An engine with these parameters and rows. */
function engineOf(
  precision: (typeof precisions)[number],
  description: Parameters<typeof networkShape>[0],
  parameters: number[],
  rows: { inputs: number[]; targets: number[] }[],
): { engine: Engine; samples: Samples } {
  const engine = new ReferenceEngine(networkShape(description), precision);
  const samples = engine.prepare(rows.length, rule);
  engine.parameters.set(parameters);
  samples.inputs.set(rows.flatMap(({ inputs }) => inputs));
  samples.targets.set(rows.flatMap(({ targets }) => targets));
  return { engine, samples };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

const largest = (values: Floats) => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe.each(precisions)("the reference in %s", (precision) => {
  /** A network 1-2-1 in which one hidden unit is active and the other is not. */
  const small = (target = 6) =>
    engineOf(
      precision,
      {
        inputs: 1,
        layers: [
          { units: 2, activation: "relu" },
          { units: 1, activation: "identity" },
        ],
        loss: "meanSquaredError",
      },
      [1, -1, 0, 0, 3, 5, 1],
      [{ inputs: [2], targets: [target] }],
    );

  it("goes forward and backward as by hand", () => {
    const { engine, samples } = small();
    expect(engine.gradient(samples, 0, 1, 1, false)).toBe(1);
    expect([...engine.gradients]).toEqual([12, 0, 6, 0, 4, 0, 2]);
    engine.forward(samples, 0, 1);
    expect([...samples.outputs]).toEqual([7]);
    expect(engine.loss(samples, 0, 1, 2)).toBe(0.5);
  });

  it("takes fewer rows at a time where there are many units, to the same gradient", () => {
    const units = 300_000;
    const layers = [
      { units, activation: "identity" as const },
      { units: 1, activation: "identity" as const },
    ];
    const shape = networkShape({ inputs: 1, layers, loss: "meanSquaredError" });
    const engine = new ReferenceEngine(shape, precision);
    const { capacity } = engine.scratch;
    expect(capacity * 3 * units).toBeLessThanOrEqual(2 ** 24);
    const rows = 2 * capacity + 1;
    const samples = engine.prepare(rows, rule);
    // One unit is heard, by all others' weights of 0: x = 2 input.
    engine.parameters[0] = 1;
    engine.parameters[2 * units] = 2;
    for (let i = 0; i < rows; i++) samples.inputs[i] = i;
    const squares = ((rows - 1) * rows * (2 * rows - 1)) / 6;
    expect(engine.gradient(samples, 0, rows, 1, false)).toBe(4 * squares);
    expect(engine.gradients[0]).toBe(8 * squares);
    expect(engine.gradients[2 * units]).toBe(4 * squares);
    engine.forward(samples, 0, rows);
    expect(samples.outputs[rows - 1]).toBe(2 * (rows - 1));
  });

  it("reports itself", () => {
    const { engine } = small();
    expect(engine.report).toMatchObject({ kind: "javascript", tier: precision, shared: false });
  });

  it("leaves parameters and optimizer alone if the loss is not finite", () => {
    const { engine, samples } = small(NaN);
    const before = engine.parameters.slice();
    expect(engine.step(samples, 0, 1)).toBeNaN();
    expect(engine.parameters).toEqual(before);
  });

  it("refuses rows that do not fit and changes nothing", () => {
    const { engine, samples } = small();
    expect(() => engine.prepare(2 ** 50, ruleOf(adam()))).toThrow(CapacityError);
    engine.step(samples, 0, 1);
    expect([...engine.parameters]).toEqual([-5, -1, -3, 0, 1, 5, 0]);
  });

  it("takes softmax and cross-entropy together at logits of 1000", () => {
    const { engine, samples } = engineOf(
      precision,
      { inputs: 1, layers: [{ units: 2, activation: "softmax" }], loss: "categoricalCrossEntropy" },
      [1000, -1000, 0, 0],
      [
        { inputs: [1], targets: [0, 1] },
        { inputs: [1], targets: [1, 0] },
      ],
    );
    expect(engine.gradient(samples, 0, 1, 1, false)).toBe(2000);
    expect([...engine.gradients]).toEqual([1, -1, 1, -1]);
    expect(engine.gradient(samples, 1, 2, 1, false)).toBe(0);
    expect([...engine.gradients].map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  it("takes sigmoid and log loss together at logits of 1000", () => {
    const { engine, samples } = engineOf(
      precision,
      { inputs: 1, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" },
      [1000, 0],
      [
        { inputs: [1], targets: [0] },
        { inputs: [1], targets: [1] },
        { inputs: [-1], targets: [1] },
      ],
    );
    const found = [0, 1, 2].map((p) => [engine.gradient(samples, p, p + 1, 1, false), ...engine.gradients]);
    expect(found).toEqual([
      [1000, 1, 1],
      [0, 0, 0],
      [1000, 1, -1],
    ]);
  });

  it("descends on the Titanic as is known", () => {
    const { engine, samples } = engineOf(
      precision,
      {
        inputs: 2,
        layers: [
          { units: 2, activation: "sigmoid" },
          { units: 1, activation: "sigmoid" },
        ],
        loss: "binaryCrossEntropy",
      },
      [0.5, -0.5, -0.25, 0.75, 0.1, -0.1, 1, -1, 0],
      titanic(),
    );
    engine.rates[0] = 1;
    for (let i = 0; i < samples.inputs.length; i += 2) {
      samples.inputs[i] = (samples.inputs[i]! - 29.69911764705882) / 14.516321150817316;
    }
    const found = Array.from({ length: 101 }, () => engine.step(samples, 0, samples.capacity));
    expect(samples.capacity).toBe(714);
    for (const [step, known] of knownDescent) {
      const error = Math.abs(found[step]! - known);
      expect(error, `step ${step}: ${found[step]}`).toBeLessThan(precision === "float64" ? 1e-9 : 1e-5);
    }
  });
});

it("is known what the descent on the Titanic comes to, from a few lines without any engine", () => {
  const rows = titanic().map(({ inputs: [age, male], targets: [survived] }) => [age!, male!, survived!] as const);
  const mean = rows.reduce((sum, [age]) => sum + age / rows.length, 0);
  const deviation = Math.sqrt(rows.reduce((sum, [age]) => sum + (age - mean) ** 2 / rows.length, 0));
  const sigmoid = (s: number) => 1 / (1 + Math.exp(-s));
  let w = [0.5, -0.5, -0.25, 0.75, 0.1, -0.1, 1, -1, 0];
  const losses = Array.from({ length: 101 }, () => {
    const [w11, w12, w21, w22, b1, b2, v1, v2, c] = w as unknown as FixedWeights;
    const gradient = w.map(() => 0);
    let loss = 0;
    for (const [years, male, y] of rows) {
      const age = (years - mean) / deviation;
      const [h1, h2] = [sigmoid(w11 * age + w12 * male + b1), sigmoid(w21 * age + w22 * male + b2)];
      const p = sigmoid(v1 * h1 + v2 * h2 + c);
      loss -= Math.log(y === 1 ? p : 1 - p) / rows.length;
      const [d, d1, d2] = [p - y, (p - y) * v1 * h1 * (1 - h1), (p - y) * v2 * h2 * (1 - h2)];
      const partials = [d1 * age, d1 * male, d2 * age, d2 * male, d1, d2, d * h1, d * h2, d];
      partials.forEach((partial, i) => (gradient[i]! += partial / rows.length));
    }
    w = w.map((weight, i) => weight - gradient[i]!);
    return loss;
  });
  for (const [step, known] of knownDescent) expect(losses[step], `step ${step}`).toBeCloseTo(known, 11);
});

type FixedWeights = [number, number, number, number, number, number, number, number, number];

/** The passengers of known age that one trains with: [age, male] and whether they survived. */
function titanic() {
  const lines = readFileSync(new URL("../../../src/cli/titanic/titanic.csv", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const rows = lines.slice(1).map((line) => line.trim().split(","));
  return rows
    .filter(([, , , age, split]) => age !== "" && split === "train")
    .map(([survived, , sex, age]) => ({ inputs: [Number(age), sex === "male" ? 1 : 0], targets: [Number(survived)] }));
}

describe("passes", () => {
  const drawn = randomCase(9);
  const engine = new ReferenceEngine(drawn.shape, "float64");
  const { inputs, outputs } = drawn.shape;
  // The rows of the case again and again, until there are more than two passes of them.
  const samples = engine.prepare(600, rule);
  engine.parameters.set(drawn.parameters);
  for (let i = 0; i < 600 * inputs; i++) samples.inputs[i] = drawn.inputs[i % drawn.inputs.length]! + 1e-4 * i;
  for (let i = 0; i < 600 * outputs; i++) samples.targets[i] = drawn.targets[i % drawn.targets.length]!;

  it("add up to the same whatever the calls they are made by", () => {
    const loss = engine.gradient(samples, 0, 600, 600, false);
    const gradients = engine.gradients.slice();
    const parts = engine.gradient(samples, 0, 101, 600, false) + engine.gradient(samples, 101, 600, 600, true);
    expect(parts).toBeCloseTo(loss, 12);
    expect(engine.loss(samples, 0, 600, 600)).toBe(loss);
    expect(largestDifference(engine.gradients, gradients)).toBeLessThan(1e-13 * largest(gradients));
  });

  it("give copies of every layer's values, for any range", () => {
    engine.forward(samples, 0, 600);
    const all = engine.layerValues(samples, 0, 600);
    const some = engine.layerValues(samples, 7, 307);
    expect(all.at(-1)!.activations).toEqual(samples.outputs);
    drawn.shape.layers.forEach(({ fanOut }, k) => {
      expect(some[k]!.preActivations).toEqual(all[k]!.preActivations.slice(7 * fanOut, 307 * fanOut));
      expect(some[k]!.activations).toEqual(all[k]!.activations.slice(7 * fanOut, 307 * fanOut));
    });
  });

  it("follow the order and write each output to its own row", () => {
    engine.forward(samples, 0, 600);
    const straight = samples.outputs.slice();
    const loss = engine.loss(samples, 590, 600, 10);
    samples.order.reverse();
    samples.outputs.fill(NaN);
    engine.forward(samples, 0, 600);
    expect(samples.outputs).toEqual(straight);
    expect(engine.loss(samples, 0, 10, 10)).toBeCloseTo(loss, 13);
    samples.order.reverse();
  });
});

describe("random networks", () => {
  const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

  it("go forward as the equation says", () => {
    for (const seed of seeds) {
      const drawn = randomCase(seed);
      const engine = new ReferenceEngine(drawn.shape, "float64");
      const values = engine.layerValues(fill(engine, drawn), 0, drawn.rows);
      let x: Floats = drawn.inputs;
      drawn.shape.layers.forEach(({ fanIn, fanOut, weights, biases, activation }, k) => {
        const s = Float64Array.from({ length: drawn.rows * fanOut }, (_, at) => {
          const [r, i] = [Math.floor(at / fanOut), at % fanOut];
          let sum = drawn.parameters[biases + i]!;
          for (let j = 0; j < fanIn; j++) sum += drawn.parameters[weights + i * fanIn + j]! * x[r * fanIn + j]!;
          return sum;
        });
        x = new Float64Array(s.length);
        const { forward, numbers = [] } = activationOf(activation!);
        forward(x, s, fanOut, drawn.rows, numbers);
        expect(largestDifference(values[k]!.preActivations, s), `seed ${seed}, layer ${k + 1}`).toBeLessThan(1e-12);
        expect(largestDifference(values[k]!.activations, x), `seed ${seed}, layer ${k + 1}`).toBeLessThan(1e-12);
      });
    }
  });

  it("have the same loss and gradient in both precisions, but for rounding", () => {
    for (const seed of seeds) {
      const drawn = randomCase(seed);
      const [single, double] = precisions.map((precision) => new ReferenceEngine(drawn.shape, precision));
      const [loss, oracle] = [single!, double!].map((engine) =>
        engine.gradient(fill(engine, drawn), 0, drawn.rows, drawn.rows, false),
      );
      expect(Math.abs(loss! / oracle! - 1), `seed ${seed}`).toBeLessThan(1e-5);
      const error = largestDifference(single!.gradients, double!.gradients) / largest(double!.gradients);
      expect(error, `seed ${seed}`).toBeLessThan(1e-5);
    }
  });
});

describe("update rules", () => {
  const drawn = randomCase(8);

  /** Five steps of an optimizer, and what `expected` makes of the gradients seen on the way. */
  function follow(optimizer: StepOptimizer, expected: (w: number, gradients: number[]) => number) {
    const engine = new ReferenceEngine(drawn.shape, "float64");
    fill(engine, drawn);
    const samples = engine.prepare(drawn.rows, refinedRule("test", optimizer, drawn.shape));
    samples.inputs.set(drawn.inputs);
    samples.targets.set(drawn.targets);
    const seen: Floats[] = [];
    for (let step = 0; step < 5; step++) {
      engine.step(samples, 0, drawn.rows);
      seen.push(engine.gradients.slice());
    }
    const partials = (i: number) => seen.map((gradients) => gradients[i]!);
    const parameters = drawn.parameters.map((w, i) => expected(w, partials(i)));
    expect(largest(seen[0]!)).toBeGreaterThan(1e-3);
    expect(largestDifference(engine.parameters, parameters)).toBeLessThan(1e-13);
  }

  it("sgd goes against the gradient", () => {
    follow(sgd({ learningRate: 0.3 }), (w, gradients) => gradients.reduce((at, g) => at - 0.3 * g, w));
  });

  it("momentum keeps a part of the velocity", () => {
    follow(sgd({ learningRate: 0.1, momentum: 0.9 }), (w, gradients) => {
      let v = 0;
      for (const g of gradients) w -= 0.1 * (v = 0.9 * v + g);
      return w;
    });
  });

  it("adam is algorithm 1 of Kingma and Ba", () => {
    follow(adam({ learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-6 }), (w, gradients) => {
      let [m, v] = [0, 0];
      gradients.forEach((g, t) => {
        m = 0.8 * m + 0.2 * g;
        v = 0.95 * v + 0.05 * g ** 2;
        w -= (0.01 * (m / (1 - 0.8 ** (t + 1)))) / (Math.sqrt(v / (1 - 0.95 ** (t + 1))) + 1e-6);
      });
      return w;
    });
  });

  it("adamW lets weights decay apart from the gradient, as Loshchilov and Hutter have it", () => {
    const options = { learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.3, decayBiases: true };
    follow(adamW(options), (w, gradients) => {
      let [m, v] = [0, 0];
      gradients.forEach((g, t) => {
        m = 0.8 * m + 0.2 * g;
        v = 0.95 * v + 0.05 * g ** 2;
        w = w - 0.01 * 0.3 * w - (0.01 * (m / (1 - 0.8 ** (t + 1)))) / (Math.sqrt(v / (1 - 0.95 ** (t + 1))) + 1e-6);
      });
      return w;
    });
  });

  it("does not count a step that was not taken", () => {
    const [steady, disturbed] = [0, 1].map(() => new ReferenceEngine(drawn.shape, "float64"));
    for (const engine of [steady!, disturbed!]) {
      fill(engine, drawn);
      const samples = engine.prepare(drawn.rows, ruleOf(adam()));
      samples.inputs.set(drawn.inputs);
      samples.targets.set(drawn.targets);
      if (engine === disturbed) {
        samples.targets[0] = NaN;
        engine.step(samples, 0, drawn.rows);
        samples.targets[0] = drawn.targets[0]!;
      }
      engine.step(samples, 0, drawn.rows);
    }
    expect(disturbed!.parameters).toEqual(steady!.parameters);
    expect(disturbed!.parameters).not.toEqual(drawn.parameters);
  });
});
