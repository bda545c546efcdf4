/**
 * What Keras 3 expects of its own kinds, in its own tests' numbers and to their precision, asked of the kinds here. Where they
 * differ:
 *
 * | Keras                                  | here                                                                           |
 * | -------------------------------------- | ------------------------------------------------------------------------------ |
 * | Adam, AdamW, Nadam: epsilon            | added after v is corrected, as in the paper; Keras's is sqrt(1 - beta2^t) of it |
 * | RMSprop, Adagrad: epsilon              | outside of the root; seen only where a gradient is nearly 0                    |
 * | weight decay                           | of weights only, unless `decayBiases`                                          |
 * | losses with sample weights             | divided by the sum of the weights, as its metrics and "mean_with_sample_weight" |
 * | probabilities of 0 and 1               | never: logits are what is computed with, where Keras clips by 1e-7             |
 * | AUC                                    | exact, where Keras sums over 200 thresholds                                    |
 * | HeNormal, GlorotNormal, LecunNormal    | normal, with the same deviation, where Keras cuts off at two of them           |
 * | cosine restarts with m_mul, PolynomialDecay with cycle | functions of one's own                                         |
 */
import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  cosine,
  Dataset,
  exponential,
  type Initialization,
  type LearningRate,
  lion,
  type MetricName,
  nadam,
  Network,
  type Optimizer,
  polynomial,
  rmsprop,
  sgd,
  step,
  warmUp,
} from "../../src/index.ts";
import type { ActivationDescription } from "../../src/kinds/activations/index.ts";
import { rateAt } from "../../src/kinds/schedules/schedule.ts";
import { activated, evaluated, led, logarithmsOf, logitsOf } from "../support/kinds.ts";

const engines = ["float64", "float32", "strict"] as const;

/** As NumPy's assert_allclose. */
function expectAll(found: ArrayLike<number>, expected: readonly number[], relative: number, absolute = relative): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(found[i]! - value), `${i}: ${found[i]}, not ${value}`).toBeLessThanOrEqual(
      absolute + relative * Math.abs(value),
    );
  }
}

const close = 5e-4;
const tenth = (count: number) => Array.from({ length: 10 }, (_, i) => (count * (i + 1)) / 10);
const tiled = (...rows: number[]) => rows.map((value) => Array<number>(10).fill(value));
const ones = Array<number>(10).fill(1);

describe("Keras's activations", () => {
  const s = [-10, -6, -3.5, -3, -1, -1e-7, 0, 1e-7, 0.3, 1, 2, 2.5, 3, 5, 10];
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const selu = (x: number) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
  const erf = [-1, -0.9973002039367398, -0.6826894921370859, 0, 0.2358228, 0.6826894921370859, 0.9544997361036416];
  it.each<[string, ActivationDescription, (x: number) => number]>([
    ["linear", "identity", (x) => x],
    ["sigmoid", "sigmoid", sigmoid],
    ["tanh", "tanh", (x) => Math.tanh(x)],
    ["relu", "relu", (x) => Math.max(0, x)],
    ["relu, negative_slope 0.5", { name: "leakyRelu", slope: 0.5 }, (x) => (x > 0 ? x : 0.5 * x)],
    ["leaky_relu, negative_slope 0.3", { name: "leakyRelu", slope: 0.3 }, (x) => (x > 0 ? x : 0.3 * x)],
    ["elu", "elu", (x) => (x > 0 ? x : Math.expm1(x))],
    ["elu, alpha 0.5", { name: "elu", alpha: 0.5 }, (x) => (x > 0 ? x : 0.5 * Math.expm1(x))],
    ["selu", "selu", selu],
    ["softplus", "softplus", (x) => Math.log1p(Math.exp(x))],
    ["silu", "silu", (x) => x * sigmoid(x)],
    ["hard_sigmoid", "hardSigmoid", (x) => Math.min(1, Math.max(0, x / 6 + 0.5))],
  ])("%s", async (_name, activation, expected) => {
    for (const engine of engines) {
      const found = await activated(
        activation,
        s.map((x) => [x]),
        engine,
      );
      expectAll(found, s.map(expected), 1e-5, 1e-6);
    }
  });

  it("gelu", async () => {
    const points = [-10, -3, -1, 0, 0.3, 1, 2].map((x) => [x]);
    for (const engine of engines) {
      expectAll(
        await activated("gelu", points, engine),
        points.map(([x], i) => 0.5 * x! * (1 + erf[i]!)),
        1e-5,
        1e-6,
      );
      expectAll(
        await activated({ name: "gelu", approximate: true }, points, engine),
        points.map(([x]) => 0.5 * x! * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x! + 0.044715 * x! ** 3)))),
        1e-5,
        1e-6,
      );
    }
  });

  it("softmax", async () => {
    const rows = [
      [0.1, 0.7, 0.25, 0.9, 0.5],
      [8, -3, 0.5, 2, 9],
    ];
    const expected = rows.flatMap((row) => {
      const e = row.map(Math.exp);
      const sum = e.reduce((total, value) => total + value, 0);
      return e.map((value) => value / sum);
    });
    for (const engine of engines) expectAll(await activated("softmax", rows, engine), expected, 1e-5);
  });
});

