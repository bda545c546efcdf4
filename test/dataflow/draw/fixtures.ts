/** Diagrams to draw: traces of real networks, and formulas made by hand. */
import { Network } from "../../../src/network/network.ts";
import { type Arrow, type Circle, Graph } from "../../../src/dataflow/graph.ts";
import "../../../src/dataflow/index.ts";
import { colours } from "../../../src/dataflow/draw/theme.ts";
import { paletteOf } from "../../../src/dataflow/typeset/theme.ts";
import { type Label, toText, upright, variable } from "../../../src/dataflow/label.ts";
import type { NetworkGraphOptions } from "../../../src/dataflow/network/network-graph.ts";

export const light = paletteOf(colours, "light");
export const dark = paletteOf(colours, "dark");

const sigmoid = (s: number) => 1 / (1 + Math.exp(-s));

/** Weights that look like weights. */
const weight = (k: number, i: number, j: number) => 1.4 * Math.sin(3.1 * k + 2.3 * i + 1.7 * j);

const upTo = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n + 1));

interface MlpOptions extends NetworkGraphOptions {
  readonly output?: "sigmoid" | "softmax";
  readonly inputs?: readonly number[];
}

/** What makes the diagram of a network's trace on one sample, whose first target is 1. */
async function tracer(widths: readonly number[], options: MlpOptions = {}): Promise<() => Graph> {
  const { output = "sigmoid", inputs, ...drawn } = options;
  const sizes = widths.slice(1);
  const network = await Network.create({
    inputs: widths[0]!,
    layers: sizes.map((units, n) => ({ units, activation: n === sizes.length - 1 ? output : "sigmoid" })),
    loss: output === "softmax" ? "categoricalCrossEntropy" : "binaryCrossEntropy",
  });
  sizes.forEach((units, n) => {
    const fanIn = widths[n]!;
    network.setParameters(n, {
      weights: upTo(units, (i) => upTo(fanIn, (j) => weight(n + 1, i, j))),
      biases: upTo(units, (i) => weight(n + 1, i, fanIn + 1)),
    });
  });
  const x = inputs ?? upTo(widths[0]!, (i) => 0.9 * Math.cos(1.9 * i - 1.5));
  const trace = network.trace([[...x]], [upTo(sizes.at(-1)!, (i) => (i === 1 ? 1 : 0))]);
  return () => trace.graph(drawn);
}

export async function mlp(widths: readonly number[], options: MlpOptions = {}): Promise<Graph> {
  return (await tracer(widths, options))();
}

/** Figure 1 and exercise 4: two inputs, the always-1 unit, their weights, s, z = σ(s), the log loss and y. */
export function logisticRegression(): Graph {
  const [x, w, y] = [[0.5, -1.2, 1], [0.8, 0.35, -0.4], 1];
  const s = x.reduce((sum, value, i) => sum + value * w[i]!, 0);
  const z = sigmoid(s);
  const names = [variable("x", "1"), variable("x", "2"), variable("x", "3")];
  const circles: Circle[] = names.map((label, i) => ({
    id: toText(label),
    label,
    role: i === 2 ? "constant" : "input",
    value: x[i]!,
    column: 0,
    row: i,
  }));
  const bold: Label = [{ text: "w", bold: true }];
  const named: [Label, Omit<Circle, "id" | "label">][] = [
    [bold, { role: "parameter", value: w, column: 0.5, row: 0 }],
    [variable("s"), { role: "operation", value: s, column: 1, row: 0 }],
    [variable("z"), { role: "operation", value: z, column: 2, row: 0 }],
    [variable("y"), { role: "constant", value: y, column: 2, row: 1 }],
    [variable("l"), { role: "output", value: -Math.log(z), column: 3, row: 0 }],
  ];
  for (const [label, rest] of named) circles.push({ id: toText(label), label, ...rest });
  const arrows: Arrow[] = names.map((label, i) => ({
    from: toText(label),
    to: "s",
    formula: variable("w", String(i + 1)),
    partial: w[i]!,
  }));
  arrows.push(
    { from: "w", to: "s", formula: [{ text: "x", bold: true }], partial: x },
    {
      from: "s",
      to: "z",
      formula: [...variable("z"), { text: " (1 − " }, ...variable("z"), { text: ")" }],
      partial: z * (1 - z),
    },
    { from: "y", to: "l" },
    {
      from: "z",
      to: "l",
      formula: [{ text: "−" }, ...variable("y"), { text: "/" }, ...variable("z")],
      partial: -y / z,
    },
  );
  return new Graph(circles, arrows);
}

