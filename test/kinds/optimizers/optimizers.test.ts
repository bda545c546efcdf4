/** Optimizers as data: what their factories take and refuse, and the formulas of PyTorch that their twins follow. */
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  checkOptimizer,
  lbfgs,
  lion,
  nadam,
  rmsprop,
  ruleOf,
  sgd,
  type StepOptimizer,
} from "../../../src/kinds/optimizers/index.ts";

/** Gradients of 12 steps, of two parameters. */
const gradients = Array.from({ length: 12 }, (_, t) => [Math.sin(3 * t + 1), 0.01 * Math.cos(t) + 0.02]);

/** Where two parameters are after each step, by the twin of the rule. */
function pathOf(optimizer: StepOptimizer): number[][] {
  const { twin, slots, rate, state } = ruleOf(optimizer);
  const parameters = Float64Array.of(1, -2);
  const kept = Array.from({ length: slots }, () => new Float64Array(2));
  const numbers = Float64Array.from({ length: 8 }, (_, i) => state[i] ?? 0);
  return gradients.map((g, step) => {
    twin.advance?.(numbers);
    twin.update(parameters, Float64Array.from(g), kept, rate(step), numbers);
    return [...parameters];
  });
}

/** The same by a formula for one parameter, of the gradient and the step, from 1, to what is taken from the parameter. */
function expectPath(optimizer: StepOptimizer, formula: () => (g: number, t: number) => number): void {
  const found = pathOf(optimizer);
  for (const i of [0, 1]) {
    const change = formula();
    let w = [1, -2][i]!;
    gradients.forEach((g, step) => {
      w -= change(g[i]!, step + 1);
      expect(found[step]![i]! / w, `parameter ${i}, step ${step + 1}`).toBeCloseTo(1, 12);
    });
  }
}

/** As the loops of torch/optim/*.py write them. */
describe("the formulas of PyTorch", () => {
  it("sgd with momentum, whose first buffer is the gradient whatever the dampening", () => {
    expectPath(sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.4 }), () => {
      let buffer: number | undefined;
      return (g) => 0.1 * (buffer = buffer === undefined ? g : 0.9 * buffer + 0.6 * g);
    });
  });

  it("sgd with Nesterov's momentum", () => {
    expectPath(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), () => {
      let buffer = 0;
      return (g) => {
        buffer = 0.9 * buffer + g;
        return 0.1 * (g + 0.9 * buffer);
      };
    });
  });

  it.each([
    [0, false],
    [0.8, false],
    [0, true],
    [0.8, true],
  ])("rmsprop, momentum %s, centered %s", (momentum, centered) => {
    expectPath(rmsprop({ learningRate: 0.02, alpha: 0.9, epsilon: 1e-6, momentum, centered }), () => {
      let [square, mean, buffer] = [0, 0, 0];
      return (g) => {
        square = 0.9 * square + 0.1 * g * g;
        mean += 0.1 * (g - mean);
        const average = Math.sqrt(centered ? square - mean * mean : square) + 1e-6;
        buffer = momentum * buffer + g / average;
        return 0.02 * buffer;
      };
    });
  });

  it("adagrad", () => {
    const options = { learningRate: 0.2, learningRateDecay: 0.1, initialAccumulatorValue: 0.3, epsilon: 1e-4 };
    expectPath(adagrad(options), () => {
      let sum = 0.3;
      return (g, t) => ((0.2 / (1 + (t - 1) * 0.1)) * g) / (Math.sqrt((sum += g * g)) + 1e-4);
    });
  });

  it("adadelta", () => {
    expectPath(adadelta({ learningRate: 2, rho: 0.8, epsilon: 1e-3 }), () => {
      let [square, deltas] = [0, 0];
      return (g) => {
        square = 0.8 * square + 0.2 * g * g;
        const delta = (Math.sqrt(deltas + 1e-3) / Math.sqrt(square + 1e-3)) * g;
        deltas = 0.8 * deltas + 0.2 * delta * delta;
        return 2 * delta;
      };
    });
  });

  it.each([false, true])("adam, amsgrad %s", (amsgrad) => {
    expectPath(adam({ learningRate: 0.05, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, amsgrad }), () => {
      let [mean, square, most] = [0, 0, 0];
      return (g, t) => {
        mean += 0.2 * (g - mean);
        square = 0.9 * square + 0.1 * g * g;
        most = Math.max(most, square);
        const denominator = Math.sqrt(amsgrad ? most : square) / Math.sqrt(1 - 0.9 ** t) + 1e-3;
        return ((0.05 / (1 - 0.8 ** t)) * mean) / denominator;
      };
    });
  });

  it("nadam", () => {
    expectPath(nadam({ learningRate: 0.05, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, momentumDecay: 0.5 }), () => {
      let [mean, square, product] = [0, 0, 1];
      return (g, t) => {
        const mu = 0.8 * (1 - 0.5 * 0.96 ** (t * 0.5));
        const next = 0.8 * (1 - 0.5 * 0.96 ** ((t + 1) * 0.5));
        product *= mu;
        mean += 0.2 * (g - mean);
        square = 0.9 * square + 0.1 * g * g;
        const denominator = Math.sqrt(square / (1 - 0.9 ** t)) + 1e-3;
        const own = ((0.05 * (1 - mu)) / (1 - product)) * (g / denominator);
        return own + ((0.05 * next) / (1 - product * next)) * (mean / denominator);
      };
    });
  });

  it("lion, which is its authors'", () => {
    expectPath(lion({ learningRate: 0.05, beta1: 0.8, beta2: 0.95 }), () => {
      let mean = 0;
      return (g) => {
        const update = Math.sign(mean * 0.8 + g * 0.2);
        mean = mean * 0.95 + g * 0.05;
        return 0.05 * update;
      };
    });
  });
});

