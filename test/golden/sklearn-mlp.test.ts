/**
 * What scikit-learn 1.9 expects of `MLPClassifier` and `MLPRegressor`, asked of lanegrad in its own words: a test here for
 * each behaviour of `sklearn/neural_network/tests/test_mlp.py`, under the name it has there. Of its 59 tests, by parameters,
 * these are not here:
 *
 * - test_sparse_matrices, twice: there are no sparse inputs.
 * - test_mlp_diverging_loss: a loss that is not finite ends a training with a DivergenceError, on purpose, early stopping or
 *   not; the network has its last good parameters.
 *
 * What differs within: a partial fit is an epoch more (`continue: true`); there is no power_t, but any function of the step. A
 * class of one row among strata is warned of, not refused; a later fit may see fewer classes than there are, not others.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { fitted, perceptron, type Recipe, scoreOf, type Task, trainingOf } from "../../bench/sklearn/perceptron.ts";
import { countOf, readGolden, readRows } from "../../bench/sklearn/sets.ts";
import { adam, Dataset, type FitOptions, lbfgs, Network, parseCsv, reduceOnPlateau, sgd } from "../../src/index.ts";

const activations = ["identity", "sigmoid", "tanh", "relu"] as const;
const made = readGolden("made") as Readonly<
  Record<"regression" | "multilabel", { inputs: number[][]; targets: never[] }>
>;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Pictures of the first digits, pixels in [0, 1]. */
function digits(classes: number, begin: number, end: number): { inputs: number[][]; targets: number[] } {
  const rows = readRows("digits", range(countOf("digits")));
  const kept = range(rows.targets.length).filter((row) => rows.targets[row]! < classes);
  const some = kept.slice(begin, end);
  return {
    inputs: some.map((row) => rows.inputs[row]!.map((pixel) => pixel / 16)),
    targets: some.map((row) => rows.targets[row]!),
  };
}

const two = (begin: number, end: number) => Dataset.from(digits(2, begin, end));
function three(begin: number, end: number): Dataset {
  const { inputs, targets: labels } = digits(3, begin, end);
  return Dataset.from({ inputs, labels, classes: 3 });
}
const irises = readRows("iris", range(countOf("iris")));
const iris = Dataset.from({ inputs: irises.inputs, labels: irises.targets });
const irisNumbers = Dataset.from(irises);
const regression = Dataset.from(made.regression);
const multilabel = Dataset.from(made.multilabel);
const sets = [
  ["classes", three],
  ["sides", two],
] as const;
const kinds = [
  ["classifier", "classes", iris],
  ["regressor", "numbers", irisNumbers],
] as const;

const sizeOf = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + Math.abs(value), 0);
const options = (task: Task, rows: Dataset, recipe: Recipe, others: Partial<FitOptions>): FitOptions => ({
  ...trainingOf(task, rows, recipe),
  ...others,
});

/** Numbers that are sums of their inputs, and no noise. */
function sums(count: number, width: number, targets: number): Dataset {
  const inputs = range(count).map((i) => range(width).map((j) => Math.sin(i * 12.9898 + j * 78.233) * 1.5));
  const weigh = (row: number[], k: number) => row.reduce((sum, x, j) => sum + x * Math.cos(j * 3.7 + k), 0);
  return Dataset.from({ inputs, targets: inputs.map((row) => range(targets).map((k) => weigh(row, k))) });
}

