import { describe, expect, it } from "vitest";
import type { Engine, Samples } from "../../../src/engine/engine.ts";
import { ReferenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { Random } from "../../../src/ground/random.ts";
import { checkGradients } from "../../../src/inspect/gradient-check.ts";
import { activationOf } from "../../../src/kinds/activations/index.ts";
import type { HeadDescription } from "../../../src/kinds/layers/index.ts";
import { lossOf } from "../../../src/kinds/losses/index.ts";
import { ruleOf, sgd } from "../../../src/kinds/optimizers/index.ts";
import { type NetworkShape, networkShape } from "../../../src/model/shape.ts";
import { bitsOf, kernelsOf, normwiseError, sharedKernels, tiers } from "../../support/engines.ts";

/** Activations and losses, derived together and not, whose backward keeps the output and the sum. */
const kinds: Omit<HeadDescription, "units">[] = [
  { activation: "softmax", loss: "categoricalCrossEntropy" },
  { activation: "sigmoid", loss: "binaryCrossEntropy" },
  { activation: "sigmoid", loss: "categoricalCrossEntropy" },
  { activation: "identity", loss: { name: "huber", delta: 0.5 } },
  { activation: "softmax", loss: "meanSquaredError" },
  { activation: { name: "gelu", approximate: true }, loss: "meanSquaredError" },
  { activation: "silu", loss: "huber" },
];

interface Case {
  readonly shape: NetworkShape;
  readonly rows: number;
  readonly parameters: Float32Array;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
}

function caseOf(seed: number): Case {
  const random = new Random(seed);
  const order = random.shuffle(Uint32Array.from(kinds.keys())).slice(0, 1 + random.below(5));
  const heads = Array.from(order, (place, i) => {
    const kind = kinds[place]!;
    const units = 2 + random.below(seed % 3 === 0 ? 20 : 3);
    return [`head ${i}`, { ...kind, units, weight: i === 1 ? 0 : 2 ** (random.below(5) - 2) }];
  });
  const shape = networkShape({
    inputs: 1 + random.below(20),
    layers:
      random.below(3) === 0
        ? []
        : [
            { units: 1 + random.below(40), activation: "tanh" },
            { layer: "layerNorm", epsilon: 1e-5 },
          ],
    heads: Object.fromEntries(heads) as Record<string, HeadDescription>,
  });
  const rows = 1 + random.below(70);
  const draw = (count: number, bound = 1) => Float32Array.from({ length: count }, () => random.uniform(-bound, bound));
  const targets = draw(rows * shape.outputs);
  for (const { begin, units, loss } of shape.heads) {
    const { targets: range, distribution } = lossOf(loss);
    for (let row = 0; row < rows; row++) {
      const own = targets.subarray(row * shape.outputs + begin, row * shape.outputs + begin + units);
      if (range[0] === 0) own.forEach((y, i) => (own[i] = Number(y > 0)));
      if (distribution) own.fill(0)[random.below(units)] = 1;
    }
  }
  const weights = Float32Array.from({ length: rows }, () => random.below(4) / 2);
  weights[0] = 1;
  return { shape, rows, parameters: draw(shape.parameterCount), inputs: draw(rows * shape.inputs), targets, weights };
}

function load(engine: Engine, { parameters, inputs, targets, weights, rows }: Case, isWeighted: boolean): Samples {
  const samples = engine.prepare(rows, ruleOf(sgd({ learningRate: 0.1 })), isWeighted);
  engine.parameters.set(parameters);
  samples.inputs.set(inputs);
  samples.targets.set(targets);
  samples.weights?.set(weights);
  return samples;
}

/** Outputs, losses and gradient of all rows. */
function found(engine: Engine, drawn: Case, isWeighted: boolean) {
  const samples = load(engine, drawn, isWeighted);
  const total = engine.totalWeight(samples, 0, drawn.rows);
  const loss = engine.loss(samples, 0, drawn.rows, total);
  const each = engine.headLosses(drawn.rows).map((sum) => sum / total);
  const outputs = samples.outputs.slice();
  engine.gradient(samples, 0, drawn.rows, total, false);
  return { loss, each, outputs, gradients: engine.gradients.slice() };
}

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

describe("heads", () => {
  it.each([false, true])("are in every tier what they are in float64, weighted: %s", (isWeighted) => {
    for (const seed of seeds) {
      const drawn = caseOf(seed);
      const expected = found(new ReferenceEngine(drawn.shape, "float64"), drawn, isWeighted);
      const engines = tiers.map((tier): Engine => new WasmEngine(kernelsOf[tier], drawn.shape));
      for (const engine of [...engines, new ReferenceEngine(drawn.shape, "float32")]) {
        const { loss, each, outputs, gradients } = found(engine, drawn, isWeighted);
        const where = `seed ${seed}, ${engine.report.tier}`;
        expect(Math.abs(loss - expected.loss), where).toBeLessThan(1e-5 * expected.loss);
        expect(normwiseError(each, expected.each), where).toBeLessThan(1e-5);
        expect(normwiseError(outputs, expected.outputs), where).toBeLessThan(1e-5);
        expect(normwiseError(gradients, expected.gradients), where).toBeLessThan(1e-5);
      }
    }
  });

  it("have a loss that is the sum of theirs by their weights, computed by each loss alone", () => {
    for (const seed of seeds) {
      const drawn = caseOf(seed);
      const { shape, rows, targets } = drawn;
      const engine = new ReferenceEngine(shape, "float64");
      const { loss, each } = found(engine, drawn, false);
      const samples = load(engine, drawn, false);
      const { preActivations } = engine.layerValues(samples, 0, rows).at(-1)!;
      const own = shape.heads.map((head) => {
        const columns = (values: ArrayLike<number>) =>
          Float64Array.from({ length: rows * head.units }, (_, i) => {
            const [row, unit] = [Math.floor(i / head.units), i % head.units];
            return values[row * shape.outputs + head.begin + unit]!;
          });
        const s = columns(preActivations);
        const x = new Float64Array(s.length);
        const activation = activationOf(head.activation);
        activation.forward(x, s, head.units, rows, activation.numbers ?? []);
        return lossOf(head.loss).value(x, s, columns(targets), head.units, rows, head.fusedLoss) / rows;
      });
      expect(normwiseError(each, own), `seed ${seed}`).toBeLessThan(1e-14);
      const sum = shape.heads.reduce((total, { weight }, h) => total + weight * own[h]!, 0);
      expect(Math.abs(sum - loss), `seed ${seed}`).toBeLessThan(1e-14 * sum);
    }
  });

  it("have gradients that central differences confirm", () => {
    for (const seed of seeds) {
      const drawn = caseOf(seed);
      const engine = new ReferenceEngine(drawn.shape, "float64");
      const samples = load(engine, drawn, seed % 2 === 0);
      const check = checkGradients(engine, samples, drawn.rows, { perTensor: 5, seed: 1 });
      expect(check.checked, `seed ${seed}`).toBeGreaterThan(0);
      expect(check.maxRelativeError, `seed ${seed}`).toBeLessThan(1e-7);
    }
  });

  it("are the same bits with two threads, and in passes that have more than one panel", async () => {
    const drawn = caseOf(3);
    const copies = 20;
    const repeated = (values: Float32Array) => Float32Array.from({ length: copies * values.length }, (_, i) => values[i % values.length]!); // prettier-ignore
    const many = {
      ...drawn,
      rows: copies * drawn.rows,
      inputs: repeated(drawn.inputs),
      targets: repeated(drawn.targets),
      weights: repeated(drawn.weights),
    };
    const one = found(new WasmEngine(kernelsOf.strict, drawn.shape), many, true);
    const team = await WasmEngine.withThreads(await sharedKernels("strict"), drawn.shape, 2);
    const two = found(team, many, true);
    team.release();
    expect(bitsOf(two.gradients)).toEqual(bitsOf(one.gradients));
    expect([two.loss, ...two.each]).toEqual([one.loss, ...one.each]);
  });

  it("that are just one compute what a network without heads does, bit for bit", () => {
    const layers = [{ units: 9, activation: "tanh" }] as const;
    const plain = networkShape({
      inputs: 5,
      layers: [...layers, { units: 3, activation: "softmax" }],
      loss: "categoricalCrossEntropy",
    });
    const head = { units: 3, activation: "softmax", loss: "categoricalCrossEntropy" } as const;
    const shape = networkShape({ inputs: 5, layers, heads: { species: head } });
    const random = new Random(7);
    const draw = (count: number) => Float32Array.from({ length: count }, () => random.uniform(-1, 1));
    const targets = new Float32Array(37 * 3);
    for (let row = 0; row < 37; row++) targets[row * 3 + random.below(3)] = 1;
    const numbers = {
      rows: 37,
      parameters: draw(plain.parameterCount),
      inputs: draw(37 * 5),
      targets,
      weights: draw(37),
    };
    for (const tier of tiers) {
      const expected = found(new WasmEngine(kernelsOf[tier], plain), { ...numbers, shape: plain }, false);
      const own = found(new WasmEngine(kernelsOf[tier], shape), { ...numbers, shape }, false);
      expect(own.loss).toBe(expected.loss);
      expect(bitsOf(own.gradients)).toEqual(bitsOf(expected.gradients));
    }
  });
});
