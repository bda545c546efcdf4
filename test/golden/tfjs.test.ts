/** What TensorFlow.js 4 expects of its own kinds, in its own tests' numbers and to their precision, asked of the kinds here. */
import { describe, expect, it } from "vitest";
import { adadelta, adagrad, adam, type Optimizer, rmsprop, sgd } from "../../src/index.ts";
import type { ActivationDescription } from "../../src/kinds/activations/index.ts";
import { activated, descended, evaluated, logarithmsOf, logitsOf } from "../support/kinds.ts";

const engines = ["float64", "float32", "strict"] as const;

/** As tfjs's expectArraysClose: to 1e-3, absolutely, unless its tests say otherwise. */
function expectClose(found: ArrayLike<number>, expected: readonly number[], within = 1e-3): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value), `${i}`).toBeLessThanOrEqual(within);
}

describe("tfjs's activations", () => {
  const six = [-1, 2, 0, 4, -5, 6];
  const nine = [0, 1, 3, 9];
  it.each<[string, ActivationDescription, readonly number[], readonly number[]]>([
    ["linear", "identity", six, six],
    ["elu", "elu", six, six.map((x) => (x < 0 ? Math.exp(x) - 1 : x))],
    ["selu", "selu", [1, -1, 0], [1.0507, -1.1113, 0]],
    ["relu", "relu", six, [0, 2, 0, 4, 0, 6]],
    ["sigmoid", "sigmoid", six, six.map((x) => 1 / (1 + Math.exp(-x)))],
    ["softplus", "softplus", six, six.map((x) => Math.log(Math.exp(x) + 1))],
    ["tanh", "tanh", six, six.map(Math.tanh)],
    ["swish", "silu", [...nine, -1], [0, 0.731, 2.857, 8.998, -0.268]],
    ["gelu", "gelu", [...nine, -1], [0, 0.8413447141647339, 2.995950222015381, 9, -0.15865525603294373]],
    [
      "gelu_new",
      { name: "gelu", approximate: true },
      [...nine, -1],
      [0, 0.8411920070648193, 2.9963626861572266, 9, -0.15880802273750305],
    ],
    ["leakyRelu, whose alpha is 0.2", { name: "leakyRelu", slope: 0.2 }, [0, 1, -2], [0, 1, -0.4]],
  ])("%s", async (_name, activation, s, expected) => {
    for (const engine of engines) {
      expectClose(
        await activated(
          activation,
          s.map((x) => [x]),
          engine,
        ),
        expected,
      );
    }
  });

  it("softmax", async () => {
    for (const engine of engines) {
      expectClose(
        await activated("softmax", [nine, [-1, -1, -1, -1]], engine),
        [0, 0, 0.002, 0.997, 0.25, 0.25, 0.25, 0.25],
      );
    }
  });

  it("hardSigmoid, which is Keras 2's there: of slope 0.2, not 1/6", async () => {
    for (const engine of engines) {
      const found = await activated(
        "hardSigmoid",
        six.map((x) => [x]),
        engine,
      );
      // Where 0.2 s is the same as s / 6: outside of [-3, 3], and in 0.
      expectClose([found[2]!, found[3]!, found[4]!, found[5]!], [0.5, 1, 0, 1]);
      expectClose([found[0]!, found[1]!], [0.3 + (0.2 - 1 / 6), 0.9 - 2 * (0.2 - 1 / 6)]);
    }
  });
});

