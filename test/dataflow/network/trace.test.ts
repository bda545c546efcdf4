/** Real steps, opened: values and derivatives are the engine's own. */
import "../../../src/dataflow/index.ts";
import { describe, expect, it } from "vitest";
import type { Trace } from "../../../src/dataflow/index.ts";
import type { Value } from "../../../src/dataflow/graph.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { Dataset, adam, lbfgs, Network, sgd, type Step } from "../../../src/index.ts";
import { Random } from "../../../src/ground/random.ts";
import { bitsOf } from "../../support/engines.ts";
import { titanic, deep, numbersOf, expectChainRule } from "./fixtures.ts";

describe("a trace", () => {
  it("has the circles of figures 1 and 2, by the names of the notes, and the arrows between them", async () => {
    const network = await Network.create(titanic);
    const graph = network.trace([0.4, 1], [0]).graph();
    expect(graph.toString().split("\n")).toEqual([
      "x_1^(1)",
      "x_2^(1)",
      "x_3^(1)",
      "w_1^(1)",
      "s_1^(2) <- w_1^(1), x_1^(1), x_2^(1), x_3^(1)",
      "w_2^(1)",
      "s_2^(2) <- w_2^(1), x_1^(1), x_2^(1), x_3^(1)",
      "x_1^(2) <- s_1^(2)",
      "x_2^(2) <- s_2^(2)",
      "x_3^(2)",
      "w_1^(2)",
      "s_1^(3) <- w_1^(2), x_1^(2), x_2^(2), x_3^(2)",
      "x_1^(3) <- s_1^(3)",
      "y",
      "l <- y, x_1^(3)",
    ]);
    expect(graph.circle("x_3^(1)")).toMatchObject({ value: 1, role: "constant" });
    const trace = network.trace([0.4, 1], [0]);
    expect(graph.into("s_2^(2)").map(({ partial }) => partial)).toEqual([
      [trace.x(1, 1), 1, 1],
      trace.w(1, 2, 1),
      trace.w(1, 2, 2),
      trace.w(1, 2, 3),
    ]);
    expect(trace.w(1, 2, 1)).toBe(network.weights[0]![2]);
    expect(trace.w(2, 1, 3)).toBe(network.biases[1]![0]);
  });

  it("can have every weight as a circle of its own, or none", async () => {
    const trace = (await Network.create(titanic)).trace([0.4, 1], [0]);
    const single = trace.graph({ weights: "scalars" });
    expect(single.circle("w_(2,1)^(1)").value).toBe(trace.w(1, 2, 1));
    expect(single.circle("w_(2,1)^(1)").derivative).toBe(trace.dw(1, 2, 1));
    expect(single.outOf("w_(1,3)^(2)")).toMatchObject([{ to: "s_1^(3)", partial: 1 }]);
    expectChainRule(single.sweep());
    expect(trace.graph({ weights: "none" }).circles.filter(({ role }) => role === "parameter")).toEqual([]);
  });

  it.each([titanic, deep])("obeys the chain rule circle by circle: %o", async (options) => {
    const network = await Network.create(options);
    const [input, target] =
      options === titanic
        ? [[0.4, 1], [0]]
        : [
            [0.4, 1, -0.3],
            [0, 1, 0],
          ];
    const trace = network.trace(input, target);
    expectChainRule(trace.graph().sweep());
    const paths = trace.graph().paths("x_1^(1)");
    const products = paths.map((path) => trace.graph().product(path) as number);
    expect(products.reduce((a, b) => a + b)).toBeCloseTo(trace.dx(1, 1), 6);
  });

  it("is what the network's own functions say", async () => {
    const network = await Network.create(deep);
    const [input, target] = [
      [0.4, 1, -0.3],
      [0, 1, 0],
    ];
    const trace = network.trace(input, target);
    const [values, gradients] = [
      network.activations([input]),
      network.gradients({ inputs: [input], targets: [target] }),
    ];
    for (let k = 2; k <= trace.depth; k++) {
      const units = Array.from({ length: trace.widths[k - 1]! }, (_, i) => i + 1);
      expect(units.map((i) => trace.x(k, i))).toEqual([...values[k - 1]!.activations]);
      expect(units.map((i) => trace.s(k, i))).toEqual([...values[k - 1]!.preActivations!]);
      const weights = units.flatMap((i) => [...trace.weightGradient(k - 1, i).value.slice(0, -1)]);
      expect(weights).toEqual([...gradients[k - 2]!.weights]);
      expect(units.map((i) => trace.weightGradient(k - 1, i).value.at(-1))).toEqual([...gradients[k - 2]!.biases]);
    }
    const { loss } = await network.evaluate(Dataset.from({ inputs: [input], targets: [target] }));
    expect(trace.loss).toBe(loss);
  });

  it("has the derivatives by the inputs, as central differences find them", async () => {
    const network = await Network.create({ ...deep, engine: "float64" });
    const at = [0.4, 1, -0.3];
    const target = [0.2, 0.5, 0.3];
    const trace = network.trace(at, target);
    for (const [i, value] of at.entries()) {
      const lossAt = (moved: number) => network.trace(at.with(i, moved), target).loss;
      const difference = (lossAt(value + 1e-5) - lossAt(value - 1e-5)) / 2e-5;
      expect(trace.inputDerivative(1, i + 1).value).toBeCloseTo(difference, 8);
    }
  });

  it("is read from linear memory: a weight that is corrupted there changes it", async () => {
    const network = await Network.create(titanic);
    const before = network.trace([0.4, 1], [0]);
    network.parameters[1] = 5; // w_(1,2)^(1)
    const after = network.trace([0.4, 1], [0]);
    expect(after.graph().outOf("x_2^(1)")[0]).toMatchObject({ to: "s_1^(2)", partial: 5 });
    expect(after.s(2, 1)).toBeCloseTo(before.s(2, 1) + 5 - before.w(1, 1, 2), 5);
    expect(after.x(2, 1)).toBeGreaterThan(0.98);
    expect(after.loss).not.toBe(before.loss);
    expect(after.dw(1, 1, 1)).not.toBe(before.dw(1, 1, 1));
    // The earlier trace is of the earlier pass.
    expect(before.w(1, 1, 2)).not.toBe(5);
  });

  it("sums over the samples of a batch, whose loss is a mean", async () => {
    const network = await Network.create(titanic);
    const inputs = [
      [0.1, 1],
      [0.2, 0],
      [0.9, 1],
    ];
    const targets = [0, 1, 1];
    const batch = network.trace(inputs, targets);
    const singles = inputs.map((input, n) => network.trace(input, [targets[n]!]));
    const mean = (of: (trace: Trace) => number) => singles.reduce((sum, trace) => sum + of(trace), 0) / 3;
    expect(batch.count).toBe(3);
    expect(batch.loss).toBeCloseTo(
      mean(({ loss }) => loss),
      6,
    );
    singles.forEach(({ loss }, n) => expect(batch.sampleLoss(n + 1)).toBeCloseTo(loss, 6));
    expect(batch.weightGradient(1, 2).value[1]).toBeCloseTo(
      mean((trace) => trace.dw(1, 2, 2)),
      7,
    );
    expect(batch.inputDerivative(2, 1, 3).value).toBeCloseTo(singles[2]!.dx(2, 1) / 3, 7);
    const graph = batch.graph({ sample: 3 });
    expect(graph.outOf("l_3")).toMatchObject([{ to: "l", partial: 1 / 3 }]);
    expect(graph.output.id).toBe("l");
    expect(graph.circle("other losses").role).toBe("fold");
    expectChainRule(graph.sweep());
    // The gradient by the weights is that of all samples; one sample's paths alone do not come to it.
    expect(graph.circle("w_1^(2)").derivative).toEqual([...batch.weightGradient(2, 1).value]);
    expect(graph.sweep().map(({ circle }) => circle.id)).not.toContain("w_1^(2)");
    expect(toText(batch.graph({ sample: 2 }).circle("other losses").label)).toBe("l_n, n ≠ 2");
  });

  it("takes batches of several passes", async () => {
    const network = await Network.create(titanic);
    const random = new Random(1);
    const rows = Array.from({ length: 2500 }, () => [random.uniform(), random.below(2)]);
    const targets = rows.map(([, male]) => 1 - male!);
    const trace = network.trace(rows, targets);
    const gradients = network.gradients({ inputs: rows, targets });
    expect(trace.dw(1, 1, 2)).toBe(gradients[0]!.weights[1]);
    expect(trace.x(1, 1, 2500)).toBe(Math.fround(rows[2499]![0]!));
    const last = network.trace(rows[2499]!, [targets[2499]!]);
    expect(trace.dx(2, 1, 2500)).toBeCloseTo(last.dx(2, 1) / 2500, 9);
  });

  it("standardizes its inputs as the network does, and says so", async () => {
    const network = await Network.create(titanic);
    expect(network.trace([50, 1], [0]).isStandardized).toBe(false);
    network.standardize({ mean: [30, 0], std: [10, 1] });
    const trace = network.trace([50, 1], [0]);
    expect(trace.x(1, 1)).toBe(2);
    expect(trace.isStandardized).toBe(true);
    expect(String(trace)).toContain("2 inputs, standardized: ");
  });

  it("takes one row in any form, with its targets", async () => {
    const network = await Network.create(deep);
    const expected = network.trace([[1, 2, 3]], [[0, 1, 0]]).loss;
    for (const [inputs, targets] of [
      [Float32Array.of(1, 2, 3), [0, 1, 0]],
      [[1, 2, 3], Float64Array.of(0, 1, 0)],
      [Float64Array.of(1, 2, 3), [[0, 1, 0]]],
      [[[1, 2, 3]], Float32Array.of(0, 1, 0)],
    ] as const) {
      expect(network.trace(inputs, targets).loss).toBe(expected);
    }
  });

  it.each([40, 95, 300])("stays finite, and right, where the output saturates at s = %d", async (s) => {
    for (const [loss, activation, units] of [
      ["binaryCrossEntropy", "sigmoid", 1],
      ["binaryCrossEntropy", "sigmoid", 2],
      ["categoricalCrossEntropy", "softmax", 2],
    ] as const) {
      for (const sign of [1, -1]) {
        const network = await Network.create({ inputs: 1, layers: [{ units, activation }], loss });
        network.setParameters(0, {
          weights: units === 1 ? [[0]] : [[0], [0]],
          biases: units === 1 ? [sign * s] : [sign * s, 0],
        });
        const target = units === 1 ? [sign > 0 ? 0 : 1] : sign > 0 ? [0, 1] : [1, 0];
        const trace = network.trace([1], target);
        for (const { derivative, partial } of [...trace.graph().circles, ...trace.graph().arrows] as {
          derivative?: Value;
          partial?: Value;
        }[]) {
          for (const value of [...numbersOf(derivative ?? 0), ...numbersOf(partial ?? 0)]) {
            expect(value).toSatisfy(Number.isFinite);
          }
        }
        const share = activation === "sigmoid" ? 1 / units : 1;
        expect(trace.ds(2, 1)).toBeCloseTo(sign * share, 6);
        expectChainRule(trace.graph().sweep());
        const { value } = trace.sumDerivative(2, 1);
        const product = trace.slope(2, 1) * trace.dx(2, 1) + (units > 1 ? trace.slope(2, 2, 1) * trace.dx(2, 2) : 0);
        expect(product).toBeCloseTo(value, 5);
      }
    }
  });
});

