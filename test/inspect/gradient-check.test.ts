import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ActivationDescription, activationOf, activations } from "../../src/kinds/activations/index.ts";
import { Dataset, Network } from "../../src/index.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import {
  affordable,
  centralDifference,
  checkGradients,
  directionalDifference,
  errorFloor,
  relativeError,
} from "../../src/inspect/gradient-check.ts";
import { type LossDescription, losses, lossOf } from "../../src/kinds/losses/index.ts";
import { nameOf } from "../../src/kinds/named.ts";
import { NO_RULE } from "../../src/kinds/optimizers/optimizer.ts";
import { Random } from "../../src/ground/random.ts";
import { networkShape } from "../../src/model/shape.ts";
import { added, addKinds, removeKinds } from "../support/added-kinds.ts";
import { fill, randomCase } from "../support/random-network.ts";

const readme = new URL("../../README.md", import.meta.url);
/** What the thousand random networks really come to. */
const STATED = 9e-8;

function loaded(seed: number) {
  const drawn = randomCase(seed);
  const engine = new ReferenceEngine(drawn.shape, "float64");
  return { drawn, engine, samples: fill(engine, drawn), rows: drawn.rows };
}

/** Every sign at random, and of length 1: every parameter has its part in the slope. */
function randomDirection(count: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: count }, () => (random.below(2) === 0 ? 1 : -1) / Math.sqrt(count));
}

