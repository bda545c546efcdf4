/** Graphs of circles and arrows: paths, sums over them, and the backward sweep. */
import { describe, expect, it } from "vitest";
import { circleName, derivativeName } from "../../src/dataflow/circle-name.ts";
import { type Arrow, type Circle, Graph, type Value } from "../../src/dataflow/graph.ts";
import { type Label, variable } from "../../src/dataflow/label.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { Random } from "../../src/ground/random.ts";

function circle(id: string, label: Label = variable(id), value?: Value): Circle {
  return { id, label, role: "operation", ...(value !== undefined && { value }) };
}

function arrow(from: string, to: string, partial?: Value): Arrow {
  return { from, to, ...(partial !== undefined && { partial }) };
}

/** x -> u -> f, x -> v -> f; y -> v; and w, which leads nowhere. */
const diamond = new Graph(
  ["x", "y", "u", "v", "w", "f"].map((id) => circle(id)),
  [
    arrow("x", "u", 2),
    arrow("x", "v", 3),
    arrow("y", "v", 5),
    arrow("x", "w", 7),
    arrow("u", "f", 11),
    arrow("v", "f", 13),
  ],
);

describe("a graph", () => {
  it("knows its circles and arrows", () => {
    expect(diamond.output.id).toBe("f");
    expect(diamond.circle("u")).toBe(diamond.circles[2]);
    expect(diamond.into("v").map(({ from }) => from)).toEqual(["x", "y"]);
    expect(diamond.outOf("x").map(({ to }) => to)).toEqual(["u", "v", "w"]);
    expect(String(diamond)).toBe("x\ny\nu <- x\nv <- x, y\nw <- x\nf <- u, v");
    expect(JSON.parse(JSON.stringify(diamond))).toEqual({ circles: diamond.circles, arrows: diamond.arrows });
  });

  it("names the circles there are where one is not", () => {
    expect(() => diamond.circle("q")).toThrow('expected one of the circles x, y, u, v, w, f, got "q"');
    const many = new Graph(
      Array.from({ length: 30 }, (_, i) => circle(`c${i}`)),
      [],
    );
    expect(() => many.circle("q")).toThrow(/c19, \.\.\., got/);
    for (const ask of [
      () => diamond.into("q"),
      () => diamond.outOf("q"),
      () => diamond.paths("q"),
      () => diamond.pathCount("q"),
    ]) {
      expect(ask).toThrow(InvalidInputError);
    }
  });

  it("lists the paths to the output, and multiplies along them", () => {
    const ways = diamond.paths("x").map((path) => path.map(({ to }) => to).join(""));
    expect(ways).toEqual(["uf", "vf"]);
    expect(diamond.paths("x").map((path) => diamond.product(path))).toEqual([22, 39]);
    expect(diamond.paths("f")).toEqual([[]]);
    expect(diamond.product([])).toBe(1);
    expect(diamond.paths("w")).toEqual([]);
    expect(["x", "y", "w", "f"].map((id) => diamond.pathCount(id))).toEqual([2, 1, 0, 1]);
  });

  it("sweeps backward, one step for each circle that the output depends on", () => {
    const steps = diamond.sweep();
    expect(steps.map((step) => [step.circle.id, step.derivative])).toEqual([
      ["f", 1],
      ["v", 13],
      ["u", 11],
      ["y", 65],
      ["x", 61],
    ]);
    expect(steps.at(-1)!.terms.map(({ arrow: { to }, derivative, product }) => [to, derivative, product])).toEqual([
      ["u", 11, 22],
      ["v", 13, 39],
    ]);
  });

  it("has gradients out of vectors", () => {
    const graph = new Graph(
      ["x", "s", "t", "f"].map((id) => circle(id)),
      [arrow("x", "s", [1, 2]), arrow("x", "t", new Float64Array([3, 4])), arrow("s", "f", 10), arrow("t", "f", -1)],
    );
    expect(graph.sweep().at(-1)!.derivative).toEqual([7, 16]);
    expect(graph.paths("x").map((path) => graph.product(path))).toEqual([
      [10, 20],
      [-3, -4],
    ]);
  });

  it("leaves out what is behind partials that are not known", () => {
    const graph = new Graph(
      ["x", "y", "u", "f"].map((id) => circle(id)),
      [arrow("x", "u", 2), arrow("y", "f", 3), arrow("u", "f")],
    );
    expect(graph.sweep().map((step) => step.circle.id)).toEqual(["f", "y"]);
    expect(graph.product(graph.paths("x")[0]!)).toBeUndefined();
  });

  it("refuses what is no diagram", () => {
    const two = [circle("x"), circle("f")];
    expect(() => new Graph([], [])).toThrow("expected at least one circle, got none");
    expect(() => new Graph([circle("x"), circle("x")], [])).toThrow('expected ids that differ, got "x" twice');
    expect(() => new Graph(two, [arrow("x", "q")])).toThrow('got one from "x" to "q"');
    expect(() => new Graph(two, [arrow("q", "f")])).toThrow('got one from "q" to "f"');
    expect(() => new Graph(two, [arrow("f", "x")])).toThrow("from one of the circles to a later one");
    expect(() => new Graph(two, [arrow("x", "x")])).toThrow("from one of the circles to a later one");
    expect(() => new Graph(two, [arrow("x", "f"), arrow("x", "f")])).toThrow('got more from "x"');
  });

  it("finds the same by the sweep as by the paths in random graphs", () => {
    const SEED = 20_242;
    const random = new Random(SEED);
    for (let run = 0; run < 100; run++) {
      const ids = Array.from({ length: 2 + random.below(8) }, (_, i) => `c${i}`);
      const arrows = ids.flatMap((to, end) =>
        ids.slice(0, end).flatMap((from) => (random.below(3) > 0 ? [arrow(from, to, random.uniform(-2, 2))] : [])),
      );
      const graph = new Graph(
        ids.map((id) => circle(id)),
        arrows,
      );
      const swept = new Map(graph.sweep().map((step) => [step.circle.id, step.derivative as number]));
      for (const id of ids) {
        const products = graph.paths(id).map((path) => graph.product(path) as number);
        expect(products.length).toBe(graph.pathCount(id));
        const sum = products.reduce((total, product) => total + product, 0);
        expect(swept.get(id) ?? 0, `seed ${SEED}, run ${run}, ${id}`).toBeCloseTo(sum, 9);
      }
    }
  });
});