const X = variable("x");
const Y = variable("y");
const Z = variable("z");
const X2 = variable("x", undefined, "2");

/** Exercise 3 a: f = cos(x^2 y) + x^2 √z, with or without a point. */
export function cosine(point?: { x: number; y: number; z: number }): Graph {
  const cos: Label = [{ text: "cos(" }, ...X2, { text: " " }, ...Y, { text: ")" }];
  const root: Label = [{ text: "√" }, ...Z];
  const { x, y, z } = point ?? { x: NaN, y: NaN, z: NaN };
  const square = x * x;
  const values: [string, Label, number, Circle["role"]][] = [
    ["x", X, x, "input"],
    ["y", Y, y, "input"],
    ["z", Z, z, "input"],
    ["x^2", X2, square, "operation"],
    ["x^2 y", [...X2, { text: " " }, ...Y], square * y, "operation"],
    ["cos(x^2 y)", cos, Math.cos(square * y), "operation"],
    ["√z", root, Math.sqrt(z), "operation"],
    ["x^2 √z", [...X2, { text: " " }, ...root], square * Math.sqrt(z), "operation"],
    ["f", variable("f"), Math.cos(square * y) + square * Math.sqrt(z), "output"],
  ];
  const sine: Label = [{ text: "−sin(" }, ...X2, { text: " " }, ...Y, { text: ")" }];
  const partials: [string, string, Label, number][] = [
    ["x", "x^2", [{ text: "2" }, ...X], 2 * x],
    ["x^2", "x^2 y", Y, y],
    ["y", "x^2 y", X2, square],
    ["x^2 y", "cos(x^2 y)", sine, -Math.sin(square * y)],
    ["z", "√z", [{ text: "1/(2 " }, ...root, { text: ")" }], 0.5 / Math.sqrt(z)],
    ["x^2", "x^2 √z", root, Math.sqrt(z)],
    ["√z", "x^2 √z", X2, square],
    ["cos(x^2 y)", "f", upright("1"), 1],
    ["x^2 √z", "f", upright("1"), 1],
  ];
  return new Graph(
    values.map(([id, label, value, role]) => ({ id, label, role, ...(point && { value }) })),
    partials.map(([from, to, formula, partial]) => ({ from, to, formula, ...(point && { partial }) })),
  );
}

export const POINT = { x: 0.7, y: 1.3, z: 2 };

/** Exercise 3 b: f = (c^T x)^2, with vectors at the leaves. */
export function squaredProduct(): Graph {
  const [c, x] = [
    [0.5, -1, 2, 0.25],
    [1.5, 0.5, -0.75, 1],
  ];
  const product = c.reduce((sum, value, i) => sum + value * x[i]!, 0);
  const [C, boldX]: Label[] = [[{ text: "c", bold: true }], [{ text: "x", bold: true }]];
  const inner: Label = [{ text: "c", bold: true, sup: upright("⊤") }, ...boldX!];
  return new Graph(
    [
      { id: "c", label: C!, role: "constant", value: c },
      { id: "x", label: boldX!, role: "input", value: x },
      { id: "c^⊤x", label: inner, role: "operation", value: product },
      { id: "f", label: variable("f"), role: "output", value: product ** 2 },
    ],
    [
      { from: "c", to: "c^⊤x", formula: boldX!, partial: x },
      { from: "x", to: "c^⊤x", formula: C!, partial: c },
      { from: "c^⊤x", to: "f", formula: [{ text: "2 " }, ...inner], partial: 2 * product },
    ],
  );
}

/** Diagrams of real networks. */
export const traces: Readonly<Record<string, () => Graph>> = {
  "2-2-1": await tracer([2, 2, 1], { inputs: [0.5, -1.2] }),
  "2-2-1 without weights": await tracer([2, 2, 1], { weights: "none" }),
  "2-2-1 with every weight": await tracer([2, 2, 1], { weights: "scalars" }),
  "3-4-2": await tracer([3, 4, 2], { output: "softmax" }),
  "64-32-10": await tracer([64, 32, 10], { output: "softmax" }),
  "784-128-10": await tracer([784, 128, 10], { output: "softmax" }),
  "2-3-3-3-1": await tracer([2, 3, 3, 3, 1]),
};

/** Every diagram that the drawings are looked at for. */
export const fixtures: Readonly<Record<string, () => Graph>> = {
  ...traces,
  "logistic regression": logisticRegression,
  "cos(x^2 y) + x^2 √z": () => cosine(),
  "cos(x^2 y) + x^2 √z at a point": () => cosine(POINT),
  "(c^T x)^2": squaredProduct,
};
