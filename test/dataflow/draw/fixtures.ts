/** Diagrams to draw, made by hand: small networks with a forward and a backward pass of their own, and formulas. */
import { type Arrow, type Circle, Graph } from "../../../src/dataflow/graph.ts";
import { type Label, toText, upright, variable } from "../../../src/dataflow/label.ts";
import {
  lossName,
  sumName,
  targetName,
  unitName,
  unitsName,
  weightName,
  weightsName,
} from "../../../src/dataflow/network/names.ts";

const sigmoid = (s: number) => 1 / (1 + Math.exp(-s));

/** Weights that look like weights. */
const weight = (k: number, i: number, j: number) => 1.4 * Math.sin(3.1 * k + 2.3 * i + 1.7 * j);

interface MlpOptions {
  readonly output?: "sigmoid" | "softmax";
  readonly inputs?: readonly number[];
  /** Circles of their own: a vector for each sum, every weight, or none. Default "vectors". */
  readonly weights?: "vectors" | "scalars" | "none";
}

/** The place of a unit in its column, or of the fold it is behind; layers of more than 10 units are folded. */
function placesOf(units: number): (number | "fold")[] {
  if (units <= 10) return Array.from({ length: units }, (_, i) => i + 1);
  return [1, 2, 3, "fold", units];
}

class Mlp {
  readonly circles: Circle[] = [];
  readonly arrows: Arrow[] = [];
  readonly #widths: readonly number[];
  readonly #softmax: boolean;
  readonly #x: number[][] = [];
  readonly #s: number[][] = [[]];
  readonly #weights: "vectors" | "scalars" | "none";

  constructor(widths: readonly number[], { output = "sigmoid", inputs, weights = "vectors" }: MlpOptions) {
    this.#widths = widths;
    this.#softmax = output === "softmax";
    this.#weights = weights;
    this.#x.push([...(inputs ?? Array.from({ length: widths[0]! }, (_, i) => 0.9 * Math.cos(1.9 * i + 0.4)))]);
    for (let k = 1; k < widths.length; k++) this.#forward(k);
  }

  #forward(k: number): void {
    const x = [...this.#x[k - 1]!, 1];
    const s = Array.from({ length: this.#widths[k]! }, (_, i) =>
      x.reduce((sum, value, j) => sum + weight(k, i + 1, j + 1) * value, 0),
    );
    const powers = s.map(Math.exp);
    const total = powers.reduce((a, b) => a + b, 0);
    const isSoftmax = this.#softmax && k === this.#widths.length - 1;
    this.#s.push(s);
    this.#x.push(isSoftmax ? powers.map((power) => power / total) : s.map(sigmoid));
  }

  build(): Graph {
    this.#addUnits(1);
    for (let k = 1; k < this.#widths.length; k++) this.#addLayer(k);
    this.#addLoss();
    return new Graph(this.circles, this.arrows);
  }

  #add(label: Label, rest: Omit<Circle, "id" | "label">): string {
    const id = toText(label);
    this.circles.push({ id, label, ...rest });
    return id;
  }

  #addFold(first: Label, last: Label, column: number, row: number): string {
    return this.#add([...first, { text: " … " }, ...last], { role: "fold", column, row });
  }

  #addUnits(k: number): void {
    const [units, column] = [this.#widths[k - 1]!, 2 * k - 2];
    const places = placesOf(units);
    places.forEach((i, row) => {
      if (i === "fold") this.#addFold(unitName(k, 4), unitName(k, units - 1), column, row);
      else {
        const role = k === 1 ? "input" : "operation";
        this.#add(unitName(k, i), { role, value: this.#x[k - 1]![i - 1]!, column, row });
      }
    });
    if (k === this.#widths.length) return;
    this.#add(unitName(k, units + 1), { role: "constant", value: 1, column, row: places.length });
  }

  #addLayer(k: number): void {
    const units = this.#widths[k]!;
    const places = placesOf(units);
    for (const [row, i] of places.entries()) this.#addSum(k, i, row);
    this.#addUnits(k + 1);
    const isSoftmax = this.#softmax && k === this.#widths.length - 1;
    for (const j of places) for (const i of isSoftmax ? places : [j]) this.#addSlope(k, i, j, isSoftmax);
  }

  #addSum(k: number, i: number | "fold", row: number): void {
    const [before, units, column] = [this.#widths[k - 1]!, this.#widths[k]!, 2 * k - 1];
    if (i !== "fold") this.#addWeights(k, i, column - 0.5, row);
    const id =
      i === "fold"
        ? this.#addFold(sumName(k + 1, 4), sumName(k + 1, units - 1), column, row)
        : this.#add(sumName(k + 1, i), { role: "operation", value: this.#s[k]![i - 1]!, column, row });
    for (const j of [...placesOf(before), before + 1]) {
      const isKnown = i !== "fold" && j !== "fold";
      this.arrows.push({
        from: this.#unitId(k, j),
        to: id,
        ...(isKnown && { formula: weightName(k, i, j), partial: weight(k, i, j) }),
      });
    }
  }