describe("a large graph", () => {
  it("may have a path longer than the stack is deep", () => {
    const length = 50_000;
    const circles = Array.from({ length }, (_, i) => circle(`c${i}`));
    const graph = new Graph(
      circles,
      circles.slice(1).map(({ id }, i) => arrow(`c${i}`, id, 1)),
    );
    expect(graph.pathCount("c0")).toBe(1);
    expect(graph.paths("c0")[0]).toHaveLength(length - 1);
    expect(graph.product(graph.paths("c0")[0]!)).toBe(1);
    expect(graph.sweep()).toHaveLength(length);
  });

  it("has its paths counted, not listed", () => {
    // Each circle but the last two has arrows to the next two: as many paths as Fibonacci's numbers.
    const circles = Array.from({ length: 60 }, (_, i) => circle(`c${i}`));
    const arrows = circles.flatMap((_, i) =>
      [1, 2].flatMap((step) => (i + step < 60 ? [arrow(`c${i}`, `c${i + step}`, 0.5)] : [])),
    );
    const graph = new Graph(circles, arrows);
    expect(graph.pathCount("c40")).toBe(6765);
    expect(graph.paths("c40")).toHaveLength(6765);
    expect(() => graph.paths("c39")).toThrow(
      "paths from c39: expected at most 10000 to list (the backward sweep needs none), got 10946",
    );
    expect(graph.sweep()).toHaveLength(60);
  });

  it("has its paths counted where together they are too long to list", () => {
    // From each circle to the next, and to the last: a path for each, of up to 3,000 arrows.
    const circles = Array.from({ length: 3000 }, (_, i) => circle(`c${i}`));
    const last = circles.length - 1;
    const arrows = circles.slice(0, -1).flatMap((_, i) => {
      const targets = new Set([i + 1, last]);
      return Array.from(targets, (to) => arrow(`c${i}`, `c${to}`, 1));
    });
    const graph = new Graph(circles, arrows);
    expect(graph.pathCount("c0")).toBe(2999);
    expect(() => graph.paths("c0")).toThrow(
      "at most 2500000 arrows in all to list (the backward sweep needs no paths)",
    );
    expect(graph.paths("c2000")).toHaveLength(999);
    expect(graph.sweep()).toHaveLength(3000);
  });
});

describe("the name of a derivative", () => {
  const loss = circle("l");
  it.each<[string, Circle, string]>([
    ["of a number", circle("x", variable("x", "1", "(2)"), 3), "∂l/∂x_1^(2)"],
    ["of a weight", circle("w", variable("w", "1,2", "(1)")), "∂l/∂w_(1,2)^(1)"],
    ["of a vector", circle("w", [{ text: "w", bold: true, sub: [{ text: "1" }] }], [1, 2]), "∇_w_1 l"],
    ["of a vector without a value", circle("w", [{ text: "w", bold: true }]), "∇_w l"],
    ["of a power", circle("x^2", [{ text: "x", sup: [{ text: "2" }] }]), "∂l/∂(x^2)"],
    ["of an operation", circle("a + b", [{ text: "a" }, { text: " + " }, { text: "b" }]), "∂l/∂(a + b)"],
    ["of what has a name", circle("u", [{ text: "u" }, { text: " = " }, { text: "a + b" }]), "∂l/∂u"],
  ])("%s", (_, by, name) => {
    expect(derivativeName(loss, by)).toBe(name);
    expect(name).toContain(circleName(by));
  });
});