describe("backpropagation against central differences", () => {
  const hundreds = Array.from({ length: 10 }, (_, i) => i * 100);

  let largestError = 0;

  // All partials would take hours: some of every tensor, and one direction through all parameters.
  it.each(hundreds)("agrees within 1e-7 on the hundred random networks after seed %i", { timeout: 60_000 }, (after) => {
    let skipped = 0;
    for (let seed = after + 1; seed <= after + 100; seed++) {
      const { engine, samples, rows } = loaded(seed);
      const check = checkGradients(engine, samples, rows, { perTensor: 2, seed });
      expect(check.maxRelativeError, `seed ${seed}: ${JSON.stringify(check.worst)}`).toBeLessThan(1e-7);
      skipped += check.skipped;
      largestError = Math.max(largestError, check.maxRelativeError);

      const direction = randomDirection(engine.parameters.length, seed);
      const analytic = direction.reduce((sum, d, i) => sum + d * engine.gradients[i]!, 0);
      const numeric = directionalDifference(engine, samples, rows, direction);
      const floor = errorFloor(engine.loss(samples, 0, rows, rows), engine.gradients);
      const error = relativeError(analytic, numeric, floor);
      expect(error, `seed ${seed}: along a direction ${analytic}, by differences ${numeric}`).toBeLessThan(1e-7);
      largestError = Math.max(largestError, error);
    }
    // About 1,400 partials are looked at; a relu nearer to its kink than any step is rare.
    expect(skipped).toBeLessThan(14);
  });

  it("agreed as well as the README states", async ({ annotate }) => {
    const found = `the worst of the thousand: ${largestError}`;
    await annotate(found);
    expect(largestError, found).toBeLessThan(STATED);
    expect(await readFile(readme, "utf8")).toContain(`today's worst is below ${STATED.toExponential()}`);
  });

  it("checks every partial of a small network", () => {
    const { engine, samples, rows } = small([0.5, -0.25, 0.75, 0.125, 0.3, -0.2, 0.1]);
    const check = checkGradients(engine, samples, rows);
    expect(check).toMatchObject({ checked: 7, skipped: 0 });
    expect(check.maxRelativeError).toBeLessThan(1e-9);
  });

  it("puts every parameter back exactly", () => {
    const { drawn, engine, samples, rows } = loaded(12);
    checkGradients(engine, samples, rows, { perTensor: 3 });
    directionalDifference(engine, samples, rows, randomDirection(engine.parameters.length, 1));
    expect(engine.parameters).toEqual(drawn.parameters);
  });

  it("is bounded unless told otherwise: fewer partials, then fewer rows, the same ones every time", () => {
    const shapeOf = (inputs: number, ...units: number[]) =>
      networkShape({
        inputs,
        layers: units.map((width) => ({ units: width, activation: "relu" })),
        loss: "meanSquaredError",
      });
    const shape = shapeOf(64, 64, 64, 1);
    expect(affordable(shapeOf(2, 2, 1), 714)).toEqual({ perTensor: 200, rows: 714 });
    const between = affordable(shape, 100);
    expect(between.rows).toBe(100);
    expect(between.perTensor).toBeGreaterThan(10);
    expect(between.perTensor).toBeLessThan(200);
    expect(affordable(shapeOf(5000, 5000, 1), 10)).toEqual({ perTensor: 10, rows: 1 });
    const { perTensor, rows } = affordable(shape, 2000);
    expect(perTensor).toBe(10);
    expect(rows).toBeGreaterThan(100);
    expect(rows).toBeLessThan(2000);

    const engine = new ReferenceEngine(shape, "float64");
    const samples = engine.prepare(2000, NO_RULE);
    const random = new Random(1);
    for (const list of [engine.parameters, samples.inputs, samples.targets]) {
      list.forEach((_, i) => (list[i] = (random.below(2001) - 1000) / 4000));
    }
    engine.gradient(samples, 0, 2000, 2000, false);
    const [order, gradients] = [samples.order.slice(), engine.gradients.slice()];
    const check = checkGradients(engine, samples, 2000);
    expect(check.rows).toBe(rows);
    expect(check.checked + check.skipped).toBe(51);
    expect(check.maxRelativeError).toBeLessThan(1e-7);
    expect(samples.order).toEqual(order);
    expect(engine.gradients).toEqual(gradients);
    expect(checkGradients(engine, samples, 2000)).toEqual(check);
    expect(checkGradients(engine, samples, 2000, { perTensor: 1 })).toMatchObject({ rows: 2000 });
  });

  it("finds the one partial that is off by a millionth", () => {
    class Faulty extends ReferenceEngine {
      override gradient(...range: Parameters<Engine["gradient"]>): number {
        const loss = super.gradient(...range);
        this.gradients[5]! *= 1 + 1e-6;
        return loss;
      }
    }
    const { engine, samples, rows } = small([0.5, -0.25, 0.75, 0.125, 0.3, -0.2, 0.1], Faulty);
    const { maxRelativeError, worst } = checkGradients(engine, samples, rows);
    expect(maxRelativeError).toBeCloseTo(1e-6, 9);
    expect(worst).toMatchObject({ layer: 2, tensor: "weights", index: 1 });
  });

  it("lets no NaN pass", () => {
    const { engine, samples, rows } = small([0.5, -0.25, 0.75, 0.125, 0.3, -0.2, NaN]);
    expect(relativeError(NaN, 1, 1)).toBe(Infinity);
    expect(checkGradients(engine, samples, rows)).toMatchObject({ checked: 7, maxRelativeError: Infinity });
  });

  it("does not pretend to know a slope where a relu sits on its kink", () => {
    const { engine, samples, rows } = small([0, 0.5, 0, 0.125, 0.3, -0.2, 0.1], ReferenceEngine, "relu");
    expect(centralDifference(engine, samples, rows, 0)).toBeNaN();
    expect(centralDifference(engine, samples, rows, 2)).toBeNaN();
    expect(centralDifference(engine, samples, rows, 4)).toBe(0);
    expect(checkGradients(engine, samples, rows)).toMatchObject({ checked: 5, skipped: 2 });
  });
});

/** A network 1-2-1 with one row. */
function small(parameters: number[], Kind = ReferenceEngine, activation: "tanh" | "relu" = "tanh") {
  const shape = networkShape({
    inputs: 1,
    layers: [
      { units: 2, activation },
      { units: 1, activation: "identity" },
    ],
    loss: "meanSquaredError",
  });
  const engine = new Kind(shape, "float64");
  engine.parameters.set(parameters);
  engine.scratch.inputs[0] = 1.5;
  engine.scratch.targets[0] = -1;
  return { engine, samples: engine.scratch, rows: 1 };
}

