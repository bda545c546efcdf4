import { afterEach, expect, it } from "vitest";
import { planOps } from "../../src/engine/ops.ts";
import { type OpKind, ops as kinds } from "../../src/kinds/ops/index.ts";
import { networkShape } from "../../src/model/shape.ts";

const shape = networkShape({
  inputs: 3,
  layers: [
    { units: 4, activation: "tanh" },
    { units: 2, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
});

const keeps = kinds.tanh.keeps;
const setKeeps = (value: OpKind["keeps"]) => Object.assign(kinds.tanh, { keeps: value });

afterEach(() => setKeeps(keeps));

it("lists for each layer its sums and its activation, with the parameters one behind the other", () => {
  const { ops, inputs, outputs } = planOps(shape, false);
  expect(ops.map(({ name, fanIn, fanOut }) => [name, fanIn, fanOut])).toEqual([
    ["dense", 3, 4],
    ["tanh", 4, 4],
    ["dense", 4, 2],
    ["softmax", 2, 2],
  ]);
  expect(ops.map(({ parameters, parameterCount }) => [parameters, parameterCount])).toEqual([
    [0, 16],
    [16, 0],
    [16, 10],
    [26, 0],
  ]);
  expect(ops[0]!.input).toBe(inputs);
  expect(ops.at(-1)!.output).toBe(outputs);
});

it("writes over the sums where backward needs the outputs only, and not where it needs the sums", () => {
  const [, whenOutput] = planOps(shape, false).ops;
  expect(whenOutput!.output).toBe(whenOutput!.input);
  expect(whenOutput!.kept).toBe(whenOutput!.output);
  setKeeps("input");
  const [, whenInput] = planOps(shape, false).ops;
  expect(whenInput!.output).not.toBe(whenInput!.input);
  expect(whenInput!.kept).toBe(whenInput!.input);
  expect(whenInput!.dInput).toBe(whenInput!.dOutput);
});

it("derives the loss by the logits, leaving the last activation out of the backward pass, if the two belong together", () => {
  const fused = planOps(shape, false);
  const [logits, softmax] = [fused.ops[2]!.output, fused.ops[3]!];
  expect(softmax.goesBackward).toBe(false);
  expect(softmax.output).not.toBe(logits);
  expect(fused.lossKeeps).toBe(logits);
  expect(fused.dLoss).toBe(fused.ops[2]!.dOutput);
  const apart = planOps(
    networkShape({ inputs: 3, layers: [{ units: 2, activation: "softmax" }], loss: "meanSquaredError" }),
    false,
  );
  expect(apart.ops[1]!.goesBackward).toBe(true);
  expect(apart.lossKeeps).toBe(apart.outputs);
});

it("gives every end a place of its own where everything is to be seen", () => {
  const { ops } = planOps(shape, true);
  const places = ops.flatMap(({ output, dOutput }) => [output, dOutput]);
  // Where the loss is derived by the logits, there is no other derivative than that.
  expect(new Set(places).size).toBe(places.length - 1);
  expect(ops[0]!.dInput).toEqual({ units: 3 });
});
