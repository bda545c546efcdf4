import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import type { ActivationName } from "../../../src/kinds/activations/index.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import { drawPlane, type PlaneOptions } from "../../../src/dataflow/plane/plane.ts";
import { decisionLines, readUnits, scaleOf } from "../../../src/dataflow/plane/surface.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import type { LayerParameters } from "../../../src/model/formats/json.ts";
import type { LossName } from "../../../src/kinds/losses/index.ts";
import { Network } from "../../../src/network/network.ts";
import { Random } from "../../../src/ground/random.ts";
import { titanic, twoHidden } from "../../support/titanic.ts";

type Layer = readonly [units: number, activation: ActivationName];

async function networkOf(layers: readonly Layer[], loss: LossName, parameters: readonly LayerParameters[] = []) {
  const described = layers.map(([units, activation]) => ({ units, activation }));
  const network = await Network.create({ inputs: 2, layers: described, loss, seed: 7 });
  parameters.forEach((each, k) => network.setParameters(k, each));
  return network;
}

/** Unit 1 means female, unit 2 young male: under ten at male 1, and of a negative age at male 0. */
const meanings: LayerParameters[] = [
  {
    weights: [
      [0, -12],
      [-1, 40],
    ],
    biases: [6, -30],
  },
  { weights: [[6, 5]], biases: [-3] },
];
const titanicNetwork = () =>
  networkOf(
    [
      [2, "sigmoid"],
      [1, "sigmoid"],
    ],
    "binaryCrossEntropy",
    meanings,
  );
const axes = { x: { name: "age", range: [0, 80] }, y: { name: "male", range: [0, 1] } } as const;

const parse = (svg: string) =>
  new DOMParser().parseFromString(svg, "image/svg+xml").documentElement as unknown as Element;
const draw = (network: Network, options: PlaneOptions = {}) => parse(drawPlane(network, options));
const all = (root: Element, selector: string) => [...root.querySelectorAll(selector)];
const panelOf = (root: Element, unit: string) =>
  all(root, "g.panel").find((panel) => panel.getAttribute("data-unit") === unit)!;

type Point = readonly [x: number, y: number];

function ringsOf(d: string): Point[][] {
  const lines = d.split("M").filter((part) => part !== "");
  return lines.map((part) =>
    part
      .replace("Z", "")
      .split("L")
      .map((pair) => pair.split(",").map(Number) as [number, number]),
  );
}

function sizeOf(panel: Element): { width: number; height: number } {
  const frame = panel.querySelector(".frame")!;
  return { width: Number(frame.getAttribute("width")), height: Number(frame.getAttribute("height")) };
}

/** The colour on top at shares of the plane: of the last region that contains the place, by the even-odd rule. */
function colourAt(panel: Element, u: number, v: number): string | null {
  const { width, height } = sizeOf(panel);
  const [x, y] = [u * width, (1 - v) * height];
  const regions = [...panel.querySelector("g.surface")!.children];
  const on = regions.filter(
    (region) => region.localName === "rect" || contains(ringsOf(region.getAttribute("d")!), x, y),
  );
  return on.at(-1)!.getAttribute("fill");
}

function contains(rings: Point[][], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([x1, y1], n) => {
      const [x2, y2] = ring[(n + 1) % ring.length]!;
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    });
  }
  return inside;
}

/** The colour that the bar of the panel's section gives a value. */
function barColour(panel: Element, value: number): string {
  const bands = all(panel.parentElement!.parentElement!, ".bar rect[data-from]");
  const below = bands.filter((band) => Number(band.getAttribute("data-from")) <= value);
  return (below.at(-1) ?? bands[0]!).getAttribute("fill")!;
}

/** Every line where the decision changes, in shares of the plane. */
function lineOf(panel: Element): Point[] {
  const { width, height } = sizeOf(panel);
  const d = panel.querySelector(".decision")?.getAttribute("d") ?? "";
  return ringsOf(d).flatMap((line) => line.map(([x, y]) => [x / width, 1 - y / height] as const));
}

