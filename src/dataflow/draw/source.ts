/** What the languages have in common whose programs lay diagrams out themselves: what is to be written, by short names. */
import type { Graph } from "../graph.ts";
import { paletteOf } from "../typeset/theme.ts";
import { plain, type Text } from "../typeset/text.ts";
import { checkDrawOptions, type DrawOptions } from "./options.ts";
import { type Plan, type PlannedCircle, planOf } from "./plan.ts";
import { colours, type Palette } from "./theme.ts";
import { titleOf } from "./words.ts";

export interface Source {
  readonly plan: Plan;
  readonly palette: Palette;
  /** n0, n1 ...: the ids of circles are no safe names. */
  readonly names: ReadonlyMap<string, string>;
  readonly title: string;
  /** What stands below: the title, if one is given, and products of paths. */
  readonly captions: readonly Text[];
}

/** @throws InvalidInputError for options that are unknown or wrong. */
export function sourceOf(graph: Graph, options: DrawOptions): Source {
  const checked = checkDrawOptions(graph, options);
  const plan = planOf(graph, checked);
  return {
    plan,
    palette: paletteOf(colours, checked.theme),
    names: new Map(plan.circles.map(({ circle }, i) => [circle.id, `n${i}`])),
    title: titleOf(graph, checked),
    captions: [...(checked.title === undefined ? [] : [plain(checked.title)]), ...plan.captions],
  };
}

/** The lines of text in a circle, each in markup, which the language has its own ways for. */
export function linesOf({ label, value, step, derivative }: PlannedCircle, html: (text: Text) => string) {
  return {
    inside: [label, ...(value ? [value] : [])].map(html),
    derivative: derivative && `(${step}) ${html(derivative)}`,
  };
}