describe("an optimizer", () => {
  it("is complete, frozen data that survive structuredClone, by PyTorch's defaults", () => {
    const made = [
      sgd({ learningRate: 1 }),
      rmsprop(),
      adagrad(),
      adadelta(),
      adam(),
      adamW(),
      nadam(),
      lion(),
      lbfgs(),
    ];
    const moments = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(made).toEqual([
      { name: "sgd", learningRate: 1, momentum: 0, nesterov: false, dampening: 0 },
      { name: "rmsprop", learningRate: 0.01, alpha: 0.99, epsilon: 1e-8, momentum: 0, centered: false },
      { name: "adagrad", learningRate: 0.01, learningRateDecay: 0, initialAccumulatorValue: 0, epsilon: 1e-10 },
      { name: "adadelta", learningRate: 1, rho: 0.9, epsilon: 1e-6 },
      { name: "adam", ...moments, amsgrad: false },
      { name: "adamW", ...moments, amsgrad: false, weightDecay: 0.01, decayBiases: false },
      { name: "nadam", ...moments, learningRate: 0.002, momentumDecay: 0.004 },
      { name: "lion", learningRate: 0.0001, beta1: 0.9, beta2: 0.99, weightDecay: 0, decayBiases: false },
      { name: "lbfgs", memory: 10, tolerance: 1e-6, maxEvaluations: 1e9 },
    ]);
    for (const optimizer of made) {
      expect(Object.isFrozen(optimizer)).toBe(true);
      const checked = checkOptimizer("fit: optimizer", structuredClone(optimizer));
      expect(checked).toEqual(optimizer);
      expect(Object.isFrozen(checked)).toBe(true);
    }
  });

  it.each([
    [
      () => sgd({ learningRate: 1, momentum: 1 }),
      "sgd: momentum: expected a finite number, at least 0, below 1, got 1",
    ],
    [() => sgd({ learningRate: 1, nesterov: true }), "sgd: nesterov: expected a momentum above 0 with it, got none"],
    [
      () => sgd({ learningRate: 1, momentum: 0.5, nesterov: true, dampening: 0.1 }),
      "sgd: nesterov: expected no dampening with it, got 0.1",
    ],
    [() => sgd({ learningRate: 1, nesterov: 1 as never }), "sgd: nesterov: expected true or false, got 1"],
    [() => sgd({ learningRate: 1, dampening: 2 }), "sgd: dampening"],
    [() => rmsprop({ rho: 0.9 } as never), "rmsprop: expected options among learningRate, alpha"],
    [() => rmsprop({ centred: true } as never), 'did you mean "centered"?'],
    [() => rmsprop({ centered: null as never }), "rmsprop: centered: expected true or false, got null"],
    [() => adagrad({ initialAccumulatorValue: -1 }), "adagrad: initialAccumulatorValue"],
    [() => adagrad({ learningRateDecay: Infinity }), "adagrad: learningRateDecay"],
    [() => adadelta({ epsilon: 0 }), "adadelta: epsilon: expected a finite number, at least 1e-30"],
    [() => adam({ amsgrad: "yes" as never }), 'adam: amsgrad: expected true or false, got "yes"'],
    [() => nadam({ momentumDecay: -1 }), "nadam: momentumDecay"],
    [() => lion({ decayBiases: 1 as never }), "lion: decayBiases: expected true or false, got 1"],
    [() => adamW({ weightDecay: -1 }), "adamW: weightDecay"],
    [() => lion({ beta1: 1 }), "lion: beta1"],
    [() => lion(null as never), "lion: expected an object of options, got null"],
    [() => sgd(undefined as never), "sgd: learningRate: expected a number, a schedule or a function of the step"],
  ])("is refused by its factory: case %#", (make, message) => {
    expect(make).toThrow(InvalidInputError);
    expect(make).toThrow(message);
  });

  it("is refused by name where the program does not import its factory, with what to do", () => {
    const check = (given: unknown) => () => checkOptimizer("fit: optimizer", given as never);
    expect(check({ name: "adan" })).toThrow('(did you mean "adam"?)');
    expect(check({ name: "sophisticated", learningRate: 1 })).toThrow('import { sophisticated } from "lanegrad"');
    expect(check({ name: "__proto__" })).toThrow(
      "fit: optimizer: expected one whose factory this program imports: adadelta, adagrad",
    );
    expect(check({})).toThrow("got undefined");
    expect(check("adam")).toThrow('fit: optimizer: expected one that a factory made, as sgd() or adam(), got "adam"');
  });
});