/** Throws unless every element is closed and nothing stands for markup that is none. */
function checkWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replaceAll(/<(\/?)([\w:]+)((?: [\w:-]+="[^"<>]*")*)(\/?)>/g, (_, end, name, _attributes, empty) => {
    if (end) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name);
    return "";
  });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
}

describe("surfaces", () => {
  it("has at every place the colour of the value that the network's activations give", async () => {
    const network = await titanicNetwork();
    const root = draw(network, { axes });
    for (const [u, v] of [
      [0.03, 0.04],
      [0.03, 0.96],
      [0.6, 0.04],
      [0.6, 0.96],
      [0.31, 0.43],
      [0.9, 0.62],
    ] as const) {
      const values = network.activations([80 * u, v]);
      for (const [k, i] of [
        [2, 1],
        [2, 2],
        [3, 1],
      ] as const) {
        const panel = panelOf(root, `x_${i}^(${k})`);
        expect(colourAt(panel, u, v)).toBe(barColour(panel, values[k - 1]!.activations[i - 1]!));
      }
    }
  });

  it("tells female and young male from the others", async () => {
    const root = draw(await titanicNetwork(), { axes });
    const [female, youngMale] = [panelOf(root, "x_1^(2)"), panelOf(root, "x_2^(2)")];
    const [low, high] = [barColour(female, 0), barColour(female, 0.999)];
    expect([colourAt(female, 0.5, 0.01), colourAt(female, 0.5, 0.99)]).toEqual([high, low]);
    const people = [
      [0.01, 0.99],
      [0.5, 0.99],
      [0.01, 0.01],
      [0.5, 0.01],
    ] as const;
    expect(people.map(([u, v]) => colourAt(youngMale, u, v))).toEqual([high, low, low, low]);
  });

  it("draws the line where the value is one half", async () => {
    const root = draw(await titanicNetwork(), { axes });
    const line = lineOf(panelOf(root, "x_1^(2)"));
    expect(line.map(([u]) => u).sort((a, b) => a - b)).toEqual([0, 1]);
    for (const [, v] of line) expect(v).toBeCloseTo(0.5, 3);
    for (const [u, v] of lineOf(panelOf(root, "x_2^(2)"))) expect(-80 * u + 40 * v - 30).toBeCloseTo(0, 0);
  });

  it("has a sharp straight line where a unit is saturated", async () => {
    const steep = [{ weights: [[1e6, -2e6]], biases: [2.5e5] }];
    const panel = panelOf(
      draw(await networkOf([[1, "sigmoid"]], "binaryCrossEntropy", steep), {
        axes: { x: { range: [0, 1] }, y: { range: [0, 1] } },
      }),
      "x_1^(2)",
    );
    const line = lineOf(panel);
    expect(line).toHaveLength(2);
    for (const [u, v] of line) expect(u - 2 * v + 0.25).toBeCloseTo(0, 2);
    expect(colourAt(panel, 0.9, 0.1)).toBe(barColour(panel, 0.999));
    expect(colourAt(panel, 0.1, 0.9)).toBe(barColour(panel, 0));
  });

  it("draws a dead relu unit and a constant layer in one colour, without a line", async () => {
    const parameters: LayerParameters[] = [
      {
        weights: [
          [0, 0],
          [1, 0],
        ],
        biases: [-1, 0],
      },
      { weights: [[0, 0]], biases: [3] },
    ];
    const layers = [
      [2, "relu"],
      [1, "identity"],
    ] as const;
    const root = draw(await networkOf(layers, "meanSquaredError", parameters));
    const [dead, alive, constant] = ["x_1^(2)", "x_2^(2)", "x_1^(3)"].map((unit) => panelOf(root, unit));
    for (const panel of [dead!, constant!]) {
      expect(panel.querySelector("g.surface")!.children).toHaveLength(1);
      expect(lineOf(panel)).toEqual([]);
    }
    expect(colourAt(dead!, 0.5, 0.5)).toBe(barColour(alive!, 0));
    for (const [u] of lineOf(alive!)) expect(u).toBeCloseTo(0.5, 3);
    expect(colourAt(alive!, 0.99, 0.5)).toBe(barColour(alive!, 1.99));
    expect(colourAt(constant!, 0.5, 0.5)).toBe(barColour(constant!, 3));
  });

  it("has scales for every activation, about the middle where they have one", async () => {
    const plane = [
      [-2, 2],
      [-2, 2],
    ] as const;
    for (const [activation, loss, low, high] of [
      ["sigmoid", "meanSquaredError", 0, 1],
      ["tanh", "meanSquaredError", -1, 1],
    ] as const) {
      const network = await networkOf([[3, activation]], loss);
      const { kind, edges } = scaleOf(readUnits(network, [...plane], [3], 9));
      expect([kind, edges[0], edges[10], edges[20]]).toEqual(["diverging", low, (low + high) / 2, high]);
    }
    const parameters = [{ weights: [[1, 0]], biases: [5] }];
    const { edges } = scaleOf(
      readUnits(await networkOf([[1, "identity"]], "meanSquaredError", parameters), [...plane], [1], 9),
    );
    expect([edges[0], edges.at(-1)]).toEqual([3, 7]);
  });

  it("divides the plane among three softmax outputs where the largest changes", async () => {
    const parameters = [
      {
        weights: [
          [1, 0],
          [-1, 0],
          [0, 2],
        ],
        biases: [0, 0, 0],
      },
    ];
    const network = await networkOf([[3, "softmax"]], "categoricalCrossEntropy", parameters);
    const units = readUnits(
      network,
      [
        [-1, 1],
        [-1, 1],
      ],
      [3],
      101,
    );
    for (const [n, unit] of units.entries()) {
      const points = decisionLines(unit, 101).flat();
      expect(points.length).toBeGreaterThan(10);
      for (const [u, v] of points) {
        const { preActivations } = network.activations([2 * u - 1, 2 * v - 1])[1]!;
        const others = [...preActivations!].filter((_, j) => j !== n);
        expect(Math.abs(preActivations![n]! - Math.max(...others))).toBeLessThan(0.03);
      }
    }
  });

  it("takes a wide layer in pieces and says which units it shows", async () => {
    const network = await networkOf(
      [
        [3000, "tanh"],
        [40, "relu"],
        [1, "sigmoid"],
      ],
      "binaryCrossEntropy",
    );
    const root = draw(network);
    expect(all(root, "g.panel")).toHaveLength(65);
    const text = root.textContent!;
    expect(text).toContain("Layer 2: hidden, the first 32 of 3000, tanh");
    expect(text).toContain("Layer 3: hidden, the first 32 of 40, relu");
    const panel = panelOf(root, "x_32^(3)");
    const value = network.activations([1.9, -1.9])[2]!.activations[31]!;
    expect(colourAt(panel, 3.9 / 4, 0.1 / 4)).toBe(barColour(panel, value));
  });
});

