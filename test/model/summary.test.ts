import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Network } from "../../src/network/network.ts";

const newNetwork = () =>
  Network.create({
    inputs: 30,
    layers: [
      { units: 64, activation: "gelu" },
      { layer: "layerNorm" },
      { layer: "dropout", rate: 0.1 },
      { units: 16, activation: { name: "leakyRelu", slope: 0.2 } },
      { layer: "batchNorm" },
      { units: 3, activation: "softmax" },
    ],
    loss: "categoricalCrossEntropy",
    engine: "strict",
  });

describe("a summary", () => {
  it("is a table of layers, counted from 1, and of what they come to", async () => {
    const network = await newNetwork();
    network.freeze(0);
    network.standardize({ mean: Array<number>(30).fill(1), std: Array<number>(30).fill(2) });
    const lines = network.summary().split("\n");
    expect(lines[0]).toMatch(/^layer +kind +units +activation +parameters$/);
    expect(lines[2]).toMatch(/^ +inputs +30 +standardized$/);
    expect(lines[3]).toMatch(/^ +1 +dense +64 +gelu +1,984 +frozen$/);
    expect(lines[4]).toMatch(/^ +2 +layerNorm +64 +128 +epsilon 0.00001$/);
    expect(lines[5]).toMatch(/^ +3 +dropout +64 +0 +rate 0.1$/);
    expect(lines[6]).toMatch(/^ +4 +dense +16 +leakyRelu \(slope 0.2\) +1,040$/);
    expect(lines.at(-1)).toBe("3,235 parameters, 1,984 of them frozen; loss categoricalCrossEntropy; engine strict");
  });

  it("says nothing of what is not there", async () => {
    const network = await Network.create({
      inputs: 2,
      layers: [{ units: 1, activation: "sigmoid" }],
      loss: "binaryCrossEntropy",
      engine: "float64",
    });
    expect(network.summary()).toBe(
      [
        "layer  kind    units  activation  parameters",
        "--------------------------------------------",
        "       inputs      2",
        "    1  dense       1  sigmoid              3",
        "--------------------------------------------",
        "3 parameters; loss binaryCrossEntropy; engine float64",
      ].join("\n"),
    );
  });
});

describe("a network that is printed", () => {
  it("is the line that makes it", async () => {
    const network = await newNetwork();
    const line = String(network);
    expect(inspect(network)).toBe(line);
    const made = await (new Function("Network", `return ${line}`) as (kind: typeof Network) => Promise<Network>)(
      Network,
    );
    expect(made.description).toEqual(network.description);
  });
});