describe("tfjs's losses", () => {
  const line = { s: [[1], [2], [3]], targets: [[0.3], [-0.6], [-0.1]] };
  const weights = [0.1, 0.2, 0.3];
  const weighted = (values: readonly number[]) => values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / 0.6;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = [0.7, 2.6, 3.1].map((error) => error * error);
  const wrong = [
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
  ];
  const right = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const tens = right.map((row) => row.map((bit) => 20 * bit - 10));
  const sigmoid = { loss: "binaryCrossEntropy", activation: "sigmoid", s: tens, targets: wrong } as const;
  const softmax = { loss: "categoricalCrossEntropy", activation: "softmax", s: tens, targets: wrong } as const;
  const far = {
    activation: "identity",
    s: [[0.3], [0.6], [0.1]],
    targets: [[1], [2], [3]],
  } as const;

  it.each<[string, Parameters<typeof evaluated>[0], number]>([
    ["meanSquaredError", { loss: "meanSquaredError", activation: "identity", ...line }, mean(squares)],
    [
      "meanSquaredError, weighted, MEAN",
      { loss: "meanSquaredError", activation: "identity", ...line, sampleWeight: weights },
      weighted(squares),
    ],
    ["huberLoss", { loss: "huber", ...far }, 1.1816667],
    ["huberLoss, delta 0.4", { loss: { name: "huber", delta: 0.4 }, ...far }, 0.58666664],
    ["huberLoss, weighted, MEAN", { loss: "huber", ...far, sampleWeight: weights }, 1.5408332],
    [
      "logLoss",
      {
        loss: "binaryCrossEntropy",
        activation: "sigmoid",
        s: logitsOf([
          [0.1, 0.7, 0.1],
          [0.5, 0.05, 0.15],
        ]),
        targets: [
          [0.4, 0.8, 0.12],
          [0.8, 0.1, 0.3],
        ],
      },
      0.60019904,
    ],
    ["sigmoidCrossEntropy, all wrong", sigmoid, 6.6667123],
    ["sigmoidCrossEntropy, all right", { ...sigmoid, targets: right }, 0],
    ["softmaxCrossEntropy, all wrong", softmax, 20],
    ["softmaxCrossEntropy, all right", { ...softmax, targets: right }, 0],
    [
      "categoricalCrossentropy",
      {
        ...softmax,
        s: logarithmsOf([
          [0.1, 0.8, 0.05, 0.05],
          [0.1, 0.05, 0.05, 0.8],
        ]),
        targets: [
          [0, 0, 0, 1],
          [0, 0, 0, 1],
        ],
      },
      (2.995732 + 0.22314353) / 2,
    ],
  ])("%s", async (_name, judged, expected) => {
    for (const engine of engines) expectClose([(await evaluated(judged, [], engine)).loss], [expected]);
  });

  it("sigmoid cross-entropy of targets that are probabilities", async () => {
    const golden = [
      [-10, [4.5398901e-5, 5.0000453, 10.000046]],
      [-5, [6.7153485e-3, 2.5067153, 5.0067153]],
      [0, [Math.LN2, Math.LN2, Math.LN2]],
      [0.5, [0.97407699, 0.72407699, 0.47407699]],
      [2, [2.1269281, 1.126928, 0.126928]],
    ] as const;
    for (const engine of engines) {
      for (const [s, expected] of golden) {
        const judged = { ...sigmoid, s: [[s, s, s]], targets: [[0, 0.5, 1]] };
        expectClose([(await evaluated(judged, [], engine)).loss], [mean(expected)], 1e-5);
      }
    }
  });
});