describe("onStep", () => {
  const random = new Random(2);
  const inputs = Array.from({ length: 50 }, () => [random.uniform(-1, 1), random.below(2)]);
  const data = Dataset.from({ inputs, targets: inputs.map(([a, b]) => Number(a! + b! > 0.5)) });
  const options = { epochs: 3, batchSize: 16, seed: 4 };

  it("hands over each step as it is taken, and changes no bit of the training", async () => {
    const [watched, plain] = [await Network.create(titanic), await Network.create(titanic)];
    const steps: Step[] = [];
    let parameters = watched.parameters.slice();
    const history = await watched.fit(data, {
      ...options,
      optimizer: adam({ learningRate: 0.1 }),
      onStep(step) {
        const trace = step.trace();
        expect(trace.count).toBe(step.rows.length);
        expect(trace.loss).toBe(step.loss);
        expect(trace.w(1, 1, 1)).toBe(watched.parameters[0]);
        expect(trace.x(1, 1, 2)).toBe(Math.fround(inputs[step.rows[1]!]![0]!));
        if (steps.length > 0) expect(watched.parameters).not.toEqual(parameters);
        parameters = watched.parameters.slice();
        watched.gradients({ inputs: [[5, 5]], targets: [0] });
        steps.push(step);
      },
    });
    await plain.fit(data, { ...options, optimizer: adam({ learningRate: 0.1 }) });
    expect(bitsOf(watched.parameters)).toEqual(bitsOf(plain.parameters));
    expect(steps.map(({ epoch, step }) => [epoch, step])).toEqual(
      Array.from({ length: 12 }, (_, i) => [1 + Math.floor(i / 4), i + 1]),
    );
    expect(history.steps).toBe(12);
    expect(
      [...steps[0]!.rows, ...steps[1]!.rows, ...steps[2]!.rows, ...steps[3]!.rows].toSorted((a, b) => a - b),
    ).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(() => steps[0]!.trace()).toThrow("trace: expected a step that is being taken, got one that is over");
  });

  it("watches the steps of an iterator, and steps of several passes", async () => {
    const rows = Array.from({ length: 3000 }, () => [random.uniform(-1, 1), random.below(2)]);
    const large = Dataset.from({ inputs: rows, targets: rows.map(([a]) => Number(a! > 0)) });
    const network = await Network.create(titanic);
    const losses: number[] = [];
    const epochs: number[] = [];
    for await (const { loss } of network.train(large, {
      epochs: 2,
      batchSize: "full",
      optimizer: sgd({ learningRate: 0.1 }),
      onStep: (step) => losses.push(step.trace().loss),
    })) {
      epochs.push(loss);
    }
    expect(losses).toHaveLength(2);
    losses.forEach((loss, i) => expect(loss).toBeCloseTo(epochs[i]!, 6));
  });

  it("is refused for lbfgs, and unless it is a function", async () => {
    const network = await Network.create(titanic);
    await expect(network.fit(data, { epochs: 1, optimizer: lbfgs(), onStep: () => 1 })).rejects.toThrow(
      "fit: onStep: expected an optimizer that descends step by step, got lbfgs",
    );
    const late = { epochs: 1, optimizer: sgd({ learningRate: 1 }), onStep: () => Promise.reject(new Error("mine")) };
    await expect(network.fit(data, late)).rejects.toThrow("onStep: expected a function that is done when it returns");
    const wrong = { epochs: 1, optimizer: sgd({ learningRate: 1 }), onStep: 5 as unknown as () => void };
    await expect(network.fit(data, wrong)).rejects.toThrow("fit: onStep: expected a function, got 5");
  });

  it("lets its errors through and leaves the network usable", async () => {
    const network = await Network.create(titanic);
    const broken = () => {
      throw new Error("mine");
    };
    const training = { epochs: 1, optimizer: sgd({ learningRate: 1 }), onStep: broken };
    await expect(network.fit(data, training)).rejects.toThrow("mine");
    const kept: Step[] = [];
    const keeping = (step: Step) => {
      kept.push(step);
      broken();
    };
    await expect(network.fit(data, { ...training, onStep: keeping })).rejects.toThrow("mine");
    expect(() => kept[0]!.trace()).toThrow("one that is over");
    expect((await network.fit(data, { epochs: 1, optimizer: sgd({ learningRate: 1 }) })).epochs).toBe(1);
  });
});

