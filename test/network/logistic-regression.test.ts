import { expect, it } from "vitest";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { logisticRegression } from "../../src/network/logistic-regression.ts";

it("is a network without hidden layers that starts from zeros", async () => {
  const two = await logisticRegression({ inputs: 3, engine: "strict" });
  expect(two.description.layers).toEqual([{ units: 1, activation: "sigmoid" }]);
  expect(two.parameters.every((value: number) => value === 0)).toBe(true);
  const four = await logisticRegression({ inputs: 3, classes: 4 });
  expect(four.description.layers).toEqual([{ units: 4, activation: "softmax" }]);
  expect(four.description.loss).toBe("categoricalCrossEntropy");
});

it.each(["inputs", "classes", "engine"])("refuses null for %s", async (option) => {
  const create = async () => logisticRegression({ inputs: 3, [option]: null } as never);
  await expect(create()).rejects.toThrow(InvalidInputError);
});