describe("tfjs's optimizers, down the squares", () => {
  const learningRate = 0.1;
  const moving = { learningRate, momentum: 0.5 };
  it.each<[string, Optimizer, readonly number[], readonly (readonly number[])[], number?]>([
    ["sgd", sgd({ learningRate }), [4], [[3.2], [2.56], [2.048]]],
    [
      "momentum",
      sgd(moving),
      [1, 2],
      [
        [0.8, 1.6],
        [0.54, 1.08],
      ],
    ],
    [
      "momentum, useNesterov",
      sgd({ ...moving, nesterov: true }),
      [1, 2],
      [
        [0.7, 1.4],
        [0.44, 0.88],
      ],
    ],
    [
      "adam",
      adam({ learningRate, beta1: 0.8, beta2: 0.9, epsilon: 1e-7 }),
      [2, 4],
      [
        [1.9, 3.9],
        [1.8000001, 3.8002],
      ],
    ],
    [
      "adagrad, initialAccumulatorValue 0.1",
      adagrad({ learningRate, initialAccumulatorValue: 0.1, epsilon: 1e-7 }),
      [1, 2],
      [
        [0.9012270405, 1.9003110428],
        [0.8347372764, 1.83015597828],
      ],
      1e-2,
    ],
    ["rmsprop", rmsprop({ learningRate: 0.1, alpha: 0.95, epsilon: 1e-7 }), [1, 2], [[0.55279, 1.55279]]],
    [
      "rmsprop, momentum 0.1",
      rmsprop({ learningRate: 0.1, alpha: 0.95, momentum: 0.1, epsilon: 1e-7 }),
      [1, 2],
      [
        [0.55279, 1.55279],
        [0.2874418, 1.2294267],
      ],
    ],
    [
      "rmsprop, momentum 0.1, centered",
      rmsprop({ learningRate: 0.1, alpha: 0.95, momentum: 0.1, epsilon: 1e-8, centered: true }),
      [1, 2],
      [
        [0.5411684, 1.5411685],
        [0.2677834, 1.2035918],
      ],
    ],
  ])("%s", async (_name, optimizer, start, golden, within) => {
    for (const engine of engines) {
      const path = await descended(start, golden.length, { optimizer }, engine);
      for (const [t, expected] of golden.entries()) expectClose(path[t]!, expected, within);
    }
  });

  it("adadelta, but for tfjs's dividing by the mean square of before the step: Zeiler's algorithm adds the gradient first", async () => {
    const optimizer = adadelta({ learningRate, rho: 0.95, epsilon: 1e-7 });
    // Without that, its first step would be rate times gradient: to 0.8 and 1.6.
    const expected = [1, 2].map((x) => x - 0.1 * 2 * x * Math.sqrt(1e-7 / (0.05 * (2 * x) ** 2 + 1e-7)));
    for (const engine of engines) {
      const [found] = await descended([1, 2], 1, { optimizer }, engine);
      expectClose(found!, expected, 1e-6);
    }
  });
});

describe("tfjs's metrics", () => {
  const column = (values: readonly number[]) => values.map((value) => [value]);
  const binary = (p: readonly number[], targets: readonly number[]) => ({
    loss: "binaryCrossEntropy" as const,
    activation: "sigmoid" as const,
    s: logitsOf(column(p)),
    targets: column(targets),
  });
  const numbers = (s: readonly number[], targets: readonly number[]) => ({
    loss: "meanSquaredError" as const,
    activation: "identity" as const,
    s: column(s),
    targets: column(targets),
  });
  const halves = [1, 1, 1, 1, 0, 0, 0, 0];
  it.each<[string, "accuracy" | "precision" | "recall" | "r2", Parameters<typeof evaluated>[0], number]>([
    ["binaryAccuracy", "accuracy", binary([1, 0, 1, 0, 0, 1, 0, 1], halves), 0.5],
    ["binaryAccuracy of probabilities", "accuracy", binary([0.2, 0.4, 0.6, 0.8, 0.2, 0.3, 0.4, 0.7], halves), 5 / 8],
    [
      "categoricalAccuracy",
      "accuracy",
      {
        loss: "categoricalCrossEntropy",
        activation: "softmax",
        s: logarithmsOf([
          [0, 1, 0],
          [1, 0, 0],
          [0, 0.4, 0.6],
          [0, 0.6, 0.4],
          [0.7, 0.3, 0],
        ]),
        targets: [
          [0, 1, 0],
          [0, 1, 0],
          [0, 0, 1],
          [0, 0, 1],
          [1, 0, 0],
        ],
      },
      3 / 5,
    ],
    ["precision", "precision", binary([0, 0, 0, 1], [0, 0, 0, 1]), 1],
    ["precision of nothing", "precision", binary([0, 0, 0, 0], [0, 0, 1, 1]), 0],
    ["recall", "recall", binary([0, 0, 1, 1, 1, 1, 0], [1, 0, 1, 0, 0, 0, 1]), 1 / 3],
    ["recall of nothing", "recall", binary([0, 1, 1, 0], [0, 0, 0, 0]), 0],
    [
      "r2Score",
      "r2",
      numbers([2.5, 0, 2.1, 7.8, 4, 8.2, 1.4, 2.9, 6.5, 9.1], [3, -0.5, 2, 7, 4.2, 8.5, 1.3, 2.8, 6.7, 9]),
      0.985,
    ],
  ])("%s", async (_name, metric, judged, expected) => {
    for (const engine of engines) expectClose([(await evaluated(judged, [metric], engine))[metric]!], [expected]);
  });
});