describe("panels", () => {
  it("has one for each hidden unit and each output, named as in the notes", async () => {
    const layers = [
      [4, "relu"],
      [4, "tanh"],
      [2, "softmax"],
    ] as const;
    const root = draw(await networkOf(layers, "categoricalCrossEntropy"));
    const units = all(root, "g.panel").map((panel) => panel.getAttribute("data-unit"));
    expect(units).toHaveLength(10);
    expect(units.slice(3, 6)).toEqual(["x_4^(2)", "x_1^(3)", "x_2^(3)"]);
    const letters = all(panelOf(root, "x_2^(3)"), ".caption tspan").map((text) => text.textContent);
    expect(letters).toEqual(["x", "2", "(3)"]);
  });

  it("says what a hidden unit weighs in the output, and what the caller says of it", async () => {
    const root = draw(await titanicNetwork(), { captions: { "x_2^(2)": "young male" } });
    const caption = (unit: string) => panelOf(root, unit).querySelector(".caption")!.textContent;
    expect(caption("x_1^(2)")).toBe("x1(2)w(2)1,1 = 6");
    expect(caption("x_2^(2)")).toBe("x2(2)young malew(2)1,2 = 5");
    expect(panelOf(root, "x_2^(2)").querySelector("title")!.textContent).toBe("x_2^(2): young male");
  });

  it("names axes and ticks by options, data, or the notes", async () => {
    const network = await titanicNetwork();
    const ticks = (root: Element, axis: string) => all(root, `.${axis}-ticks text`).map((text) => text.textContent);
    const named = draw(network, { axes: { ...axes, y: { ...axes.y, values: { 0: "female", 1: "male", 2: "none" } } } });
    expect(ticks(named, "y")).toEqual(["female", "male"]);
    expect(ticks(named, "x").slice(0, 5)).toEqual(["0", "20", "40", "60", "80"]);
    expect(named.textContent).toContain("age");
    const fromData = draw(network, { samples: await titanic() });
    expect(ticks(fromData, "y")).toEqual(["0", "1"]);
    expect(all(fromData, "text").map((text) => text.textContent)).toContain("male");
    expect(all(draw(network), "text[aria-label='x_2^(1)']")).toHaveLength(1);
  });

  it("shows the standardization's mean and two deviations where there are no samples", async () => {
    const network = await Network.create({ ...twoHidden, seed: 1 });
    network.standardize({ mean: [30, 0.5], std: [10, 0.25] });
    const ticks = all(draw(network), ".y-ticks text").map((text) => text.textContent);
    expect(ticks).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1"]);
  });
});

