import { describe, expect, it } from "vitest";
import { toMermaid } from "../../../src/dataflow/draw/mermaid.ts";
import type { DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { Graph } from "../../../src/dataflow/graph.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { cosine, dark, fixtures, light, mlp, POINT } from "./fixtures.ts";
import { parseXml } from "./xml.ts";

/** The kinds of lines there may be; the texts in them are HTML with Mermaid's entities. */
const text = String.raw`"([^"\n]*)"`;
const kinds: Readonly<Record<string, RegExp>> = {
  init: /^%%\{init: \{[^{}]*\{[^{}]*\}\}\}%%$/,
  head: /^flowchart LR$/,
  title: /^ {2}accTitle: [^#;\n]*$/,
  node: new RegExp(String.raw`^  n\d+(?:\(\(${text}\)\)|\(\[${text}\]\))$`),
  captions: new RegExp(String.raw`^  captions\[${text}\]$`),
  link: new RegExp(String.raw`^  n\d+ (?:-->|-\.-)(?:\|${text}\|)? n\d+$`),
  style: /^ {2}style (?:n\d+|captions) [\w-]+:[#\w. ]+(?:,[\w-]+:[#\w. ]+)*$/,
  linkStyle: /^ {2}linkStyle \d+ [\w-]+:[#\w. ]+(?:,[\w-]+:[#\w. ]+)*$/,
};

/** How many lines there are of each kind; throws for a line that is of none. */
function parseMermaid(source: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of source.trimEnd().split("\n")) {
    const kind = Object.keys(kinds).find((name) => kinds[name]!.test(line));
    if (kind === undefined) throw new Error(`not Mermaid: ${line}`);
    counts[kind] = (counts[kind] ?? 0) + 1;
    for (const html of kinds[kind]!.exec(line)!.slice(1)) {
      if (html !== undefined) parseXml(`<L>${html.replaceAll(/#\d+;/g, "e")}</L>`);
    }
  }
  return counts;
}

describe.each(Object.entries(fixtures))("the Mermaid of %s", (_name, make) => {
  it("has every circle and arrow, in sound syntax, the same every time", () => {
    const graph = make();
    for (const options of [
      {},
      { sweep: true, title: "a" },
      { partials: "both", theme: "dark" },
    ] satisfies DrawOptions[]) {
      expect(parseMermaid(toMermaid(graph, options))).toMatchObject({
        node: graph.circles.length,
        link: graph.arrows.length,
        linkStyle: graph.arrows.length,
      });
      expect(toMermaid(make(), options)).toBe(toMermaid(graph, options));
    }
  });
});

describe("Mermaid", async () => {
  const graph = await mlp([2, 2, 1], { inputs: [0.5, -1.2] });

  it("has labels with scripts, and values", () => {
    expect(toMermaid(graph)).toContain('(["<i>x</i><sub>2</sub><sup>(1)</sup><br/>−1.2"])');
    expect(toMermaid(cosine())).toContain('(("<i>x</i>"))');
    expect(toMermaid(cosine())).toContain('-->|"−sin(<i>x</i><sup>2</sup> <i>y</i>)"|');
  });

  it("shows signs, magnitudes, folds and themes", () => {
    expect(toMermaid(graph)).toMatch(
      new RegExp(`stroke:${light.negative},stroke-width:[\\d.]+px,color:${light.negative},stroke-dasharray`),
    );
    expect(toMermaid(graph, { theme: "dark" })).toContain(`fill:${dark.output}`);
    expect(toMermaid(fixtures["64-32-10"]!())).toContain("-.-");
  });

  it("marks paths and sweeps", () => {
    const cos = cosine(POINT);
    const path = toMermaid(cos, { highlight: cos.paths("x")[1]! });
    expect(path).toContain("1.4 · 1.41 · 1 = 1.98");
    expect(path.match(/opacity/g)).toHaveLength(cos.circles.length - 4 + cos.arrows.length - 3);
    const sweep = toMermaid(cos, { sweep: 2 });
    expect(sweep).toContain("(2) ∂<i>f</i>/∂(cos(");
    expect(sweep.split("\n").filter((line) => line.includes(`stroke:${light.backward}`))).toHaveLength(2);
  });

  it("escapes everything", () => {
    const odd = '<b>&"x"\'\\N`#quot;\n%%{init: {}}%%] --> n9\nend';
    const label = variable(odd, odd, odd);
    const strange = new Graph(
      [
        { id: odd, label, role: "input", value: 1 },
        { id: "f", label: variable("f"), role: "output" },
      ],
      [{ from: odd, to: "f", formula: label }],
    );
    const source = toMermaid(strange, { title: odd, sweep: true });
    expect(parseMermaid(source)).toMatchObject({ node: 2, link: 1, captions: 1, title: 1, init: 1 });
  });
});
