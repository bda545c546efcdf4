import { describe, expect, it } from "vitest";
import { judge } from "../../src/explain/judge.ts";
import { Dataset, Network } from "../../src/index.ts";
import { askedOf } from "../../src/network/network.ts";

const layers = [{ units: 1, activation: "sigmoid" }] as const;
const network = await Network.create({ inputs: 1, layers, loss: "binaryCrossEntropy", engine: "float64" });
const asked = askedOf("test", network);
const probabilities = [0.9, 0.2, 0.6, 0.4];
const inputs = probabilities.map((value) => [value]);
const labels = [1, 0, 0, 1];
/** The input itself. */
const echo = (outputs: Float64Array | Float32Array, given: ArrayLike<number>) => outputs.set(given);

describe("outputs from elsewhere", () => {
  it("are judged by the network's loss and by metrics", async () => {
    const data = Dataset.from({ inputs, targets: labels });
    const judged = await judge("test", asked, data, { metrics: ["rocAuc"] }, echo);
    const losses = probabilities.map((p, i) => -Math.log(labels[i] ? p : 1 - p));
    expect(judged.loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 4, 12);
    expect(judged).toMatchObject({ count: 4, correct: 2, accuracy: 0.5 });
    // Of the four pairs of a 1 and a 0, three are in order.
    expect(judged.rocAuc).toBe(0.75);
  });

  it("count by the weights of their rows", async () => {
    const sampleWeight = [1, 0, 3, 0];
    const judged = await judge("test", asked, Dataset.from({ inputs, targets: labels, sampleWeight }), {}, echo);
    expect(judged.loss).toBeCloseTo((-Math.log(0.9) - 3 * Math.log(0.4)) / 4, 12);
    expect(judged.accuracy).toBe(0.25);
  });

  it("are not judged by what they do not have", async () => {
    const data = Dataset.from({ inputs, targets: labels });
    await expect(judge("test", asked, data, { metrics: ["rocAcu" as "rocAuc"] }, echo)).rejects.toThrow(
      /^test: metrics.*did you mean "rocAuc"/,
    );
    await expect(judge("test", asked, data, { metric: [] } as never, echo)).rejects.toThrow('did you mean "metrics"?');
  });
});