/** The places of the marks, in pixels of a panel. */
const marksOf = (root: Element) =>
  all(root, "defs .samples path").map((mark) => {
    const [, x, y] = /^M(-?[\d.]+) (-?[\d.]+)/.exec(mark.getAttribute("d")!)!;
    return [Number(x), Number(y)] as const;
  });

describe("samples", () => {
  it("draws every passenger into every panel, by shape and colour", async () => {
    const samples = await titanic();
    const root = draw(await titanicNetwork(), { samples, classes: ["died", "survived"] });
    expect(marksOf(root)).toHaveLength(samples.count);
    const id = root.querySelector("defs .samples")!.getAttribute("id");
    expect(all(root, "g.panel use").map((use) => use.getAttribute("href"))).toEqual([`#${id}`, `#${id}`, `#${id}`]);
    const [died, survived] = all(root, "defs .samples > g");
    expect([died!.children.length, survived!.children.length]).toEqual([424, 290]);
    expect(died!.getAttribute("stroke")).not.toBe(survived!.getAttribute("fill"));
    const shape = (group: Element) => group.firstElementChild!.getAttribute("d")!.replace(/^M\S+ [\d.]+/, "");
    expect(shape(died!)).not.toBe(shape(survived!));
    expect(root.textContent).toContain("survived (290)");
  });

  it("spreads passengers around their sex, no two at one place and none nearer to the other sex", async () => {
    const samples = await titanic();
    const root = draw(await titanicNetwork(), { samples });
    const { height } = sizeOf(panelOf(root, "x_1^(2)"));
    const marks = marksOf(root);
    expect(new Set(marks.map(String)).size).toBe(marks.length);
    const males = marks.map(([, y]) => 1.44 - (y / height) * 1.88);
    expect(males.every((male) => Math.abs(male - Math.round(male)) < 0.345)).toBe(true);
    expect(males.filter((male) => Math.round(male) === 1)).toHaveLength(
      samples.inputs.filter((value, n) => n % 2 === 1 && value === 1).length,
    );
  });

  it("keeps samples at the edge of a given range inside, and counts those outside", async () => {
    const samples = await titanic();
    const root = draw(await titanicNetwork(), { samples, axes: { x: { range: [0, 40] }, y: { range: [0, 1] } } });
    const { width, height } = sizeOf(panelOf(root, "x_1^(2)"));
    const outside = samples.inputs.filter((value, n) => n % 2 === 0 && value > 40).length;
    const marks = marksOf(root);
    expect(marks).toHaveLength(samples.count - outside);
    expect(marks.every(([x, y]) => x >= 0 && x <= width && y >= 0 && y <= height)).toBe(true);
    expect(root.textContent).toContain(`${outside} of 714 lie outside of the plane.`);
  });

  it("leaves few samples where they are", async () => {
    const samples = { inputs: [0, 0, 0, 1, 1, 0, 1, 1].map(Number), targets: [0, 1, 1, 0] };
    const flat = { inputs: Float32Array.from(samples.inputs), targets: Float32Array.from(samples.targets) };
    const root = draw(await titanicNetwork(), { samples: flat });
    const { width, height } = sizeOf(panelOf(root, "x_1^(2)"));
    const places = marksOf(root).map(([x, y]) => [(1.88 * x) / width - 0.44, 1.44 - (1.88 * y) / height]);
    const expected = [
      [0, 0],
      [1, 1],
      [0, 1],
      [1, 0],
    ];
    places.forEach((place, n) => place.forEach((value, j) => expect(value).toBeCloseTo(expected[n]![j]!, 2)));
  });

  it("spreads samples around the values of both inputs where both are few", async () => {
    const inputs = Array.from({ length: 64 }, (_, n) => [n % 2, Math.floor(n / 2) % 2]);
    const samples = { inputs, targets: inputs.map(([a, b]) => [a === b ? 0 : 1]) };
    const root = draw(await titanicNetwork(), { samples });
    const marks = marksOf(root);
    expect(new Set(marks.map(String)).size).toBe(64);
    const { width, height } = sizeOf(panelOf(root, "x_1^(2)"));
    const quadrant = (x: number, y: number) => [x > width / 2 ? 1 : 0, y < height / 2 ? 1 : 0].join("");
    const counts = ["00", "11", "01", "10"].map((place) => marks.filter(([x, y]) => quadrant(x, y) === place).length);
    expect(counts).toEqual([16, 16, 16, 16]);
    expect(panelOf(root, "x_1^(2)").querySelector(".guides")!.getAttribute("d")!.split("M")).toHaveLength(5);
  });

  it("fills measured targets with the colours of the output", async () => {
    const parameters = [{ weights: [[1, 1]], biases: [0] }];
    const network = await networkOf([[1, "identity"]], "meanSquaredError", parameters);
    const random = new Random(5);
    const inputs = Array.from({ length: 40 }, () => [random.uniform(-1, 1), random.uniform(-1, 1)]);
    const samples = { inputs, targets: inputs.map(([a, b]) => [a! + b!]) };
    const root = draw(network, { samples });
    const panel = panelOf(root, "x_1^(2)");
    const fills = all(root, "defs .samples path").map((mark) => mark.getAttribute("fill"));
    expect(fills).toEqual(samples.targets.map(([target]) => barColour(panel, target!)));
  });

  it("shows every output its own targets where they are no classes for all", async () => {
    const network = await networkOf([[2, "sigmoid"]], "binaryCrossEntropy");
    const inputs = [
      [0, 0],
      [1, 2],
      [2, 1],
    ];
    const targets = [
      [0, 1],
      [1, 1],
      [1, 0],
    ];
    const root = draw(network, { samples: { inputs, targets } });
    expect(all(root, "defs .samples")).toHaveLength(2);
    expect(new Set(all(root, "g.panel use").map((use) => use.getAttribute("href"))).size).toBe(2);
    expect(root.textContent).toContain("y2 = 0 (1)");
    const named = draw(network, { samples: { inputs, targets }, classes: ["no", "yes"] });
    for (const text of ["y1: no (1)", "y1: yes (2)", "y2: no (1)"]) expect(named.textContent).toContain(text);
    const oneHot = Dataset.from({ inputs, labels: [0, 1, 1], targetNames: ["cat", "dog"] });
    const shared = draw(await networkOf([[2, "softmax"]], "categoricalCrossEntropy"), { samples: oneHot });
    expect(all(shared, "defs .samples")).toHaveLength(1);
    expect(shared.textContent).toContain("dog (2)");
    const many = Dataset.from({ inputs, labels: [0, 1, 14] });
    const crowd = draw(await networkOf([[15, "softmax"]], "categoricalCrossEntropy"), { samples: many });
    expect(crowd.textContent).toContain("Not listed: 3 more kinds of targets.");
  });
});