describe("penalties and gradients", () => {
  it("alpha: a larger one leads to smaller weights", async () => {
    const rows = two(0, 100);
    const networks = [];
    for (const alpha of [0, 1]) networks.push((await fitted("sides", rows, { hidden: 10, alpha, seed: 1 }))[0]);
    for (const k of [0, 1]) expect(sizeOf(networks[0]!.weights[k]!)).toBeGreaterThan(sizeOf(networks[1]!.weights[k]!));
  });

  it("fit: a step that was worked out by hand", async () => {
    const rows = Dataset.from({ inputs: [[0.6, 0.8, 0.7]], targets: [0] });
    const network = await perceptron("sides", rows, { hidden: 2, activation: "sigmoid" });
    network.setParameters(0, {
      weights: [
        [0.1, 0.3, 0.5],
        [0.2, 0.1, 0],
      ],
      biases: [0.1, 0.1],
    });
    network.setParameters(1, { weights: [[0.1, 0.2]], biases: [1] });
    await network.fit(rows, { epochs: 1, optimizer: sgd({ learningRate: 0.1 }), regularization: { l2: 0.1 } });
    const expected = [
      [0.098, 0.2956664, 0.4939998, 0.195756, 0.096008, -0.002244],
      [0.098333, 0.09626],
      [0.04706, 0.154089],
      [0.9235],
    ];
    const found = [network.weights[0]!, network.biases[0]!, network.weights[1]!, network.biases[1]!];
    for (const [i, values] of expected.entries()) {
      for (const [j, value] of values.entries()) expect(Math.abs(found[i]![j]! - value)).toBeLessThan(1.5e-3);
    }
    expect(network.predict(rows)[0]).toBeCloseTo(0.739, 3);
  });

  it("gradient: backpropagation is the numeric derivative, for every activation", async () => {
    const inputs = range(5).map((i) => range(10).map((j) => Math.abs(Math.sin(1 + i * 10 + j))));
    for (const activation of activations) {
      const sides = Dataset.from({ inputs, targets: [1, 0, 1, 0, 1] });
      const classes = Dataset.from({ inputs, labels: [1, 2, 0, 1, 2] });
      for (const [task, rows] of [
        ["sides", sides],
        ["classes", classes],
      ] as const) {
        const network = await perceptron(task, rows, { hidden: 10, activation });
        expect((await network.checkGradients(rows)).maxRelativeError).toBeLessThan(1e-7);
      }
    }
  });
});

describe("lbfgs", () => {
  it.each(sets)("lbfgs_classification: digits, of %s", async (task, digitsOf) => {
    const rows = digitsOf(0, 150);
    for (const activation of activations) {
      const recipe = { solver: "lbfgs", hidden: 50, epochs: 150, seed: 1, activation } as const;
      const [network] = await fitted(task, rows, recipe);
      expect(await scoreOf(task, network, rows)).toBeGreaterThan(0.95);
      expect(network.predict(digitsOf(150, 200)).length).toBe(50 * rows.targetWidth);
    }
  });

  it("lbfgs_regression: only what bends can follow numbers that do", async () => {
    for (const activation of activations) {
      const recipe = { solver: "lbfgs", hidden: 50, tolerance: 1e-3, seed: 1, activation } as const;
      const [network] = await fitted("numbers", regression, recipe);
      const score = await scoreOf("numbers", network, regression);
      expect(score).toBeGreaterThan(activation === "identity" ? 0.8 : 0.98);
    }
  });

  it.each([...sets, ["numbers", () => regression]] as const)(
    "lbfgs_maxfun: no more iterations than evaluations are allowed, of %s",
    async (task, rowsOf) => {
      const rows = rowsOf(0, 200);
      for (const activation of activations) {
        const recipe = { solver: "lbfgs", hidden: 50, epochs: 150, seed: 1, activation } as const;
        const network = await perceptron(task, rows, recipe);
        const optimizer = lbfgs({ tolerance: 0, maxEvaluations: 10 });
        const history = await network.fit(rows, options(task, rows, recipe, { optimizer }));
        expect(history.stopReason).toBe("evaluations");
        expect(history.epochs).toBeLessThanOrEqual(10);
      }
    },
  );

  it("multioutput_regression: five numbers at once", async () => {
    const rows = sums(200, 100, 5);
    const [network] = await fitted("numbers", rows, { solver: "lbfgs", hidden: 50, tolerance: 1e-2, seed: 1 });
    expect(await scoreOf("numbers", network, rows)).toBeGreaterThan(0.9);
  });
});