describe("a trace refuses", () => {
  it("what does not fit, naming it", async () => {
    const network = await Network.create(titanic);
    const trace = network.trace([0.4, 1], [0]);
    const attempts: [() => unknown, string | RegExp][] = [
      [() => network.trace([1, 2, 3], [0]), "trace: expected 2 inputs a row, got 3"],
      [() => network.trace([1, NaN], [0]), /NaN/],
      [() => network.trace([1, 2], [2]), "numbers from 0 to 1 for the loss binaryCrossEntropy"],
      [() => network.trace([[1, 2]], [[0], [1]]), /trace|rows/],
      [() => network.trace([1, 2], undefined as unknown as number[]), "trace: expected inputs and their targets, got"],
      [() => trace.x(0, 1), "trace: layer k: expected a whole number, at least 1, at most 3, got 0"],
      [() => trace.x(3, 2), "trace: unit i: expected a whole number, at least 1, at most 1, got 2"],
      [() => trace.s(1, 1), "trace: layer k: expected a whole number, at least 2, at most 3, got 1"],
      [
        () => trace.weightGradient(3, 1),
        "weightGradient: layer k: expected a whole number, at least 1, at most 2, got 3",
      ],
      [() => trace.inputDerivative(3, 1), "inputDerivative: layer k"],
      [() => trace.outputDerivative(2), "trace: unit i"],
      [() => trace.w(1, 1, 4), "trace: unit j"],
      [() => trace.x(1, 1, 2), "trace: sample: expected a whole number, at least 1, at most 1, got 2"],
      [() => trace.circle("z_1"), "circle: expected a name such as x_1^(2)"],
      [() => trace.circle("x_9^(1)"), "trace: unit i"],
      [() => trace.toSvg(null as unknown as object), "trace: expected an object of options, got null"],
      [() => trace.toDot({ limt: 9 } as object), 'did you mean "limit"'],
      [() => trace.graph({ sample: 2 }), "graph: sample"],
      [() => trace.graph({ weights: "all" as "none" }), 'graph: weights: expected "vectors", "scalars" or "none"'],
      [() => trace.graph({ limits: 3 } as object), 'did you mean "limit"'],
    ];
    for (const [attempt, message] of attempts) expect(attempt).toThrow(message);
  });

  it("more rows than can be looked at", async () => {
    const network = await Network.create({
      inputs: 2000,
      layers: [{ units: 2000, activation: "tanh" }],
      loss: "meanSquaredError",
      engine: "float64",
    });
    const inputs = new Float32Array(3000 * 2000);
    expect(() => network.trace(inputs, inputs)).toThrow(
      "trace: expected at most 2796 rows of such a network, got 3000",
    );
  });
});
