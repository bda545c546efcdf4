import { describe, expect, it } from "vitest";
import "../../../src/dataflow/index.ts";
import { drawPlane } from "../../../src/dataflow/index.ts";
import { Dataset, type EngineName, Network, type NetworkOptions, sgd } from "../../../src/index.ts";
import { tiers } from "../../support/engines.ts";

const options = {
  inputs: 3,
  layers: [{ units: 4, activation: "tanh" }],
  heads: {
    kind: { units: 3, activation: "softmax", loss: "categoricalCrossEntropy" },
    side: { units: 1, activation: "sigmoid", loss: "binaryCrossEntropy", weight: 2 },
    size: { units: 2, activation: "silu", loss: "huber", weight: 0.5 },
    share: { units: 2, activation: "softmax", loss: "meanSquaredError", weight: 4 },
  },
  seed: 5,
} satisfies NetworkOptions;

const inputs = [[0.5, -1, 2], [1, 0.25, -0.5]]; // prettier-ignore
const targets = [[0, 1, 0, 1, 0.5, -0.25, 0.75, 0.25], [1, 0, 0, 0, 2, 1, 0.5, 0.5]]; // prettier-ignore
const units = Array.from({ length: 8 }, (_, i) => i + 1);
const samples = [1, 2];

/** The loss as a function of one output, of one sample: what the derivatives are of. */
const lossOf = [
  (x: number, y: number) => -y * Math.log(x),
  (x: number, y: number) => 2 * (-y * Math.log(x) - (1 - y) * Math.log(1 - x)),
  (x: number, y: number) => (0.5 * (Math.abs(x - y) <= 1 ? (x - y) ** 2 / 2 : Math.abs(x - y) - 0.5)) / 2,
  (x: number, y: number) => (4 * (x - y) ** 2) / 2,
];
const headOf = [0, 0, 0, 1, 2, 2, 3, 3];

describe.each<EngineName>(["float64", "float32", ...tiers])("a trace of heads in %s", async (engine) => {
  const network = await Network.create({ ...options, engine });
  const trace = network.trace(inputs, targets);
  const digits = engine === "float64" ? 7 : 4;

  it("has the partials of each head's own loss, times its weight", () => {
    for (const sample of samples) {
      for (const i of units) {
        const [x, y, h] = [trace.x(3, i, sample), trace.y(i, sample), 1e-4];
        const loss = lossOf[headOf[i - 1]!]!;
        const slope = (loss(x + h, y) - loss(x - h, y)) / (2 * h);
        expect(trace.lossPartial(i, sample) / slope || 1, `output ${i}`).toBeCloseTo(1, 3);
        expect(trace.dx(3, i, sample)).toBe(trace.lossPartial(i, sample) / 2);
      }
    }
  });

  it("has derivatives by sums that are the products of the partials behind them", () => {
    for (const sample of samples) {
      for (const i of units) {
        const product = units.reduce((sum, j) => sum + trace.dx(3, j, sample) * trace.slope(3, j, i, sample), 0);
        expect(product).toBeCloseTo(trace.ds(3, i, sample), digits);
        for (const j of units) if (headOf[i - 1] !== headOf[j - 1]) expect(trace.slope(3, j, i, sample)).toBe(0);
      }
    }
  });

  it("couples the units of a head, and no others", () => {
    expect(units.map((i) => trace.coupled(3, i))).toEqual([
      ...[1, 2, 3].map(() => [1, 2, 3]),
      [4],
      [5],
      [6],
      ...[7, 8].map(() => [7, 8]),
    ]);
    const arrows = trace
      .graph({ limit: 8, weights: "none" })
      .arrows.filter(({ from, to }) => /^s_.*\(3\)/.test(from) && to.startsWith("x_"));
    expect(arrows.length).toBe(9 + 1 + 2 + 4);
    expect(trace.circle("x_7^(3)").into.map(({ from }) => from)).toEqual(["s_7^(3)", "s_8^(3)"]);
  });

  it("adds up to the gradient, and says how", () => {
    const { weights } = network.gradients({ inputs, targets })[1]!;
    expect(trace.weightGradient(2, 5).value.slice(0, 4)).toEqual(Float64Array.from(weights.slice(16, 20)));
    expect(String(trace.outputDerivative(4))).toContain("2 · (");
    expect(String(trace.outputDerivative(5))).toContain("0.5 · max(−1, min(1, x_5^(3) − y_5))/2");
    expect(String(trace.sumDerivative(3, 2))).toContain("x_2^(3) − y_2");
    expect(trace.loss).toBeCloseTo((trace.sampleLoss(1) + trace.sampleLoss(2)) / 2, 6);
    expect(trace.summary().at(-1)!.activation).toBe("heads");
  });
});

describe("what is drawn of heads", () => {
  it("is a step of a training, too", async () => {
    const network = await Network.create(options);
    let found = NaN;
    await network.fit(Dataset.from({ inputs, targets }), {
      epochs: 1,
      batchSize: 2,
      optimizer: sgd({ learningRate: 0.1 }),
      onStep: (step) => void (found = step.trace().sampleLoss(2)),
    });
    expect(found).toBeGreaterThan(0);
  });

  it("is no plane", async () => {
    const network = await Network.create({ ...options, inputs: 2 });
    expect(() => drawPlane(network)).toThrow(
      "drawPlane: expected a network without heads, got one with kind, side, size, share",
    );
  });
});
