import { describe, expect, it } from "vitest";
import { Network, type NetworkOptions } from "../../src/network/network.ts";

const options: NetworkOptions = {
  inputs: 2,
  layers: [
    { units: 3, activation: "tanh" },
    { units: 2, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
};
const inputs = [[1, 2], [3, 4], [5, 6]]; // prettier-ignore

describe.each(["strict", "float64"] as const)("predictions in %s", async (engine) => {
  const network = await Network.create({ ...options, engine });
  const predictions = network.predict(inputs);
  const flat = network.forward(Float64Array.from(inputs.flat()));

  it("are one flat typed array, and plain arrays of rows if asked", () => {
    expect(predictions).toBeInstanceOf(flat.constructor);
    expect([...predictions]).toEqual([...flat]);
    expect(Object.keys(predictions)).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(predictions.rows()).toEqual([[...flat.slice(0, 2)], [...flat.slice(2, 4)], [...flat.slice(4)]]);
  });

  it("are rows in JSON", () => {
    expect(JSON.parse(JSON.stringify({ predictions }))).toEqual({ predictions: predictions.rows() });
  });

  it("equal a plain typed array of the same numbers", () => {
    expect(predictions).toEqual(flat);
    // What is made of them is no prediction any more.
    expect("rows" in predictions.slice()).toBe(false);
    expect("rows" in predictions.map((x) => x)).toBe(false);
  });
});