describe("going on", () => {
  it("learning_rate_warmstart: a constant rate is the same, one that falls goes on falling", async () => {
    const rows = Dataset.from({
      inputs: [
        [3, 2],
        [1, 6],
        [5, 6],
        [-2, -4],
      ],
      targets: [1, 1, 1, 0],
    });
    // The rate of scikit-learn's "invscaling", which counts rows.
    const falling = (t: number) => 1e-3 / (4 * t + 1) ** 0.25;
    for (const [learningRate, second] of [
      [1e-3, 1e-3],
      [falling, falling(1)],
    ] as const) {
      const network = await perceptron("sides", rows, { hidden: 4 });
      const training = { epochs: 1, optimizer: sgd({ learningRate, momentum: 0.9, nesterov: true }) };
      await network.fit(rows, training);
      const { learningRate: rates } = await network.fit(rows, { ...training, epochs: 2, continue: true });
      expect(rates.at(-1)).toBe(second);
    }
  });

  it("partial_fit_classes_error: other classes than before are refused", async () => {
    const rows = Dataset.from({ inputs: [[3, 2]], labels: [0], targetNames: ["a", "b"], classes: 2 });
    const others = Dataset.from({ inputs: [[3, 2]], labels: [1], targetNames: ["b", "c"], classes: 2 });
    const network = await perceptron("classes", rows);
    const training = { epochs: 1, optimizer: sgd({ learningRate: 1e-3 }) };
    await network.fit(rows, training);
    await expect(network.fit(others, training)).rejects.toThrow('one of a, b, got "c"');
  });

  it("partial_fit_classification: a hundred fits of an epoch are one of a hundred", async () => {
    for (const [task, digitsOf] of sets) {
      const rows = digitsOf(0, 200);
      const recipe = { solver: "sgd", learningRate: 0.2, alpha: 1e-5, seed: 1 } as const;
      const whole = await perceptron(task, rows, recipe);
      const training = options(task, rows, recipe, { onEpoch: () => true });
      await whole.fit(rows, { ...training, epochs: 100 });
      const parts = await perceptron(task, rows, recipe);
      for (const i of range(100)) await parts.fit(rows, { ...training, epochs: i + 1, continue: i > 0 });
      expect([...parts.predict(rows)]).toEqual([...whole.predict(rows)]);
      expect(await scoreOf(task, parts, rows)).toBeGreaterThan(0.95);
    }
  });

  it("partial_fit_unseen_classes: a class may come later than the others", async () => {
    const first = Dataset.from({ inputs: [[1], [2], [3]], labels: [0, 1, 2], classes: 4 });
    const network = await perceptron("classes", first);
    const training = { epochs: 1, optimizer: adam() };
    await network.fit(first, training);
    await network.fit(Dataset.from({ inputs: [[4]], labels: [3], classes: 4 }), training);
    const all = Dataset.from({ inputs: [[1], [2], [3], [4]], labels: [0, 1, 2, 3] });
    expect(await scoreOf("classes", network, all)).toBeGreaterThan(0);
  });

  it("partial_fit_regression: with momentum and without", async () => {
    for (const momentum of [0, 0.9]) {
      const recipe = { solver: "sgd", learningRate: 0.01, batchSize: 200, momentum, seed: 1 } as const;
      const training = options("numbers", regression, recipe, { onEpoch: () => true });
      const whole = await perceptron("numbers", regression, recipe);
      await whole.fit(regression, { ...training, epochs: 100 });
      const parts = await perceptron("numbers", regression, recipe);
      for (const i of range(100)) await parts.fit(regression, { ...training, epochs: i + 1, continue: i > 0 });
      expect([...parts.predict(regression)]).toEqual([...whole.predict(regression)]);
      expect(await scoreOf("numbers", parts, regression)).toBeGreaterThan(0.65);
    }
  });

  it("partial_fit_errors: labels that are none of the classes are refused", () => {
    expect(() =>
      Dataset.from({
        inputs: [
          [3, 2],
          [1, 6],
        ],
        labels: [1, 0],
        classes: 1,
      }),
    ).toThrow("labels, row 1");
  });

  it("warm_start: the same classes, however distributed, and no more", async () => {
    const recipe = { hidden: 2, solver: "lbfgs", tolerance: 1e-2, seed: 42 } as const;
    const [network] = await fitted("classes", iris, recipe);
    const labelled = (labels: number[], classes: number) => Dataset.from({ inputs: irises.inputs, labels, classes });
    const again = (rows: Dataset) => network.fit(rows, trainingOf("classes", rows, recipe));
    await again(iris);
    await again(
      labelled(
        range(150).map((i) => (i < 40 ? 0 : i < 80 ? 1 : 2)),
        3,
      ),
    );
    for (const classes of [4, 5]) {
      await expect(
        again(
          labelled(
            range(150).map((i) => Math.floor((i * classes) / 150)),
            classes,
          ),
        ),
      ).rejects.toThrow(`3`);
    }
    await expect(
      again(
        labelled(
          range(150).map((i) => [0, 1, 3][Math.floor(i / 50)]!),
          4,
        ),
      ),
    ).rejects.toThrow("3");
  });

  it.each(kinds)("warm_start_full_iteration: a second fit takes as many epochs, of a %s", async (_kind, task, rows) => {
    const recipe = { hidden: 2, solver: "sgd", epochs: 3 } as const;
    const [network, history] = await fitted(task, rows, recipe);
    expect(history.epochs).toBe(3);
    const { loss } = await network.fit(rows, trainingOf(task, rows, recipe));
    expect(loss.length).toBe(3);
  });

  it.each(kinds)("mlp_warm_start_with_early_stopping: a %s is validated in every epoch", async (_kind, task, rows) => {
    const recipe = { epochs: 10, earlyStopping: true } as const;
    const [network, first] = await fitted(task, rows, recipe);
    const second = await network.fit(rows, options(task, rows, recipe, { epochs: 20, continue: true }));
    expect(first.validation.length).toBe(first.epochs);
    expect(second.validation.length).toBeGreaterThan(first.validation.length);
  });

  it.each(kinds.flatMap((kind) => (["sgd", "adam", "lbfgs"] as const).map((solver) => [...kind, solver] as const)))(
    "mlp_warm_start_no_convergence: a %s goes on as far as it is told",
    async (_kind, task, rows, solver) => {
      const recipe = { solver, epochs: 10, tolerance: 0, patience: 1000 } as const;
      const [network, { epochs, stopReason }] = await fitted(task, rows, recipe);
      expect([epochs, stopReason]).toEqual([10, "epochs"]);
      const on = solver === "lbfgs" ? {} : { continue: true };
      const further = await network.fit(rows, options(task, rows, recipe, { ...on, epochs: 20 }));
      expect(further.stopReason).toBe("epochs");
    },
  );

  it.each(kinds)("mlp_partial_fit_after_fit: a %s that was stopped early goes on", async (_kind, task, rows) => {
    const recipe = { earlyStopping: true, epochs: 50 } as const;
    const [network] = await fitted(task, rows, recipe);
    const before = network.parameters.slice();
    await network.fit(rows, { epochs: 1, optimizer: adam() });
    expect(network.parameters).not.toEqual(before);
  });

  it("mlp_loading_from_joblib_partial_fit: a network that was saved learns something else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lanegrad-"));
    try {
      const rows = (target: number) => Dataset.from({ inputs: [[2]], targets: [target] });
      const recipe = { hidden: 42, learningRate: 0.01, seed: 42 };
      const [network] = await fitted("numbers", rows(4), recipe);
      await network.save(join(folder, "network.json"));
      const loaded = await Network.load(join(folder, "network.json"));
      await loaded.fit(rows(1), { epochs: 200, optimizer: adam({ learningRate: 0.01 }) });
      expect(Math.abs(loaded.predict([[2]])[0]! - 1)).toBeLessThan(1e-3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("what is predicted", () => {
  it("multilabel_classification: all labels of nearly all rows", async () => {
    const recipe = { hidden: 50, activation: "sigmoid", alpha: 1e-5 } as const;
    const [network] = await fitted("sides", multilabel, { ...recipe, solver: "lbfgs", epochs: 150 });
    expect(await scoreOf("sides", network, multilabel)).toBeGreaterThan(0.97);
    const descent = { ...recipe, solver: "sgd", learningRate: 0.2, epochs: 100 } as const;
    const descending = await perceptron("sides", multilabel, descent);
    await descending.fit(multilabel, options("sides", multilabel, descent, { onEpoch: () => true }));
    expect(await scoreOf("sides", descending, multilabel)).toBeGreaterThan(0.9);
    const [stopped] = await fitted("sides", multilabel, { earlyStopping: true });
    expect(stopped.predict(multilabel).length).toBe(250);
  });

  it("predict_proba_binary: rows of the two classes do not mingle", async () => {
    const rows = two(0, 50);
    const [network] = await fitted("sides", rows, { hidden: 5, activation: "sigmoid", seed: 1 });
    const p = network.predict(rows);
    expect(p.length).toBe(50);
    expect(p.every((value) => value > 0 && value < 1)).toBe(true);
    expect((await network.evaluate(rows, { metrics: ["rocAuc"] })).rocAuc).toBe(1);
  });

  it("predict_proba_multiclass: probabilities of all classes", async () => {
    const rows = three(0, 10);
    const [network] = await fitted("classes", rows, { hidden: 5 });
    const p = network.predict(rows).rows();
    expect(p.length).toBe(10);
    for (const row of p) expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
  });

  it("predict_proba_multilabel: probabilities of labels do not add up to 1", async () => {
    const [network] = await fitted("sides", multilabel, { solver: "lbfgs", hidden: 30 });
    const p = network.predict(multilabel).rows();
    expect(p.map((row) => row.map((value) => Number(value > 0.5)))).toEqual(made.multilabel.targets);
    const excess = p.map((row) => row.reduce((sum, value) => sum + value, 0) - 1);
    expect(excess.reduce((sum, value) => sum + value * value, 0)).toBeGreaterThan(1e-10);
  });

  it("mlp_classifier_dtypes_casting, mlp_regressor_dtypes_casting: float32 and float64 agree", async () => {
    const { inputs, targets } = digits(2, 0, 300);
    const later = digits(2, 300, 360).inputs;
    for (const [task, patience] of [
      ["sides", 10],
      ["numbers", 10],
    ] as const) {
      const found = [];
      for (const engine of ["float64", "strict"] as const) {
        const Floats = engine === "float64" ? Float64Array : Float32Array;
        const rows = Dataset.from({ inputs: inputs.map((row) => Floats.from(row)), targets });
        const recipe = { hidden: 5, alpha: 1e-5, epochs: 100, tolerance: 1e-1, patience, seed: 1, engine } as const;
        const [network] = await fitted(task, rows, recipe);
        found.push([...network.predict(later.map((row) => Floats.from(row)))]);
      }
      for (const [i, value] of found[0]!.entries()) expect(Math.abs(found[1]![i]! - value)).toBeLessThan(5e-4);
    }
  });

  it.each([
    ["classifier of float32", "classes", iris, "float32", Float32Array],
    ["classifier of float64", "classes", iris, "float64", Float64Array],
    ["regressor of float32", "numbers", irisNumbers, "float32", Float32Array],
    ["regressor of float64", "numbers", irisNumbers, "float64", Float64Array],
  ] as const)(
    "mlp_param_dtypes: a %s has parameters and predictions of it",
    async (_name, task, rows, engine, Floats) => {
      const [network] = await fitted(task, rows, { hidden: 5, epochs: 5, engine });
      for (const part of [...network.weights, ...network.biases]) expect(part).toBeInstanceOf(Floats);
      expect(network.predict(rows)).toBeInstanceOf(Floats);
    },
  );
});

describe("how a training ends", () => {
  it("shuffle: the same seed, the same numbers; without it, others", async () => {
    const rows = sums(50, 5, 1);
    const trained = async (shuffle: boolean) => {
      const recipe = { hidden: 1, batchSize: 1, epochs: 1 } as const;
      const network = await perceptron("numbers", rows, recipe);
      await network.fit(rows, options("numbers", rows, recipe, { shuffle }));
      return [...network.weights[0]!];
    };
    expect(await trained(true)).toEqual(await trained(true));
    expect(await trained(false)).toEqual(await trained(false));
    expect(await trained(true)).not.toEqual(await trained(false));
  });

  const pair = Dataset.from({
    inputs: [
      [3, 2],
      [1, 6],
    ],
    targets: [1, 0],
  });

  it("tolerance: it ends long before its last epoch", async () => {
    const [, { epochs }] = await fitted("sides", pair, { solver: "sgd", tolerance: 0.5, epochs: 3000 });
    expect(epochs).toBeLessThan(3000);
  });

  it("verbose_sgd: it tells of each epoch", async () => {
    const told: string[] = [];
    const network = await perceptron("sides", pair, { hidden: 2 });
    const recipe = { solver: "sgd", epochs: 2 } as const;
    const onEpoch = ({ epoch, loss }: { epoch: number; loss: number }) =>
      void told.push(`epoch ${epoch}, loss ${loss}`);
    await network.fit(pair, options("sides", pair, recipe, { onEpoch }));
    expect(told.map((text) => text.slice(0, 14))).toEqual(["epoch 1, loss ", "epoch 2, loss "]);
  });

  it.each([["sides"], ["numbers"]] as const)("early_stopping: the best score of all, of %s", async (task) => {
    const rows = two(0, 100);
    const recipe = { solver: "sgd", tolerance: 0.2, epochs: 3000 } as const;
    const [, stopped] = await fitted(task, rows, { ...recipe, earlyStopping: true });
    const name = task === "sides" ? "accuracy" : "r2";
    const scores = stopped.validation.map((one) => one[name]!);
    expect(stopped.stopReason).toBe("earlyStopping");
    expect(stopped.best.value).toBe(Math.max(...scores));
    for (const last of scores.slice(-2)) expect(last).toBeLessThan(stopped.best.value + 0.2);
    const [, whole] = await fitted(task, rows, recipe);
    expect(whole.validation).toEqual([]);
    expect(whole.best.monitor).toBe("loss");
  });

  it("adaptive_learning_rate: it falls whenever the loss rests, down to nothing", async () => {
    const network = await perceptron("sides", pair);
    const learningRate = reduceOnPlateau({ from: 1e-3, factor: 0.2, patience: 10, threshold: 0.5 });
    const optimizer = sgd({ learningRate, momentum: 0.9, nesterov: true });
    const { learningRate: rates } = await network.fit(pair, {
      epochs: 3000,
      optimizer,
      onEpoch: ({ learningRate: rate }) => rate! > 1e-6,
    });
    expect(rates.length).toBeLessThan(3000);
    expect(rates.at(-1)).toBeLessThanOrEqual(1e-6);
  });

  it("n_iter_no_change: so many epochs are waited for", async () => {
    const rows = two(0, 100);
    for (const patience of [2, 5, 10, 50, 100]) {
      const [, { epochs, loss, stopReason }] = await fitted("sides", rows, {
        solver: "sgd",
        tolerance: 0.01,
        epochs: 3000,
        patience,
      });
      expect(stopReason).toBe("callback");
      expect(epochs).toBeLessThan(3000);
      const before = Math.min(...loss.slice(0, -patience - 1));
      expect(
        loss
          .slice(-patience - 1)
          .every((value, i) => value > Math.min(before, ...loss.slice(-patience - 1).slice(0, i)) - 0.01),
      ).toBe(true);
    }
  });

  it("n_iter_no_change_inf: who waits for ever takes all epochs, however large the tolerance", async () => {
    const rows = two(0, 100);
    const recipe = { solver: "sgd", tolerance: 1e9, epochs: 3000, patience: Infinity, hidden: 10 } as const;
    const [, { epochs, stopReason }] = await fitted("sides", rows, recipe);
    expect([epochs, stopReason]).toEqual([3000, "epochs"]);
  });

  it("early_stopping_stratified: a class of one row cannot be in both parts, which is said by its name", async () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    try {
      const inputs = [
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
      ];
      const rows = Dataset.from({ inputs, labels: [0, 0, 0, 1] });
      const network = await perceptron("classes", rows);
      await network.fit(rows, { epochs: 1, optimizer: adam(), validationSplit: { fraction: 0.25, stratify: true } });
      expect(warning).toHaveBeenCalledWith(expect.stringContaining('"class=1": a class of a single row'));
    } finally {
      warning.mockRestore();
    }
  });

  it("mlp_early_stopping_string_labels: classes may be words", async () => {
    const lines = range(200).map((i) => {
      const [x, y] = [Math.sin(i * 1.7) * 2, Math.cos(i * 2.3) * 2];
      return `${x},${y},class_${x > 0.5 ? "a" : y > 0 ? "b" : "c"}`;
    });
    const rows = await parseCsv(["x,y,class", ...lines].join("\n"), {
      inputs: ["x", "y"],
      targets: ["class"],
      categorical: ["class"],
    });
    const [, { epochs, validation }] = await fitted("classes", rows, { earlyStopping: true, epochs: 50, seed: 42 });
    expect(validation.length).toBe(epochs);
    expect(validation.every(({ accuracy }) => Number.isFinite(accuracy))).toBe(true);
  });

  it("nonfinite_params: numbers too large for their squares are refused, with what to do", async () => {
    const inputs = range(10).map((i) => [1.7e308 * Math.abs(Math.sin(i + 1)), 1.7e308 * Math.abs(Math.cos(i + 1))]);
    const rows = Dataset.from({ inputs, targets: range(10).map(Math.sin) });
    for (const engine of ["float64", "float32", "strict"] as const) {
      await expect(fitted("numbers", rows, { engine })).rejects.toThrow("finite");
    }
  });

  it.each(kinds)("preserve_feature_names: a %s that sets rows aside knows their columns", async (_kind, task) => {
    const inputs = range(20).map((i) => [Math.sin(i), Math.cos(3 * i)]);
    const target = task === "classes" ? { labels: range(20).map((i) => i % 2) } : { targets: range(20).map(Math.sin) };
    const rows = Dataset.from({ inputs, ...target, inputNames: ["a", "b"] });
    const [network] = await fitted(task, rows, { earlyStopping: true, epochs: 3 });
    expect(network.preprocessing!.inputs.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("mlp_sample_weight_with_early_stopping: weights of 1 are none", async () => {
    const { inputs, targets } = {
      inputs: range(100).map((i) => [Math.sin(i), Math.cos(i)]),
      targets: range(100).map(Math.sin),
    };
    const recipe = { hidden: 10, earlyStopping: true, tolerance: 1e-2, learningRate: 0.01, batchSize: 10, seed: 42 };
    const [plain] = await fitted("numbers", Dataset.from({ inputs, targets }), recipe);
    const weighted = Dataset.from({ inputs, targets, sampleWeight: range(100).map(() => 1) });
    const [other] = await fitted("numbers", weighted, recipe);
    expect([...other.predict(inputs)]).toEqual([...plain.predict(inputs)]);
  });

  it("minimum_input_sample_size: too few rows to set some aside are refused", async () => {
    const rows = Dataset.from({
      inputs: [
        [1, 2, 3, 4, 5],
        [2, 3, 4, 5, 6],
      ],
      targets: [1, 2],
    });
    await expect(fitted("numbers", rows, { earlyStopping: true })).rejects.toThrow("validationSplit");
  });

  it("mlp_vs_poisson_glm: the mean of counts is the exponential of a line, which least squares do not find", async () => {
    const x = range(100).map((i) => i / 99);
    const y = x.map((value, i) => Math.max(0, Math.round(Math.exp(value + 1) + 1.6 * Math.sin(i * 7.3))));
    const [a, b] = poissonLine(x, y);
    const expected = x.map((value) => Math.exp(a * value + b));
    const rows = Dataset.from({ inputs: x.map((value) => [value]), targets: y });
    const worst = async (loss: "poisson" | "meanSquaredError", last: "exponential" | "identity") => {
      const layers = [
        { units: 1, activation: "identity" },
        { units: 1, activation: last },
      ] as const;
      const network = await Network.create({ inputs: 1, layers, loss, engine: "float64", seed: 43 });
      await network.fit(rows, { epochs: 500, optimizer: lbfgs({ tolerance: 1e-7 }) });
      const found = network.predict(rows);
      return Math.max(...expected.map((value, i) => Math.abs(found[i]! - value) / value));
    };
    expect(await worst("poisson", "exponential")).toBeLessThan(1e-4);
    expect(await worst("meanSquaredError", "identity")).toBeGreaterThan(1e-4);
  });
});

/** ln E(y) = a x + b of largest likelihood, by Newton's method. */
function poissonLine(x: readonly number[], y: readonly number[]): [a: number, b: number] {
  let [a, b] = [0, 1];
  for (let step = 0; step < 50; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0];
    for (const [i, value] of x.entries()) {
      const mean = Math.exp(a * value + b);
      ga += value * (mean - y[i]!);
      gb += mean - y[i]!;
      haa += value * value * mean;
      hab += value * mean;
      hbb += mean;
    }
    const determinant = haa * hbb - hab * hab;
    [a, b] = [a - (hbb * ga - hab * gb) / determinant, b - (haa * gb - hab * ga) / determinant];
  }
  return [a, b];
}
