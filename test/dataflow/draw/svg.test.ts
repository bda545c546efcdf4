import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import type { DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { toSvg } from "../../../src/dataflow/draw/svg.ts";
import { Graph } from "../../../src/dataflow/graph.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { cosine, fixtures, mlp, POINT } from "./fixtures.ts";
import { all, type Element, hasClass, parseXml } from "./xml.ts";

const read = (graph: Graph, options: DrawOptions = {}) => all(parseXml(toSvg(graph, options)));

/** The elements of arrows, by "from -> to". */
function arrowsOf(elements: readonly Element[]): Map<string, Element> {
  const arrows = elements.filter(({ attributes }) => attributes["data-from"] !== undefined);
  return new Map(arrows.map((arrow) => [`${arrow.attributes["data-from"]} -> ${arrow.attributes["data-to"]}`, arrow]));
}

function circleOf(elements: readonly Element[], id: string): Element {
  return elements.find(({ attributes }) => attributes["data-circle"] === id)!;
}

const titleOf = (element: Element) => element.children.find(({ name }) => name === "title")!.text;
const shaftWidth = (arrow: Element) => Number(arrow.children[1]!.attributes["stroke-width"]);

describe.each(Object.entries(fixtures))("the SVG of %s", (_name, make) => {
  const graph = make();

  it("is well-formed, self-contained, and has every circle and arrow", () => {
    const svg = toSvg(graph);
    const elements = all(parseXml(svg));
    expect(elements.filter(({ attributes }) => "data-circle" in attributes)).toHaveLength(graph.circles.length);
    expect(elements.filter(({ attributes }) => "data-from" in attributes)).toHaveLength(graph.arrows.length);
    expect(svg.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|url\(|@import|<script|NaN/);
  });

  it("is the same every time, and read by a DOM", () => {
    const svg = toSvg(graph, { sweep: true, theme: "dark" });
    expect(toSvg(make(), { sweep: true, theme: "dark" })).toBe(svg);
    const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement!;
    expect(root.querySelectorAll("[data-circle]")).toHaveLength(graph.circles.length);
  });
});

describe("circles", async () => {
  const graph = await mlp([2, 2, 1], { inputs: [0.5, -1.2] });
  const elements = read(graph);

  it("have their names with scripts over each other, and their values", () => {
    const [name, value] = circleOf(elements, "x_2^(1)").children.filter((child) => child.name === "text");
    const [letter, sub, sup] = name!.children;
    expect(name!.text).toBe("x2(1)");
    expect(letter!.attributes["font-style"]).toBe("italic");
    expect(Number(sub!.attributes["dy"])).toBeGreaterThan(0);
    expect(Number(sup!.attributes["dy"])).toBeLessThan(0);
    expect(Number(sup!.attributes["dx"])).toBeLessThan(0);
    expect(Number(sub!.attributes["font-size"])).toBeCloseTo(0.7 * Number(letter!.attributes["font-size"]), 1);
    expect(value!.text).toBe("−1.2");
  });

  it("are grey where they are always 1", () => {
    expect(hasClass(circleOf(elements, "x_3^(1)"), "constant")).toBe(true);
    expect(hasClass(circleOf(elements, "x_2^(1)"), "constant")).toBe(false);
  });

  it("have tooltips with all digits", () => {
    const s = graph.circle("s_1^(2)").value as number;
    expect(titleOf(circleOf(elements, "s_1^(2)"))).toContain(
      `s_1^(2) = ${String(s).replace("-", "−")}\n∂l/∂s_1^(2) = `,
    );
    const known = new Graph(
      [
        { id: "x", label: variable("x"), role: "input", value: 2, derivative: -4 },
        { id: "f", label: variable("f"), role: "output", value: 4, derivative: 1 },
      ],
      [],
    );
    expect(titleOf(circleOf(read(known), "x"))).toBe("x = 2\n∂f/∂x = −4");
    expect(titleOf(circleOf(read(known), "f"))).toBe("f = 4");
    const vector = new Graph(
      [{ id: "w", label: variable("w"), role: "output", value: new Float64Array(785).fill(0.1) }],
      [],
    );
    expect(titleOf(circleOf(read(vector), "w"))).toMatch(/^w = \[(0\.1, ){12}… \(785 numbers\)\]$/);
  });
});

describe("arrows", async () => {
  const graph = await mlp([2, 2, 1], { inputs: [0.5, -1.2] });
  const arrows = arrowsOf(read(graph));
  const partial = (key: string) => graph.arrows.find(({ from, to }) => `${from} -> ${to}` === key)!.partial as number;

  it("are the thicker the larger their partials are", () => {
    const numbers = [...arrows.keys()].filter((key) => typeof partial(key) === "number");
    const sorted = numbers.toSorted((a, b) => Math.abs(partial(a)) - Math.abs(partial(b)));
    const widths = sorted.map((key) => shaftWidth(arrows.get(key)!));
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(widths.at(-1)! / widths[0]!).toBeGreaterThan(2);
    expect(widths.at(-1)!).toBeLessThan(5);
  });

  it("show their signs by colour, and by dashes", () => {
    expect(hasClass(arrows.get("x_1^(1) -> s_1^(2)")!, "positive")).toBe(true);
    expect(hasClass(arrows.get("x_1^(2) -> s_1^(3)")!, "negative")).toBe(true);
    expect(hasClass(arrows.get("y -> l")!, "negative")).toBe(false);
    const dashesOf = (key: string) => arrows.get(key)!.children[1]!.attributes["stroke-dasharray"];
    expect(dashesOf("x_1^(2) -> s_1^(3)")).toBeDefined();
    expect(dashesOf("x_1^(1) -> s_1^(2)")).toBeUndefined();
  });

  it("are not made alike by one that stands out, nor thicker by what is not finite", () => {
    const partials = [1e30, 1, 0.1, 0.5, 0.2, NaN, Infinity, 0];
    const wild = new Graph(
      [
        ...partials.map((_, i) => ({ id: `a${i}`, label: variable("a", String(i)), role: "input" as const })),
        { id: "f", label: variable("f"), role: "output" },
      ],
      partials.map((value, i) => ({ from: `a${i}`, to: "f", partial: value })),
    );
    const elements = read(wild);
    const widths = partials.map((_, i) => shaftWidth(arrowsOf(elements).get(`a${i} -> f`)!));
    expect(widths[1]! - widths[2]!).toBeGreaterThan(0.3);
    expect(widths[0]).toBe(widths[6]);
    expect(widths[5]).toBe(widths[7]);
    expect(Math.max(...widths)).toBeLessThan(5);
    expect(elements.some(({ text }) => text === "∞")).toBe(true);
  });

  it("carry numbers, formulas, both or nothing", () => {
    const labels = (options: DrawOptions) => read(cosine(POINT), options).map(({ text }) => text);
    expect(labels({})).toContain("−0.595");
    expect(labels({})).not.toContain("2x");
    expect(labels({ partials: "formulas" })).toContain("−sin(x2 y)");
    expect(labels({ partials: "both" })).toContain("−sin(x2 y) = −0.595");
    // Not 1 = 1.
    expect(labels({ partials: "both" })).not.toContain("1 = 1");
    expect(labels({ partials: "none" })).not.toContain("−0.595");
    expect(read(cosine()).map(({ text }) => text)).toContain("−sin(x2 y)");
    expect(labels({ digits: 2 })).toContain("0.35");
  });

  it("have tooltips with formula and number", () => {
    const exact = String(partial("x_1^(1) -> s_1^(2)"));
    expect(titleOf(arrows.get("x_1^(1) -> s_1^(2)")!)).toBe(`∂s_1^(2)/∂x_1^(1) = w_(1,1)^(1) = ${exact}`);
    expect(titleOf(arrows.get("y -> l")!)).toBe("y -> l".replace("->", "→"));
  });

  it("have derivatives in their tooltips named as beside circles: in parentheses if need be, ∇ by a vector", () => {
    const title = (made: Graph, key: string) => titleOf(arrowsOf(read(made)).get(key)!);
    expect(title(cosine(POINT), "x^2 y -> cos(x^2 y)")).toMatch(/^∂\(cos\(x\^2 y\)\)\/∂\(x\^2 y\) = /);
    expect(title(graph, "w_1^(1) -> s_1^(2)")).toMatch(/^∇_w_1\^\(1\) s_1\^\(2\) = /);
  });
});

describe("folds", async () => {
  const elements = read(await mlp([784, 12, 2], { output: "softmax" }));

  it("are ellipses with the names of the first and the last", () => {
    const fold = circleOf(elements, "x_4..783^(1)");
    expect(hasClass(fold, "fold")).toBe(true);
    expect(fold.children.find(({ name }) => name === "text")!.text).toBe("x4(1) … x(1)783");
    expect(elements.some(({ attributes }) => attributes["data-circle"] === "x_5^(1)")).toBe(false);
    expect(circleOf(elements, "x_785^(1)")).toBeDefined();
  });

  it("have faint arrows without numbers", () => {
    const arrows = arrowsOf(elements);
    const arrow = arrows.get("x_4..783^(1) -> s_1^(2)")!;
    expect(hasClass(arrow, "folded")).toBe(true);
    expect(hasClass(arrows.get("x_1^(1) -> s_1^(2)")!, "folded")).toBe(false);
    expect(arrow.children.some((child) => hasClass(child, "head"))).toBe(false);
  });
});

describe("what is around a drawing", () => {
  const graph = cosine(POINT);

  it("is a title, read out always and written if given, and a description", () => {
    const svg = (options: DrawOptions) => parseXml(toSvg(graph, options));
    expect(titleOf(svg({}))).toBe("Dataflow diagram of f");
    expect(all(svg({})).some((element) => hasClass(element, "title"))).toBe(false);
    const titled = svg({ title: "Exercise 3" });
    expect(titleOf(titled)).toBe("Exercise 3");
    expect(all(titled).find((element) => hasClass(element, "title"))!.text).toBe("Exercise 3");
    const description = titled.children.find(({ name }) => name === "desc")!.text;
    expect(description).toContain("9 circles and 9 arrows");
    expect(description).toContain("x = 0.7");
  });

  it("is a legend where there are numbers", () => {
    const texts = (made: Graph, options: DrawOptions = {}) => read(made, options).map(({ text }) => text);
    expect(texts(graph)).toEqual(expect.arrayContaining(["positive partial", "negative partial"]));
    expect(texts(cosine())).not.toContain("thicker: larger magnitude");
    expect(texts(graph, { legend: false })).not.toContain("negative partial");
    // Nothing is thick, coloured or folded there.
    expect(texts(cosine(), { legend: true })).toEqual(texts(cosine()));
  });
});

describe("escaping", () => {
  const odd = `<b>&"x"'</style>]]>\u{0}\u{ffff}`;
  const label = variable(odd, odd, odd);
  const graph = new Graph(
    [
      { id: odd, label, role: "input", value: 1 },
      { id: "f", label: variable("f"), role: "output" },
    ],
    [{ from: odd, to: "f", formula: label, partial: 2 }],
  );
  const path = graph.paths(odd)[0]!;

  it("keeps what is text text", () => {
    const elements = read(graph, { title: odd, partials: "both", highlight: path, sweep: true });
    // XML cannot hold the last two characters.
    const kept = odd.replaceAll("\u{0}", "\u{fffd}").replaceAll("\u{ffff}", "\u{fffd}");
    expect(elements.some(({ attributes }) => attributes["data-circle"] === kept)).toBe(true);
    expect(elements.filter(({ name }) => name === "b")).toEqual([]);
    expect(elements.filter(({ name }) => name === "style")).toHaveLength(1);
    expect(titleOf(elements[0]!)).toBe(kept);
  });
});