  #addWeights(k: number, i: number, column: number, row: number): void {
    const to = toText(sumName(k + 1, i));
    if (this.#weights === "scalars") {
      [...this.#x[k - 1]!, 1].forEach((partial, j) => {
        const value = weight(k, i, j + 1);
        const from = this.#add(weightName(k, i, j + 1), { role: "parameter", value, column, row });
        this.arrows.push({ from, to, formula: unitName(k, j + 1), partial });
      });
    }
    if (this.#weights !== "vectors") return;
    const value = Array.from({ length: this.#widths[k - 1]! + 1 }, (_, j) => weight(k, i, j + 1));
    const from = this.#add(weightsName(k, i), { role: "parameter", value, column, row });
    this.arrows.push({ from, to, formula: unitsName(k), partial: [...this.#x[k - 1]!, 1] });
  }

  #unitId(k: number, i: number | "fold"): string {
    return i === "fold" ? this.#foldId(unitName, k) : toText(unitName(k, i));
  }

  #foldId(name: (k: number, i: number) => Label, k: number): string {
    return toText([...name(k, 4), { text: " … " }, ...name(k, this.#widths[k - 1]! - 1)]);
  }

  #addSlope(k: number, i: number | "fold", j: number | "fold", isSoftmax: boolean): void {
    const from = i === "fold" ? this.#foldId(sumName, k + 1) : toText(sumName(k + 1, i));
    const to = this.#unitId(k + 1, j);
    if (i === "fold" || j === "fold") {
      this.arrows.push({ from, to });
      return;
    }
    const [x, xi] = [this.#x[k]![j - 1]!, this.#x[k]![i - 1]!];
    const partial = isSoftmax && i !== j ? -x * xi : x * (1 - x);
    const name = unitName(k + 1, j);
    const formula: Label =
      isSoftmax && i !== j
        ? [{ text: "−" }, ...name, { text: " " }, ...unitName(k + 1, i)]
        : [...name, { text: " (1 − " }, ...name, { text: ")" }];
    this.arrows.push({ from, to, formula, partial });
  }

  #addLoss(): void {
    const depth = this.#widths.length;
    const places = placesOf(this.#widths[depth - 1]!);
    const outputs = this.#x[depth - 1]!;
    const column = 2 * depth - 1;
    const targets = places.map((i, row) => this.#addTarget(i, column - 1, places.length + row));
    const loss = -Math.log(outputs[0]!);
    const l = this.#add(lossName(), { role: "output", value: loss, derivative: 1, column, row: 0 });
    for (const from of targets) this.arrows.push({ from, to: l });
    for (const i of places) {
      const from = this.#unitId(depth, i);
      if (i === "fold") this.arrows.push({ from, to: l });
      else {
        const partial = i === 1 ? -1 / outputs[0]! : this.#softmax ? 0 : 1 / (1 - outputs[i - 1]!);
        const formula: Label = [{ text: "−" }, ...this.#target(i), { text: "/" }, ...unitName(depth, i)];
        this.arrows.push({ from, to: l, formula, partial });
      }
    }
  }

  #target(i: number): Label {
    return targetName(i, this.#widths.at(-1)!);
  }

  #addTarget(i: number | "fold", column: number, row: number): string {
    if (i === "fold") return this.#addFold(this.#target(4), this.#target(this.#widths.at(-1)! - 1), column, row);
    return this.#add(this.#target(i), { role: "constant", value: i === 1 ? 1 : 0, column, row });
  }
}

export function mlp(widths: readonly number[], options: MlpOptions = {}): Graph {
  return new Mlp(widths, options).build();
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

/** Every diagram that the drawings are looked at for. */
export const fixtures: Readonly<Record<string, () => Graph>> = {
  "2-2-1": () => mlp([2, 2, 1], { inputs: [0.5, -1.2] }),
  "2-2-1 without weights": () => mlp([2, 2, 1], { weights: "none" }),
  "2-2-1 with every weight": () => mlp([2, 2, 1], { weights: "scalars" }),
  "3-4-2": () => mlp([3, 4, 2], { output: "softmax" }),
  "64-32-10": () => mlp([64, 32, 10], { output: "softmax" }),
  "2-3-3-3-1": () => mlp([2, 3, 3, 3, 1]),
  "logistic regression": logisticRegression,
  "cos(x^2 y) + x^2 √z": () => cosine(),
  "cos(x^2 y) + x^2 √z at a point": () => cosine(POINT),
  "(c^T x)^2": squaredProduct,
};
