import { describe, expect, it } from "vitest";
import { toDot } from "../../../src/dataflow/draw/dot.ts";
import type { DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { Graph } from "../../../src/dataflow/graph.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { cosine, dark, fixtures, light, mlp, POINT } from "./fixtures.ts";
import { all, parseXml } from "./xml.ts";

interface Statement {
  readonly subject: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Statements of a digraph, one a line; throws for what Graphviz would refuse. */
function parseDot(dot: string): { statements: Statement[]; ranks: string[][] } {
  const lines = dot.trimEnd().split("\n");
  expect(lines[0]).toBe("digraph {");
  expect(lines.at(-1)).toBe("}");
  const ranks: string[][] = [];
  const statements = lines.slice(1, -1).flatMap((line) => {
    const rank = /^ {2}\{ rank=same; (n\d+(?: -> n\d+)* \[style=invis\]|n\d+) \}$/.exec(line);
    if (rank) {
      ranks.push(rank[1]!.replace(" [style=invis]", "").split(" -> "));
      return [];
    }
    const [, subject, list] = /^ {2}(n\d+(?: -> n\d+)?|graph|node|edge) \[(.*)\]$/.exec(line)!;
    return [{ subject: subject!, attributes: attributesOf(list!) }];
  });
  return { statements, ranks };
}

function attributesOf(list: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  let rest = list;
  while (rest !== "") {
    const [whole, name, value] = /^(\w+)=("(?:[^"\\]|\\.)*"|[\w.]+|<.*?>(?=, \w+=|$))(?:, |$)/.exec(rest)!;
    if (value!.startsWith("<")) checkHtml(value!.slice(1, -1));
    attributes[name!] = value!;
    rest = rest.slice(whole.length);
  }
  return attributes;
}

/** Graphviz knows these elements only, and refuses B, I, SUB and SUP with nothing in them. */
function checkHtml(html: string): void {
  for (const { name, text } of all(parseXml(`<L>${html}</L>`)).slice(1)) {
    expect(["B", "I", "SUB", "SUP", "BR", "FONT"]).toContain(name);
    if (name !== "BR") expect(text).not.toBe("");
  }
}

const read = (graph: Graph, options: DrawOptions = {}) => parseDot(toDot(graph, options));
const find = (statements: readonly Statement[], part: string) =>
  statements.find(({ attributes }) => attributes["label"]?.includes(part))!;

describe.each(Object.entries(fixtures))("the DOT of %s", (_name, make) => {
  it("has every circle and arrow, in sound syntax, the same every time", () => {
    const graph = make();
    for (const options of [
      {},
      { sweep: true, title: "a" },
      { partials: "both", theme: "dark" },
    ] satisfies DrawOptions[]) {
      const { statements } = read(graph, options);
      expect(statements.filter(({ subject }) => /^n\d+$/.test(subject))).toHaveLength(graph.circles.length);
      expect(statements.filter(({ subject }) => subject.includes("->"))).toHaveLength(graph.arrows.length);
      expect(toDot(make(), options)).toBe(toDot(graph, options));
    }
  });
});

describe("DOT", async () => {
  const graph = await mlp([2, 2, 1], { inputs: [0.5, -1.2] });

  it("has labels with scripts, and values", () => {
    const { statements } = read(graph);
    expect(find(statements, "<BR/>−1.2>").attributes["label"]).toBe("<<I>x</I><SUB>2</SUB><SUP>(1)</SUP><BR/>−1.2>");
    expect(find(read(cosine()).statements, "−sin(").attributes["label"]).toBe("<−sin(<I>x</I><SUP>2</SUP> <I>y</I>)>");
  });

  it("keeps columns, and the order in them", () => {
    const { ranks } = read(graph);
    expect(ranks.map((names) => names.length)).toEqual([3, 2, 2, 3, 1, 1, 2, 1]);
    expect(read(cosine()).ranks).toEqual([]);
  });

  it("draws scripts of scripts plainly, as Graphviz cannot", () => {
    const label = find(read(graph, { sweep: true }).statements, "∇").attributes["label"]!;
    expect(label).toContain("∇<SUB><B>w</B>_1^(1)</SUB>");
  });

  it("shows signs, magnitudes, folds and themes", () => {
    const arrows = read(graph).statements.filter(({ subject }) => subject.includes("->"));
    const negative = arrows.find(({ attributes }) => attributes["label"] === "<−0.98>")!;
    expect(negative.attributes).toMatchObject({ style: "dashed", color: `"${light.negative}"` });
    const widths = (value: string) =>
      Number(arrows.find(({ attributes }) => attributes["label"] === `<${value}>`)!.attributes["penwidth"]);
    expect(widths("1.2")).toBeGreaterThan(widths("0.0347"));
    expect(toDot(graph, { theme: "dark" })).toContain(dark.background);
    expect(toDot(graph)).toContain(light.background);
    expect(toDot(fixtures["64-32-10"]!())).toContain("style=dotted, arrowhead=none");
  });

  it("marks paths and sweeps", () => {
    const cos = cosine(POINT);
    const path = toDot(cos, { highlight: cos.paths("x")[1]! });
    expect(path).toContain("1.4 · 1.41 · 1 = 1.98");
    expect(path).toContain(`color="${light.positive}38"`);
    const sweep = toDot(cos, { sweep: 2 });
    expect(sweep.match(/dir=back/g)).toHaveLength(2);
    expect(sweep).toContain("(2) ∂<I>f</I>/∂(cos(");
  });

  it("escapes everything", () => {
    const odd = `<b>&"x"'\\N\\\n\\"]; evil [`;
    const label = variable(odd, odd, "");
    const strange = new Graph(
      [
        { id: odd, label, role: "input", value: 1 },
        { id: "f", label: variable("f"), role: "output" },
      ],
      [{ from: odd, to: "f", formula: label }],
    );
    expect(read(strange, { title: odd, sweep: true }).statements).toHaveLength(7);
  });
});
