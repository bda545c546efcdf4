import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { activations } from "../../src/kinds/activations/index.ts";
import { checkDescription, describe as print, type NetworkDescription } from "../../src/model/description.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { losses } from "../../src/kinds/losses/index.ts";
import { randomCase } from "../support/random-network.ts";

const titanic: NetworkDescription = {
  inputs: 2,
  layers: [
    { units: 2, activation: "sigmoid" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
};

describe("a description", () => {
  it("is copied", () => {
    const checked = checkDescription(titanic);
    expect(checked).toEqual(titanic);
    expect(checked.layers[0]).not.toBe(titanic.layers[0]);
  });

  it("prints back as the line that made it", () => {
    expect(print(titanic)).toBe(
      'Network.create({ inputs: 2, layers: [{ units: 2, activation: "sigmoid" }, { units: 1, activation: "sigmoid" }], ' +
        'loss: "binaryCrossEntropy" })',
    );
    for (let seed = 1; seed <= 100; seed++) {
      const { description } = randomCase(seed);
      const read = runInNewContext(print(description), { Network: { create: (options: unknown) => options } });
      expect(structuredClone(read), `seed ${seed}`).toEqual(description);
    }
  });

  it("pairs every loss with the outputs that it exists for", () => {
    const pairs = Object.keys(losses).map((loss) => [
      loss,
      Object.keys(activations).filter((activation) => {
        try {
          checkDescription({ inputs: 1, layers: [{ units: 3, activation }], loss } as NetworkDescription);
          return true;
        } catch {
          return false;
        }
      }),
    ]);
    expect(Object.fromEntries(pairs)).toEqual({
      binaryCrossEntropy: ["sigmoid", "hardSigmoid", "softmax"],
      categoricalCrossEntropy: ["sigmoid", "hardSigmoid", "softmax"],
      focal: ["sigmoid", "hardSigmoid", "softmax"],
      meanSquaredError: Object.keys(activations),
      meanAbsoluteError: Object.keys(activations),
      huber: Object.keys(activations),
      quantile: Object.keys(activations),
      poisson: ["sigmoid", "relu", "softplus", "exponential", "hardSigmoid", "softmax"],
    });
  });

  it.each([
    ["mse", "meanSquaredError"],
    ["MSELoss", "meanSquaredError"],
    ["mean_squared_error", "meanSquaredError"],
    ["bce", "binaryCrossEntropy"],
    ["log-loss", "binaryCrossEntropy"],
    ["binary_crossentropy", "binaryCrossEntropy"],
    ["cce", "categoricalCrossEntropy"],
    ["crossentropy", "categoricalCrossEntropy"],
    ["CrossEntropy", "categoricalCrossEntropy"],
  ])("knows the loss that others call %s", (name, meant) => {
    const given = { ...titanic, loss: name } as unknown as NetworkDescription;
    expect(() => checkDescription(given)).toThrow(`got "${name}" (did you mean "${meant}"?)`);
  });

  it.each([
    ["logistic", "sigmoid"],
    ["linear", "identity"],
    ["Linear", "identity"],
    ["none", "identity"],
    ["rectifier", "relu"],
    ["hyperbolic tangent", "tanh"],
  ])("knows the activation that others call %s", (name, meant) => {
    const given = { ...titanic, layers: [{ units: 2, activation: name }] } as unknown as NetworkDescription;
    expect(() => checkDescription(given)).toThrow(`got "${name}" (did you mean "${meant}"?)`);
  });

  it("has heads in place of a loss", () => {
    const head = { units: 2, activation: "softmax", loss: "categoricalCrossEntropy" } as const;
    const given = { inputs: 3, layers: [], heads: { kind: head, "a b": { ...head, weight: 0.5 } } };
    const checked = checkDescription(given);
    expect(checked).toEqual({ ...given, heads: { kind: { ...head, weight: 1 }, "a b": { ...head, weight: 0.5 } } });
    expect(checked).not.toHaveProperty("loss");
    expect(Object.isFrozen(checked.heads!.kind)).toBe(true);
    expect(print(checked)).toMatch(/^Network\.create\(\{ inputs: 3, layers: \[\], heads: \{ kind: .*, "a b": /);
  });

  const head = { units: 2, activation: "softmax", loss: "categoricalCrossEntropy" };
  it.each([
    [
      { heads: { a: head }, loss: "huber" },
      "network: expected either a loss or heads, which have losses of their own, got both",
    ],
    [{ heads: {} }, "network: heads: expected at least one head, got none"],
    [{ heads: null }, "network: heads: expected an object of options, got null"],
    [{ heads: [head] }, /^network: heads: expected /],
    [{ heads: { a: "softmax" } }, /^head "a": expected an object/],
    [{ heads: { a: { ...head, unit: 1 } } }, /^head "a".*"unit".*"units"/],
    [{ heads: { a: { ...head, units: 0 } } }, 'head "a": units: expected'],
    [{ heads: { a: { ...head, units: 1 } } }, 'head "a": expected at least 2 units for a softmax output'],
    [{ heads: { a: { ...head, activation: "identity" } } }, 'head "a": expected outputs from 0 to 1 for the loss'],
    [{ heads: { a: { ...head, loss: "hubber" } } }, /^head "a".*"huber"/],
    [{ heads: { a: { ...head, weight: -1 } } }, 'head "a": weight: expected'],
    [{ heads: { a: { ...head, weight: null } } }, 'head "a": weight: expected'],
    [{ heads: { "a.b": head } }, 'network: heads: expected names without dots, got "a.b"'],
    [{ layers: [{ layer: "heads", heads: { a: head } }], loss: "huber" }, /^layer 1.*"heads"/],
  ])("refuses heads that cannot be: %j", (given, message) => {
    expect(() => checkDescription({ inputs: 3, layers: [], ...given } as never)).toThrow(message);
  });

  it("keeps a bare name where no option is given, and all options where one is", () => {
    const checked = (activation: unknown, loss: unknown) => {
      const given = { inputs: 1, layers: [{ units: 1, activation }], loss } as NetworkDescription;
      const { layers, loss: made } = checkDescription(given);
      return [(layers[0] as { activation: unknown }).activation, made];
    };
    expect(checked("leakyRelu", "huber")).toEqual(["leakyRelu", "huber"]);
    expect(checked({ name: "leakyRelu" }, { name: "huber", delta: undefined })).toEqual(["leakyRelu", "huber"]);
    expect(checked({ name: "tanh" }, { name: "meanSquaredError" })).toEqual(["tanh", "meanSquaredError"]);
    expect(checked("sigmoid", { name: "focal", gamma: 1 })[1]).toStrictEqual({ name: "focal", gamma: 1 });
    const [activation, loss] = checked({ name: "leakyRelu", slope: 0.2 }, { name: "huber", delta: 3 });
    expect([activation, loss]).toEqual([
      { name: "leakyRelu", slope: 0.2 },
      { name: "huber", delta: 3 },
    ]);
    expect(Object.isFrozen(activation) && Object.isFrozen(loss)).toBe(true);
  });

  const layer = { units: 2, activation: "tanh" };
  const many = Array.from({ length: 1001 }, () => layer);
  const withHole = [layer, layer, layer];
  delete withHole[1];
  it.each([
    [{ inputs: 0 }, "network: inputs: expected a whole number, at least 1, at most 1048576, got 0"],
    [{ inputs: 2.5 }, "network: inputs: expected a whole number"],
    [{ inputs: 1e9 }, "at most 1048576, got 1000000000"],
    [{ layers: undefined }, "network: layers: expected an array of layers, got undefined"],
    [{ layers: [] }, "network: layers: expected at least one layer, got none"],
    [{ layers: many }, "network: layers: expected at most 1000 layers, got 1001"],
    [{ layers: withHole }, "layer 2: expected an object of options, got undefined"],
    [{ layers: [layer, { units: 2 }] }, "layer 2: expected activation: one of"],
    [
      { layers: [{ ...layer, units: "2" }] },
      'layer 1: units: expected a whole number, at least 1, at most 1048576, got "2"',
    ],
    [
      { layers: [{ ...layer, unit: 2 }] },
      'layer 1: expected options among units, activation, layer, got "unit" (did you mean "units"?)',
    ],
    [{ layers: [{ units: 2, activation: "sigmod" }] }, 'got "sigmod" (did you mean "sigmoid"?)'],
    [
      { layers: [{ units: 2, activation: { name: "leakyRelu", slop: 1 } }] },
      'layer 1: leakyRelu: expected options among slope, got "slop" (did you mean "slope"?)',
    ],
    [
      { layers: [{ units: 2, activation: { name: "leakyRelu", slope: null } }] },
      "layer 1: leakyRelu: slope: expected a finite number, at least 0, at most 1e+30, got null",
    ],
    [
      { layers: [{ units: 2, activation: { name: "tanh", slope: 1 } }] },
      'layer 1: tanh: expected no options, got "slope"',
    ],
    [
      { layers: [{ units: 2, activation: { slope: 1 } }] },
      "layer 1: activation: expected name: one of identity, sigmoid,",
    ],
    [
      { layers: [layer, { units: 1, activation: { name: "leakyRelu", slope: 0.5 } }] },
      'layer 2: expected outputs from 0 to 1 for the loss binaryCrossEntropy (sigmoid or hardSigmoid or softmax), got "leakyRelu"',
    ],
    [
      { loss: { name: "binaryCrossEntropy", labelSmoothing: 1 } },
      "network: binaryCrossEntropy: labelSmoothing: expected a finite number, at least 0, below 1, got 1",
    ],
    [{ loss: { name: "categoricalCrossEntropy", labelSmooting: 0.1 } }, 'did you mean "labelSmoothing"'],
    [
      { loss: { name: "quantile", quantile: 1 } },
      "network: quantile: quantile: expected a finite number, above 0, below 1, got 1",
    ],
    [
      { loss: { name: "focal", alpha: 1.5 } },
      "network: focal: alpha: expected a finite number, at least 0, at most 1, got 1.5",
    ],
    [{ loss: { name: "huber", delta: 0 } }, "network: huber: delta: expected a finite number, above 0"],
    [{ loss: { name: "hubert" } }, 'got "hubert" (did you mean "huber"?)'],
    [
      { loss: "mse" },
      'network: expected loss: one of binaryCrossEntropy, categoricalCrossEntropy, focal, meanSquaredError, meanAbsoluteError, quantile, poisson, huber, got "mse"',
    ],
    [
      { layers: [{ units: 1, activation: "relu" }] },
      'layer 1: expected outputs from 0 to 1 for the loss binaryCrossEntropy (sigmoid or hardSigmoid or softmax), got "relu"',
    ],
    [
      { layers: [layer, { units: 1, activation: "softmax" }] },
      "layer 2: expected at least 2 units for a softmax output (a single one is always 1; use sigmoid), got 1",
    ],
  ])("is refused, the part that is wrong named: %#", (change, message) => {
    const given = { ...titanic, ...change } as unknown as NetworkDescription;
    expect(() => checkDescription(given)).toThrow(InvalidInputError);
    expect(() => checkDescription(given)).toThrow(message);
  });
});