describe("the page", () => {
  it("is well-formed XML whatever names contain, and says them", async () => {
    const nasty = `a<b> & "c" 'd'`;
    const svg = drawPlane(await titanicNetwork(), {
      samples: await titanic(),
      title: `${nasty}\u0000\uD800`,
      captions: { "x_1^(2)": nasty },
      classes: [nasty, "x"],
      axes: { x: { name: nasty }, y: { values: { 0: nasty } } },
    });
    checkWellFormed(svg);
    const texts = all(parse(svg), "text").map((text) => text.textContent);
    expect(texts.filter((text) => text === nasty)).toHaveLength(5);
    expect(texts).toContain(`${nasty}\uFFFD\uFFFD`);
  });

  it("keeps every text on the page, in lines", async () => {
    const long = "what a long caption this is of one unit that means everything and nothing at all to everybody";
    const svg = drawPlane(await titanicNetwork(), {
      captions: { "x_1^(2)": `${long} ${long}`, "x_2^(2)": "w".repeat(99) },
    });
    const root = parse(svg);
    const texts = all(panelOf(root, "x_1^(2)"), ".caption text").map((text) => text.textContent!);
    expect(texts.filter((text) => text.length > 12)).toHaveLength(3);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(45);
    expect(texts.some((text) => text.endsWith("…"))).toBe(true);
  });

  it("is the same text for the same network and options", async () => {
    const options = { samples: await titanic(), title: "passengers" };
    const texts = [drawPlane(await titanicNetwork(), options), drawPlane(await titanicNetwork(), options)];
    expect(texts[0]).toBe(texts[1]);
  });

  it("has themes, and prints in light", async () => {
    const network = await titanicNetwork();
    const [light, dark, auto] = (["light", "dark", "auto"] as const).map((theme) => drawPlane(network, { theme }));
    expect(drawPlane(network)).toBe(auto);
    const page = (svg: string) => parse(svg).querySelector("rect[height]")!.getAttribute("fill");
    expect([light, dark, auto].map((svg) => page(svg!))).toEqual(["#ffffff", "#0d1117", "#ffffff"]);
    expect(light).not.toContain("<style>");
    expect(dark).toMatch(/<style>@media print\{.*\.lanegrad-dark-fill-background\{fill:#ffffff\}/);
    expect(auto).toMatch(
      /<style>@media screen and \(prefers-color-scheme:dark\)\{.*\.lanegrad-auto-fill-background\{fill:#0d1117\}/,
    );
  });

  it("refers to nothing outside of itself", async () => {
    const svg = drawPlane(await titanicNetwork(), { samples: await titanic() });
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|url\(|@import|<script/);
    expect(drawPlane(await titanicNetwork(), { title: "" })).not.toContain('font-size="20" font-weight');
  });
});

describe("refusals", () => {
  const refusals: [name: string, options: unknown, message: string][] = [
    ["an unknown option", { caption: {} }, 'got "caption" (did you mean "captions"?)'],
    ["an unknown theme", { theme: "drak" }, 'got "drak" (did you mean "dark"?)'],
    ["a title that is none", { title: 3 }, "drawPlane: title: expected a text of at most 1000 characters, got 3"],
    ["an unknown axis", { axes: { z: {} } }, 'drawPlane: axes: expected options among x, y, got "z"'],
    ["a range that is none", { axes: { x: { range: [1] } } }, "drawPlane: axes: x: range: expected [low, high]"],
    [
      "an empty range",
      { axes: { y: { range: [1, 1] } } },
      "axes: y: range: high: expected a finite number, above 1, got 1",
    ],
    ["an infinite range", { axes: { y: { range: [1, Infinity] } } }, "got Infinity"],
    [
      "a name that is none",
      { axes: { y: { name: 1 } } },
      "drawPlane: axes: y: name: expected a text of at most 1000 characters, got 1",
    ],
    ["values that are none", { axes: { y: { values: { a: "b" } } } }, 'values: expected finite numbers, got "a"'],
    [
      "value names that are none",
      { axes: { y: { values: { 1: 1 } } } },
      "values: 1: expected a text of at most 1000 characters, got 1",
    ],
    ["values that are no object", { axes: { y: { values: 1 } } }, "values: expected texts by values, got 1"],
    ["a caption of no unit", { captions: { "x_3^(2)": "?" } }, 'got "x_3^(2)" (did you mean "x_1^(2)"?)'],
    [
      "a caption that is none",
      { captions: { "x_1^(2)": 1 } },
      "captions: x_1^(2): expected a text of at most 1000 characters, got 1",
    ],
    ["classes without samples", { classes: ["a"] }, "drawPlane: classes: expected samples that they name, got none"],
    ["samples that are none", { samples: 4 }, "drawPlane: samples: expected an object of options, got 4"],
    [
      "samples of another width",
      { samples: { inputs: [[1, 2, 3]], targets: [[1]] } },
      "drawPlane: samples: expected 2 inputs a row, got 3",
    ],
    [
      "targets of another width",
      { samples: { inputs: [[1, 2]], targets: [[1, 0]] } },
      "drawPlane: samples: expected 1 targets a row, got 2",
    ],
    [
      "another number of classes",
      { samples: { inputs: [[1, 2]], targets: [[1]] }, classes: ["a", "b"] },
      "drawPlane: classes: expected 1 names, got 2",
    ],
    [
      "classes of measurements",
      {
        samples: {
          inputs: Array.from({ length: 20 }, (_, n) => [n, n]),
          targets: Array.from({ length: 20 }, (_, n) => [n / 20]),
        },
        classes: ["a"],
      },
      "expected targets of a few kinds to name, got many different targets",
    ],
  ];
  it.each(refusals)("refuses %s", async (_, options, message) => {
    const network = await titanicNetwork();
    const drawing = () => drawPlane(network, options as PlaneOptions);
    expect(drawing).toThrow(InvalidInputError);
    expect(drawing).toThrow(message);
  });

  it("refuses what is no network, and networks of other inputs", async () => {
    expect(() => drawPlane({} as Network)).toThrow("drawPlane: expected a network, got an object");
    const three = await Network.create({ ...twoHidden, inputs: 3 });
    expect(() => drawPlane(three)).toThrow(
      "drawPlane: expected a network of 2 inputs, which make a plane, got one of 3",
    );
  });

  it("names a few of many units", async () => {
    const network = await networkOf(
      [
        [50, "tanh"],
        [1, "sigmoid"],
      ],
      "binaryCrossEntropy",
    );
    expect(() => drawPlane(network, { captions: { y: "" } })).toThrow(
      'drawPlane: captions: expected names of units, from x_1^(2) to x_1^(3), got "y"',
    );
    expect(drawPlane(network, { captions: { "x_50^(2)": "last" } })).toContain("x_50^(2): last");
  });

  it("refuses a plane over which a unit overflows", async () => {
    const network = await networkOf([[1, "identity"]], "meanSquaredError", [{ weights: [[3e38, 0]], biases: [0] }]);
    expect(() => drawPlane(network)).toThrow(
      /drawPlane: expected a finite value of x_1\^\(2\) all over the plane, got -?Inf/,
    );
  });
});