describe("the random networks", () => {
  const cases = Array.from({ length: 1000 }, (_, i) => randomCase(i + 1));
  const seen = (of: (drawn: (typeof cases)[number]) => unknown[]) => new Set(cases.flatMap(of));
  const names = Object.keys(activations);

  it("cover every kind, depth and remainder of a width", () => {
    expect(seen(({ shape }) => shape.layers.slice(0, -1).map(({ activation }) => nameOf(activation!))).size).toBe(
      names.length,
    );
    expect(seen(({ shape }) => [nameOf(shape.heads[0]!.activation)]).size).toBe(names.length);
    expect(seen(({ shape }) => [nameOf(shape.heads[0]!.loss)]).size).toBe(Object.keys(losses).length);
    expect(seen(({ shape }) => [shape.fusedLoss]).size).toBe(2);
    expect(seen(({ shape }) => [shape.layers.length]).size).toBe(6);
    expect(seen(({ shape }) => shape.layers.map(({ fanOut }) => fanOut % 16)).size).toBe(16);
    expect(seen(({ shape }) => [shape.inputs]).size).toBe(70);
    expect(seen(({ rows }) => [rows % 16]).size).toBe(16);
    const rows = cases.map((drawn) => drawn.rows);
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([1, 100]);
    expect(seen(({ shape }) => shape.layers.map(({ fanOut }) => fanOut))).toContain(70);
  });

  it("keep what losses and layers ask for", () => {
    for (const { seed, shape, targets, inputs, parameters } of cases) {
      const { units: fanOut, activation, ...head } = shape.heads[0]!;
      const loss = lossOf(head.loss);
      expect(activationOf(activation).range[0], `seed ${seed}`).toBeGreaterThanOrEqual(loss.outputs[0]);
      expect(activationOf(activation).range[1], `seed ${seed}`).toBeLessThanOrEqual(loss.outputs[1]);
      expect([...inputs, ...parameters, ...targets].every((value) => value === Math.fround(value))).toBe(true);
      expect(targets.every((y) => loss.targets[0] <= y && y <= loss.targets[1])).toBe(true);
      for (let at = 0; loss.distribution && at < targets.length; at += fanOut) {
        expect(
          targets.subarray(at, at + fanOut).reduce((a, b) => a + b),
          `seed ${seed}`,
        ).toBe(1);
      }
    }
  });

  it("are the same for the same seed", () => {
    expect(randomCase(17)).toEqual(randomCase(17));
    expect(randomCase(17)).not.toEqual(randomCase(18));
  });
});

describe("kinks that kinds state", () => {
  // Only for these: networks at random are drawn from the tables.
  beforeAll(addKinds);
  afterAll(removeKinds);

  const check = async (activation: ActivationDescription, loss: LossDescription) => {
    const inputs = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i + 1)]);
    const targets = inputs.map(([a, b, c]) => [a! * b!, c! - a!]);
    const layers = [9, 6].map((units) => ({ units, activation }));
    const network = await Network.create({
      inputs: 3,
      layers: [...layers, { units: 2, activation: "identity" }],
      loss,
      initialization: "heUniform",
      engine: "float64",
      seed: 4,
    });
    return network.checkGradients(Dataset.from({ inputs, targets }));
  };

  it.each([
    ["leakyRelu" as const, "meanSquaredError" as const],
    [added.activation("hardTanh"), "meanSquaredError" as const],
    ["tanh" as const, added.loss("meanAbsolute")],
    [{ name: "leakyRelu", slope: 0.2 } as const, { name: "huber", delta: 0.4 } as const],
    ["leakyRelu" as const, added.loss("meanAbsolute")],
  ])("are kept clear of: %s, %s", async (activation, loss) => {
    const { maxRelativeError, checked, skipped } = await check(activation, loss);
    expect(maxRelativeError).toBeLessThan(1e-6);
    expect(skipped).toBeLessThan(0.2 * checked);
  });

  it("are what the check goes by: of a kind that does not state them a right gradient looks wrong", async () => {
    const { leakyRelu } = activations;
    const { kinks: _, ...silent } = activationOf("leakyRelu");
    Object.assign(activations, { leakyRelu: silent });
    const { maxRelativeError } = await check("leakyRelu", "meanSquaredError");
    Object.assign(activations, { leakyRelu });
    expect(maxRelativeError).toBeGreaterThan(1e-4);
  });
});
