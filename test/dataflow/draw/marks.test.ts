import { describe, expect, it } from "vitest";
import { derivativeName } from "../../../src/dataflow/circle-name.ts";
import { derivativeLabel } from "../../../src/dataflow/draw/names.ts";
import { rounded } from "../../../src/dataflow/draw/numbers.ts";
import { checkDrawOptions, type DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import { toSvg } from "../../../src/dataflow/draw/svg.ts";
import { Graph } from "../../../src/dataflow/graph.ts";
import { formatNumber, toText, variable } from "../../../src/dataflow/label.ts";
import { cosine, fixtures, mlp, POINT, squaredProduct, traces } from "./fixtures.ts";
import { all, hasClass, parseXml } from "./xml.ts";

const read = (graph: Graph, options: DrawOptions) => all(parseXml(toSvg(graph, options)));
const captions = (graph: Graph, options: DrawOptions) =>
  read(graph, options)
    .filter((element) => hasClass(element, "caption"))
    .map(({ text }) => text);
const three = (value: number) => formatNumber(Number(value.toPrecision(3)));

/** The ids of circles, and the ends of arrows, that are not faded. */
function clear(graph: Graph, options: DrawOptions): string[] {
  const shown = read(graph, options).filter((element) => !hasClass(element, "faded"));
  return shown.flatMap(({ attributes }) => {
    if (attributes["data-circle"] !== undefined) return [attributes["data-circle"]];
    return attributes["data-from"] === undefined ? [] : [`${attributes["data-from"]} -> ${attributes["data-to"]}`];
  });
}

describe("a highlighted path", async () => {
  const graph = await mlp([2, 2, 1], { inputs: [0.5, -1.2] });
  const [path] = graph.paths("x_1^(1)");

  it("is strong, and all else faded", () => {
    const expected = ["x_1^(1)", "s_1^(2)", "x_1^(2)", "s_1^(3)", "x_1^(3)", "l"];
    const arrows = expected.slice(1).map((to, i) => `${expected[i]} -> ${to}`);
    expect(clear(graph, { highlight: path! }).sort()).toEqual([...expected, ...arrows].sort());
    const strong = read(graph, { highlight: path! }).filter((element) => hasClass(element, "strong"));
    expect(strong.map(({ attributes }) => attributes["data-circle"]).sort()).toEqual(expected.toSorted());
  });

  it("has its product written out", () => {
    const factors = path!
      .map(({ partial }) => three(partial as number))
      .map((number) => (number.startsWith("−") ? `(${number})` : number))
      .join(" · ");
    const product = three(graph.product(path!) as number);
    expect(captions(graph, { highlight: path! })).toEqual([
      `x1(1) → s1(2) → x1(2) → s1(3) → x1(3) → l:  ${factors} = ${product}`,
    ]);
    expect(factors).toContain("−");
  });

  it("may be one of several, whose products are summed to the derivative if they are all", async () => {
    const cos = cosine(POINT);
    const paths = cos.paths("x");
    expect(captions(cos, { highlight: paths })).toEqual([
      "x → x2 → x2 y → cos(x2 y) → f:  1.4 · 1.3 · (−0.595) · 1 = −1.08",
      "x → x2 → x2 √z → f:  1.4 · 1.41 · 1 = 1.98",
      "∂f/∂x = −1.08 + 1.98 = 0.897",
    ]);
    const deep = await mlp([2, 3, 3, 3, 1]);
    const some = deep.paths("x_1^(1)").slice(0, 12);
    const lines = captions(deep, { highlight: some }).filter((line) => !line.startsWith("    "));
    expect(lines).toHaveLength(10);
    expect(lines[8]).toBe("… and 4 more paths");
    expect(lines[9]).toMatch(/^their sum = [−\d.e]+$/);
  });

  it("is a product of formulas where there are no numbers, sums in parentheses", () => {
    const graphs = cosine();
    expect(captions(graphs, { highlight: graphs.paths("z") })).toEqual(["z → √z → x2 √z → f:  1/(2 √z) · x2 · 1"]);
    const sum = new Graph(
      ["x", "u", "f"].map((id) => ({ id, label: variable(id), role: "operation" })),
      [
        { from: "x", to: "u", formula: [{ text: "1 − x" }] },
        { from: "u", to: "f" },
      ],
    );
    expect(captions(sum, { highlight: sum.paths("x") })).toEqual(["x → u → f:  (1 − x) · ?"]);
    expect(captions(sum, { highlight: [sum.arrows[0]!] })).toEqual(["x → u:  1 − x"]);
  });

  it("has a gradient as its product where it starts from a vector", () => {
    const vectors = squaredProduct();
    expect(captions(vectors, { highlight: vectors.paths("x") })).toEqual([
      "x → c⊤x → f:  [0.5, −1, …] · (−2) = [−1, 2, …]",
    ]);
  });

  it("of no arrows marks nothing", () => {
    expect(captions(graph, { highlight: [] })).toEqual([]);
    expect(toSvg(graph, { highlight: graph.paths("l") })).toBe(toSvg(graph));
  });
});

describe("the backward sweep", async () => {
  const graph = await mlp([2, 2, 1], { inputs: [0.5, -1.2] });
  /** Numbers and texts beside circles, in the order of the drawing. */
  const steps = (made: Graph, options: DrawOptions): string[] => {
    const elements = read(made, options);
    const numbers = elements.filter((element) => hasClass(element, "badge")).map(({ text }) => text);
    const texts = elements.filter((element) => hasClass(element, "backward")).map(({ text }) => text);
    return texts.map((text, i) => `${numbers[i]} ${text}`);
  };

  it("writes the derivatives beside the circles, a number for each column", () => {
    const expected = graph
      .sweep()
      .filter(({ circle }) => circle.role !== "constant")
      .map(({ circle, derivative }) => ({ column: circle.column!, derivative }));
    const columns = [...new Set(expected.map(({ column }) => column))].sort((a, b) => b - a);
    const found = steps(graph, { sweep: true });
    expect(found).toHaveLength(expected.length);
    expect(found.at(-1)).toBe("1 ∂l/∂l = 1");
    for (const { column, derivative } of expected) {
      if (typeof derivative !== "number") continue;
      const number = columns.indexOf(column) + 1;
      expect(found.some((text) => text.startsWith(`${number} `) && text.endsWith(`= ${three(derivative)}`))).toBe(true);
    }
    expect(found.some((text) => text.startsWith("4 ∇w1(2) l = ["))).toBe(true);
  });

  it("numbers by the distance from the output where there are no columns", () => {
    expect(steps(cosine(POINT), { sweep: true })).toEqual([
      "5 ∂f/∂x = 0.897",
      "4 ∂f/∂y = −0.291",
      "4 ∂f/∂z = 0.173",
      "4 ∂f/∂(x2) = 0.641",
      "3 ∂f/∂(x2 y) = −0.595",
      "2 ∂f/∂(cos(x2 y)) = 1",
      "3 ∂f/∂(√z) = 0.49",
      "2 ∂f/∂(x2 √z) = 1",
      "1 ∂f/∂f = 1",
    ]);
    expect(steps(squaredProduct(), { sweep: true })).toContain("3 ∇x f = [−1, 2, …]");
  });

  it("stops after a number of steps, and fades the rest", () => {
    expect(clear(graph, { sweep: 3 }).sort()).toEqual(
      ["l", "x_1^(3)", "s_1^(3)", "x_1^(3) -> l", "s_1^(3) -> x_1^(3)"].sort(),
    );
    expect(steps(graph, { sweep: 3 }).map((text) => text[0])).toEqual(["3", "2", "1"]);
    expect(steps(graph, { sweep: 100 })).toEqual(steps(graph, { sweep: true }));
    expect(toSvg(graph, { sweep: false })).toBe(toSvg(graph));
  });

  it("draws its arrows backwards", () => {
    const tipOf = (options: DrawOptions) => {
      const arrow = read(graph, options).find(
        ({ attributes }) => attributes["data-from"] === "s_1^(3)" && attributes["data-to"] === "x_1^(3)",
      )!;
      return {
        isSwept: hasClass(arrow, "swept"),
        x: Number(/^M([\d.-]+)/.exec(arrow.children[2]!.attributes["d"]!)![1]),
      };
    };
    const [forward, backward] = [tipOf({}), tipOf({ sweep: true })];
    expect(forward.isSwept).toBe(false);
    expect(backward.isSwept).toBe(true);
    expect(backward.x).toBeLessThan(forward.x - 50);
  });

  it("goes on behind folds where the circles know their derivatives", () => {
    const folded = traces["64-32-10"]!();
    const forgetful = new Graph(
      folded.circles.map((circle) => ({ ...circle, derivative: undefined })),
      folded.arrows,
    );
    const reaches = (made: Graph) => steps(made, { sweep: true }).some((text) => text.includes("∂l/∂x1(1) = "));
    expect(reaches(folded)).toBe(true);
    expect(reaches(forgetful)).toBe(false);
  });

  it.each(Object.entries(traces))("of a real %s writes the kernels' own numbers", (_name, make) => {
    const made = make();
    const { circles } = planOf(made, checkDrawOptions(made, { sweep: true, digits: 4 }));
    const known = circles.filter(({ circle }) => circle.derivative !== undefined && circle.role !== "constant");
    expect(known.length).toBeGreaterThan(4);
    for (const { circle, derivative } of known) {
      expect(toText(derivative!)).toMatch(/^[∂∇]/);
      expect(toText(derivative!).endsWith(` = ${rounded(circle.derivative!, 4)}`)).toBe(true);
    }
  });

  it("prefers what a circle knows to what the partials come to", () => {
    const known = new Graph(
      [
        { id: "x", label: variable("x"), role: "input", value: 3, derivative: 6.5 },
        { id: "f", label: variable("f"), role: "output", value: 9 },
      ],
      [{ from: "x", to: "f", partial: 6 }],
    );
    expect(steps(known, { sweep: true })).toContain("2 ∂f/∂x = 6.5");
  });

  it("names derivatives as tooltips do: a word is one name", () => {
    const named = (name: string, sup?: string) =>
      new Graph(
        [
          { id: "in", label: variable(name, "1", sup), role: "input", value: 3 },
          { id: "f", label: variable("f"), role: "output", value: 9 },
        ],
        [{ from: "in", to: "f", partial: 6 }],
      );
    expect(steps(named("age"), { sweep: true })).toContain("2 ∂f/∂age1 = 6");
    expect(steps(named("age", "(2)"), { sweep: true })).toContain("2 ∂f/∂age1(2) = 6");
    expect(steps(named("age", "2"), { sweep: true })).toContain("2 ∂f/∂(age12) = 6");
    for (const make of Object.values(fixtures)) {
      const made = make();
      for (const circle of made.circles.filter(({ role, value }) => role !== "fold" && typeof value === "number")) {
        expect(toText(derivativeLabel(made.output, circle))).toBe(derivativeName(made.output, circle));
      }
    }
  });

  it("uses the name of a circle that has a formula too", () => {
    const named = new Graph(
      [
        { id: "x", label: variable("x"), role: "input", value: 3 },
        {
          id: "f",
          label: [...variable("f"), { text: " = " }, ...variable("x", undefined, "2")],
          role: "output",
          value: 9,
        },
      ],
      [{ from: "x", to: "f", partial: 6 }],
    );
    expect(steps(named, { sweep: true })).toEqual(["2 ∂f/∂x = 6", "1 ∂f/∂f = 1"]);
    expect(captions(named, { highlight: named.paths("x") })).toEqual(["x → f:  6"]);
  });

  it("can be drawn with a path", () => {
    const elements = read(graph, { sweep: 2, highlight: graph.paths("x_1^(1)")[0]! });
    expect(elements.filter((element) => hasClass(element, "badge"))).toHaveLength(2);
    expect(elements.filter((element) => hasClass(element, "strong"))).toHaveLength(6);
  });
});