const smoothed = <Name extends string>(name: Name) => ({ name, labelSmoothing: 0.1 }) as const;

describe("Keras's losses", () => {
  const eye = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const errors = {
    s: [
      [4, 8, 12],
      [8, 1, 3],
    ],
    targets: [
      [1, 9, 2],
      [-5, -2, 6],
    ],
  };
  const sides = {
    s: [
      [10, -10, 10],
      [10, 10, -10],
    ],
    targets: [
      [1, 0, 1],
      [0, 1, 1],
    ],
  };
  const logits = [
    [8, 1, 1],
    [0, 9, 1],
    [2, 3, 5],
  ];
  const likely = [
    [0.9, 0.05, 0.05],
    [0.5, 0.89, 0.6],
    [0.05, 0.01, 0.94],
  ];
  const two = {
    s: [
      [1, 9, 0],
      [1, 8, 1],
    ],
    targets: [
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
  const near = {
    s: [
      [0.9, 0.2, 0.2],
      [0.8, 0.4, 0.6],
    ],
    targets: [
      [1, 0, 1],
      [1, 0, 0],
    ],
  };
  const squared = { loss: "meanSquaredError", activation: "identity", ...errors } as const;
  const huber = { loss: "huber", activation: "identity", ...near } as const;
  const binary = { loss: "binaryCrossEntropy", activation: "sigmoid", ...sides } as const;
  const categorical = { loss: "categoricalCrossEntropy", activation: "softmax", s: logits, targets: eye } as const;
  const far = [[100, -100, -100]];
  const smoothedSides = { loss: smoothed("binaryCrossEntropy"), activation: "sigmoid", s: far } as const;
  const smoothedClasses = { loss: smoothed("categoricalCrossEntropy"), activation: "softmax", s: far } as const;
  it.each<[string, Parameters<typeof evaluated>[0], number]>([
    ["mean_squared_error", squared, 49.5],
    [
      "mean_squared_error, mean_with_sample_weight",
      { ...squared, sampleWeight: [1.2, 3.4] },
      ((110 / 3) * 1.2 + (187 / 3) * 3.4) / 4.6,
    ],
    ["huber", huber, 0.625 / 6],
    ["huber, delta 0.8", { ...huber, loss: { name: "huber", delta: 0.8 } }, 0.625 / 6],
    ["binary_crossentropy of logits", binary, 3.3333],
    [
      "binary_crossentropy of probabilities",
      {
        ...binary,
        s: logitsOf([
          [0.9, 0.1, 0.2],
          [0.3, 0.8, 0.1],
          [0.1, 0.2, 0.7],
        ]),
        targets: eye,
      },
      0.20046903,
    ],
    ["binary_crossentropy, metric, weighted", { ...binary, sampleWeight: [2, 2.5] }, 3.7037],
    ["categorical_crossentropy of logits", categorical, 0.0573],
    ["categorical_crossentropy of probabilities", { ...categorical, s: logarithmsOf(likely) }, 0.3239],
    ["binary_crossentropy, label smoothing", { ...smoothedSides, targets: [[1, 0, 1]] }, 105 / 3],
    ["categorical_crossentropy, label smoothing", { ...smoothedClasses, targets: [[1, 0, 0]] }, 40 / 3],
    ["categorical_crossentropy, metric", { ...categorical, ...two }, 3.5011],
    ["categorical_crossentropy, metric, weighted", { ...categorical, ...two, sampleWeight: [1.5, 2] }, 4.0012],
  ])("%s", async (_name, judged, expected) => {
    for (const engine of engines) expectAll([(await evaluated(judged, [], engine)).loss], [expected], close);
  });
});

describe("Keras's optimizers", () => {
  const first = Array<number>(10).fill(0.01);
  const gradients = [first, ...Array.from({ length: 4 }, () => tenth(1))];

  it.each<[string, Optimizer, readonly (readonly number[])[]]>([
    ["SGD", sgd({ learningRate: 0.01 }), [0, 1, 2, 3, 4].map((t) => tenth(1).map((g) => 0.9999 - 0.01 * t * g))],
    ["Adam, amsgrad", adam({ amsgrad: true }), tiled(0.999, 0.9982, 0.9974, 0.9965, 0.9955)],
    [
      "RMSprop, centered",
      rmsprop({ learningRate: 0.001, alpha: 0.9, epsilon: 1e-7, centered: true }),
      tiled(0.9967, 0.9933, 0.9908, 0.9885, 0.9864),
    ],
    [
      "Adagrad",
      adagrad({ learningRate: 0.2, initialAccumulatorValue: 0.3, epsilon: 1e-6 }),
      [
        Array<number>(10).fill(0.9963),
        [0.9604, 0.9278, 0.9003, 0.8784, 0.8615, 0.8487, 0.8388, 0.8313, 0.8255, 0.8209],
        [0.9251, 0.8629, 0.8137, 0.7768, 0.7497, 0.7298, 0.7151, 0.704, 0.6956, 0.6891],
        [0.8903, 0.8012, 0.7342, 0.6862, 0.6521, 0.6277, 0.6099, 0.5967, 0.5867, 0.579],
        [0.856, 0.7422, 0.6604, 0.6037, 0.5644, 0.5367, 0.5168, 0.5021, 0.491, 0.4825],
      ],
    ],
    ["Adadelta", adadelta({ rho: 0.8 }), tiled(0.9978, 0.9947, 0.9915, 0.9882, 0.9849)],
    [
      "Nadam",
      nadam({ learningRate: 0.5, beta1: 0.5, beta2: 0.67, epsilon: 1e-5, momentumDecay: 1 }),
      [
        Array<number>(10).fill(0.4281),
        [-0.1738, -0.1731, -0.1726, -0.1723, -0.1721, -0.172, -0.1719, -0.1718, -0.1718, -0.1717],
        [-0.7115, -0.7103, -0.7096, -0.7092, -0.709, -0.7088, -0.7086, -0.7085, -0.7085, -0.7084],
        [-1.2335, -1.2322, -1.2313, -1.2309, -1.2306, -1.2304, -1.2302, -1.2301, -1.23, -1.2299],
        [-1.7492, -1.7478, -1.7469, -1.7464, -1.7461, -1.7459, -1.7457, -1.7456, -1.7455, -1.7454],
      ],
    ],
    ["Lion", lion({ learningRate: 0.001 }), tiled(0.999, 0.998, 0.997, 0.996, 0.995)],
  ])("%s, five steps", async (_name, optimizer, golden) => {
    for (const engine of engines) {
      const path = await led(ones, gradients, { optimizer }, engine);
      for (const [t, expected] of golden.entries()) expectAll(path[t]!, expected, close);
    }
  });

  const learningRate = 0.5;
  it.each<[string, Optimizer, readonly number[]]>([
    ["SGD", sgd({ learningRate }), [0.5, -1, -0.5, 3]],
    ["Adam", adam({ learningRate }), [0.5, 1.5, 2.5, 3.5]],
    ["AdamW", adamW({ learningRate, weightDecay: 0.004 }), [0.498, 1.496, 2.494, 3.492]],
    ["RMSprop", rmsprop({ learningRate, alpha: 0.9, epsilon: 1e-7 }), [-0.5811, 0.4189, 1.4189, 2.4189]],
    [
      "Adagrad",
      adagrad({ learningRate, initialAccumulatorValue: 0.1, epsilon: 1e-7 }),
      [0.5233, 1.5007, 2.5005, 3.5061],
    ],
    ["Adadelta", adadelta({ learningRate, rho: 0.95, epsilon: 1e-7 }), [0.9993, 1.9993, 2.9993, 3.9993]],
    ["Nadam", nadam({ learningRate, momentumDecay: 1 }), [0.4686, 1.4686, 2.4686, 3.4686]],
    ["Lion", lion({ learningRate }), [0.5, 1.5, 2.5, 3.5]],
  ])("%s, a single step", async (_name, optimizer, expected) => {
    for (const engine of engines) {
      const [found] = await led([1, 2, 3, 4], [[1, 6, 7, 2]], { optimizer }, engine);
      expectAll(found!, expected, 1e-4);
    }
  });

  it("AdamW, whose epsilon is added before v is corrected: here that is epsilon / sqrt(1 - beta2^t)", async () => {
    const optimizer = adamW({ learningRate: 1, weightDecay: 0.5, epsilon: 2 / Math.sqrt(1 - 0.999) });
    for (const engine of engines) {
      const [found] = await led(ones, [first], { optimizer }, engine);
      expectAll(found!, tiled(0.4998)[0]!, 1e-4);
    }
  });

  it("weight decay without a gradient, three steps", async () => {
    const optimizer = adamW({ learningRate: 1, weightDecay: 0.004 });
    for (const engine of engines) {
      const path = await led([2], [[0], [0], [0]], { optimizer }, engine);
      expectAll(path.at(-1)!, [1.9760959], 1e-6);
    }
  });

  it("clipnorm and clipvalue", async () => {
    const optimizer = sgd({ learningRate: 1 });
    for (const engine of engines) {
      // The bias has a gradient of 1 here, which is of the norm too.
      const [norm] = await led([0, 0], [[100, 100]], { optimizer, clipNorm: 1 }, engine);
      expectAll(norm!, [-(2 ** 0.5) / 2, -(2 ** 0.5) / 2], 1e-4);
      const [value] = await led([0, 0], [[100, 100]], { optimizer, clipValue: 1 }, engine);
      expectAll(value!, [-1, -1], 1e-7);
    }
  });
});

describe("Keras's schedules", () => {
  const cosines = (t: number, steps: number) => 0.5 * (1 + Math.cos((Math.PI * Math.min(t, steps)) / steps));
  const quarters = [0, 250, 500, 750, 1000, 1250];
  const restarted = (t: number, growth: number) => (t < 1000 ? cosines(t, 1000) : cosines(t - 1000, 1000 * growth));
  const boundaries = (t: number) => [1, 0.1, 0.01, 0.001][[100, 110, 120].filter((bound) => t > bound).length]!;

  it.each<[string, LearningRate, readonly (readonly [t: number, rate: number])[]]>([
    ["ExponentialDecay", exponential({ from: 0.05, factor: 0.96, every: 10 }), [[5, 0.05 * 0.96 ** 0.5]]],
    [
      "ExponentialDecay, staircase",
      step({ from: 0.1, factor: 0.96, every: 3 }),
      [
        [1, 0.1],
        [2, 0.1],
        [100, 0.1 * 0.96 ** 33],
      ],
    ],
    [
      "PolynomialDecay",
      polynomial({ from: 0.05, to: 0.001, steps: 10 }),
      [
        [5, 0.051 / 2],
        [10, 0.001],
        [15, 0.001],
      ],
    ],
    [
      "PolynomialDecay, power 0.5",
      polynomial({ from: 0.05, to: 0.001, steps: 10, power: 0.5 }),
      [
        [5, 0.049 * 0.5 ** 0.5 + 0.001],
        [10, 0.001],
        [15, 0.001],
      ],
    ],
    ["InverseTimeDecay", (t) => 0.1 / (1 + (t / 10) * 0.96), [0, 1, 5, 10].map((t) => [t, 0.1 / (1 + 0.096 * t)])],
    [
      "PiecewiseConstantDecay",
      boundaries,
      [
        [0, 1],
        [100, 1],
        [105, 0.1],
        [110, 0.1],
        [120, 0.01],
        [999, 0.001],
      ],
    ],
    ["CosineDecay", cosine({ from: 1, steps: 1000 }), quarters.map((t) => [t, cosines(t, 1000)])],
    [
      "CosineDecay, alpha 0.1",
      cosine({ from: 1, to: 0.1, steps: 1000 }),
      quarters.map((t) => [t, 0.9 * cosines(t, 1000) + 0.1]),
    ],
    [
      "CosineDecay, warmup_target 10",
      warmUp(cosine({ from: 10, steps: 1000 }), { steps: 2000, from: 0 }),
      [
        [250, 1.25],
        [1750, 8.75],
        [2250, 10 * cosines(250, 1000)],
        [2750, 10 * cosines(750, 1000)],
      ],
    ],
    [
      "CosineDecayRestarts",
      cosine({ from: 1, steps: 1000, restarts: true, growth: 2 }),
      quarters.map((t) => [t, restarted(t, 2)]),
    ],
    [
      "CosineDecayRestarts, alpha 0.1",
      cosine({ from: 1, to: 0.1, steps: 1000, restarts: true, growth: 2 }),
      quarters.map((t) => [t, 0.9 * restarted(t, 2) + 0.1]),
    ],
    [
      "CosineDecayRestarts, t_mul 1",
      cosine({ from: 1, steps: 1000, restarts: true }),
      quarters.map((t) => [t, restarted(t, 1)]),
    ],
  ])("%s", (_name, rate, expected) => {
    const found = expected.map(([t]) => rateAt(rate, t));
    expectAll(
      found,
      expected.map(([, value]) => value),
      1e-6,
      1e-12,
    );
  });

  it("ExponentialDecay in a training", async () => {
    const numbers = Array.from({ length: 16 }, (_, i) => [2 * i, 2 * i + 1]);
    for (const engine of engines) {
      const layers = [{ units: 2, activation: "identity" }] as const;
      const network = await Network.create({ inputs: 2, layers, loss: "meanSquaredError", engine });
      network.parameters.fill(1);
      const { loss } = await network.fit(Dataset.from({ inputs: numbers, targets: numbers }), {
        epochs: 3,
        batchSize: 4,
        shuffle: false,
        optimizer: adam({ learningRate: exponential({ from: 0.05, factor: 0.9 }), epsilon: 1e-7 }),
      });
      expectAll(loss, [230.79457092285156, 128.30319213867188, 79.33648681640625], 5e-5);
    }
  });
});

describe("Keras's metrics", () => {
  const column = (values: readonly number[]) => values.map((value) => [value]);
  const binary = (p: readonly number[], targets: readonly number[], sampleWeight?: readonly number[]) => ({
    loss: "binaryCrossEntropy" as const,
    activation: "sigmoid" as const,
    s: logitsOf(column(p)),
    targets: column(targets),
    ...(sampleWeight && { sampleWeight }),
  });
  const classes = (p: readonly (readonly number[])[], targets: readonly (readonly number[])[], weights?: number[]) => ({
    loss: "categoricalCrossEntropy" as const,
    activation: "softmax" as const,
    s: logarithmsOf(p),
    targets,
    ...(weights && { sampleWeight: weights }),
  });
  const numbers = (s: readonly (readonly number[])[], targets: readonly (readonly number[])[], weights?: number[]) => ({
    loss: "meanSquaredError" as const,
    activation: "identity" as const,
    s,
    targets,
    ...(weights && { sampleWeight: weights }),
  });
  const guesses = [
    [0.1, 0.9, 0.8],
    [0.05, 0.95, 0],
  ];
  const truths = [
    [0, 0, 1],
    [0, 1, 0],
  ];
  const six = [
    [0.9, 0.1, 0],
    [0.2, 0.6, 0.2],
    [0, 0, 1],
    [0.4, 0.3, 0.3],
    [0, 0.9, 0.1],
    [0, 0, 1],
  ];
  const sixTargets = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
  ];
  const sixWeights = [0.5, 1, 1, 1, 0.5, 1];
  const bits = [
    [0, 0, 1, 1, 0],
    [1, 1, 1, 1, 1],
    [0, 1, 0, 1, 0],
    [1, 1, 1, 1, 1],
  ];
  const bitTargets = [
    [0, 1, 0, 1, 0],
    [0, 0, 1, 1, 1],
    [1, 1, 1, 1, 0],
    [0, 0, 0, 0, 1],
  ];
  const r2 = [
    [0.4, 0.9, 1.6],
    [0.1, 1.2, 0.6],
    [1.5, 0.8, 0.6],
  ];
  const r2Targets = [
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
  ];
  const eight = [1, 2, 3, 4, 4, 3, 2, 1];

  it.each<[string, MetricName, Parameters<typeof evaluated>[0], number | readonly number[]]>([
    ["BinaryAccuracy", "accuracy", binary([0.98, 1, 0, 0.6], [1, 1, 0, 0]), 0.75],
    ["BinaryAccuracy, weighted", "accuracy", binary([0.98, 1, 0, 0.6], [1, 1, 0, 0], [1, 0, 0, 1]), 0.5],
    ["CategoricalAccuracy", "accuracy", classes(guesses, truths), 0.5],
    ["CategoricalAccuracy, weighted", "accuracy", classes(guesses, truths, [0.7, 0.3]), 0.3],
    ["Precision", "precision", binary([1, 0, 1, 0], [0, 1, 1, 0]), 0.5],
    ["Precision, weighted", "precision", binary([1, 0, 1, 0, 1, 0, 1, 0], [0, 1, 1, 0, 1, 0, 0, 1], eight), 0.7],
    ["Precision of nothing", "precision", binary([0, 0, 0, 0], [0, 0, 0, 0]), 0],
    ["Recall", "recall", binary([1, 0, 1, 0], [0, 1, 1, 0]), 0.5],
    ["Recall, weighted", "recall", binary([1, 0, 1, 0, 0, 1, 0, 1], [0, 1, 1, 0, 1, 0, 0, 1], eight), 0.4],
    ["Recall of nothing", "recall", binary([0, 0, 0, 0], [0, 0, 0, 0]), 0],
    ["AUC", "rocAuc", binary([0, 0.5, 0.3, 0.9], [0, 0, 1, 1]), 0.75],
    ["F1Score", "f1PerClass", classes(six, sixTargets), [0.8, 0.6666667, 1]],
    ["F1Score, macro", "macroF1", classes(six, sixTargets), 0.822222],
    ["F1Score, weighted average", "weightedF1", classes(six, sixTargets), 0.844445],
    ["F1Score, weighted", "f1PerClass", classes(six, sixTargets, sixWeights), [0.857143, 0.8, 1]],
    ["F1Score, macro, weighted", "macroF1", classes(six, sixTargets, sixWeights), 0.885714],
    ["F1Score, weighted average, weighted", "weightedF1", classes(six, sixTargets, sixWeights), 0.902857],
    ["MeanAbsoluteError", "meanAbsoluteError", numbers(bits, bitTargets), 0.5],
    ["MeanAbsoluteError, weighted", "meanAbsoluteError", numbers(bits, bitTargets, [1, 1.5, 2, 2.5]), 0.54285],
    ["RootMeanSquaredError", "rootMeanSquaredError", numbers(column([1, 3, 2]), column([2, 4, 6])), Math.sqrt(6)],
    [
      "RootMeanSquaredError, weighted",
      "rootMeanSquaredError",
      numbers(column([1, 3, 2, 3]), column([2, 4, 6, 8]), [0, 1, 0, 1]),
      Math.sqrt(13),
    ],
    [
      "R2Score",
      "r2",
      numbers(
        [
          [0.4, 0.5, 0.6],
          [0.1, 0.2, 0.3],
          [0.5, 0.8, 0.2],
        ],
        r2Targets,
      ),
      -0.12,
    ],
    ["R2Score, weighted", "r2", numbers(r2, r2Targets, [0.8, 0.1, 0.4]), -3.0615367889404297],
    [
      "CategoricalCrossentropy",
      "logLoss",
      classes(
        [
          [0.05, 0.95, 0],
          [0.1, 0.8, 0.1],
        ],
        [
          [0, 1, 0],
          [0, 0, 1],
        ],
      ),
      1.176,
    ],
    [
      "CategoricalCrossentropy, weighted",
      "logLoss",
      classes(
        [
          [0.05, 0.95, 0],
          [0.1, 0.8, 0.1],
        ],
        [
          [0, 1, 0],
          [0, 0, 1],
        ],
        [1.5, 2],
      ),
      1.338,
    ],
  ])("%s", async (_name, metric, judged, expected) => {
    for (const engine of engines) {
      const found = (await evaluated(judged, [metric], engine))[metric] as number | readonly number[];
      expectAll([found].flat(), [expected].flat(), 1e-5, 1e-3);
    }
  });

  it("TopKCategoricalAccuracy", async () => {
    for (const [weights, expected] of [
      [undefined, 0.5],
      [[0.7, 0.3], 0.3],
    ] as const) {
      const found = await evaluated(
        classes(guesses, truths, weights && [...weights]),
        [{ name: "topK", k: 1 }],
        "strict",
      );
      expectAll([found.topK!], [expected], 1e-6);
    }
  });
});

describe("Keras's initializers", () => {
  /** VarianceScaling's: the deviation of a distribution that is normal, or the limit of one that is uniform. */
  const [fanIn, fanOut] = [250, 200];
  it.each<[string, Initialization, number, number]>([
    ["RandomNormal, stddev 1", { name: "normal", deviation: 1 }, 1, Infinity],
    ["RandomUniform, -1 to 1", { name: "uniform", limit: 1 }, 1 / Math.sqrt(3), 1],
    ["TruncatedNormal, stddev 1", { name: "truncatedNormal", deviation: 1 }, 0.87962566, 2],
    ["GlorotNormal", "glorotNormal", Math.sqrt(2 / (fanIn + fanOut)), Infinity],
    ["GlorotUniform", "glorotUniform", Math.sqrt(2 / (fanIn + fanOut)), Math.sqrt(6 / (fanIn + fanOut))],
    ["HeNormal", "heNormal", Math.sqrt(2 / fanIn), Infinity],
    ["HeUniform", "heUniform", Math.sqrt(2 / fanIn), Math.sqrt(6 / fanIn)],
    ["LecunNormal", "lecunNormal", Math.sqrt(1 / fanIn), Infinity],
    ["LecunUniform", "lecunUniform", Math.sqrt(1 / fanIn), Math.sqrt(3 / fanIn)],
    ["Zeros", "zeros", 0, 0],
    ["Constant 2", { name: "constant", value: 2 }, 2, 2],
  ])("%s", async (_name, initialization, deviation, limit) => {
    const w = await weightsOf(initialization, fanIn, fanOut);
    const square = w.reduce((sum, value) => sum + value * value, 0) / w.length;
    expectAll([Math.sqrt(square)], [deviation], 0.02);
    expect(w.every((value) => Math.abs(value) <= limit)).toBe(true);
  });

  it("Orthogonal, gain 2", async () => {
    const w = await weightsOf({ name: "orthogonal", gain: 2 }, 5, 5);
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 5; j++) {
        let dot = 0;
        for (let k = 0; k < 5; k++) dot += w[k * 5 + i]! * w[k * 5 + j]!;
        expectAll([dot], [i === j ? 4 : 0], 1e-6);
      }
    }
  });

  async function weightsOf(initialization: Initialization, inputs: number, units: number): Promise<number[]> {
    const layers = [{ units, activation: "tanh" }] as const;
    return [...(await Network.create({ inputs, layers, loss: "meanSquaredError", initialization })).weights[0]!];
  }
});
