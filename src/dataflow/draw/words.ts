/** What all kinds of drawings say and show in the same way: tooltips, titles, colours and widths. */
import { derivativeName } from "../circle-name.ts";
import type { Circle, Graph } from "../graph.ts";
import { toText } from "../label.ts";
import type { CheckedOptions } from "./options.ts";
import type { Plan, PlannedArrow } from "./plan.ts";
import { exact } from "./text.ts";
import type { Palette } from "./theme.ts";

export function titleOf(graph: Graph, { title }: CheckedOptions): string {
  return title ?? `Dataflow diagram of ${toText(graph.output.label)}`;
}

/** For those who cannot see it. */
export function descriptionOf(circles: readonly Circle[], arrows: number): string {
  const values = circles.slice(0, 40).map(({ id, value }) => (value === undefined ? id : `${id} = ${exact(value)}`));
  if (circles.length > values.length) values.push("…");
  return `${circles.length} circles and ${arrows} arrows from left to right: ${values.join(", ")}.`;
}

/** With all digits. */
export function arrowTip({ arrow: { from, to, formula, partial } }: PlannedArrow): string {
  const parts = [`∂${to}/∂${from}`];
  if (formula) parts.push(toText(formula));
  if (partial !== undefined) parts.push(exact(partial));
  return parts.length === 1 ? `${from} → ${to}` : parts.join(" = ");
}

export function circleTip(circle: Circle, graph: Graph): string {
  const parts = [circle.value === undefined ? circle.id : `${circle.id} = ${exact(circle.value)}`];
  if (circle.derivative !== undefined && circle !== graph.output) {
    parts.push(`${derivativeName(graph.output, circle)} = ${exact(circle.derivative)}`);
  }
  return parts.join("\n");
}

export function arrowWidth({ strength, isStrong, isFolded }: PlannedArrow): number {
  if (isFolded) return 1.1;
  return (isStrong ? 2.2 : 1.1) + 3 * strength;
}

export function arrowColour({ sign, isSwept }: PlannedArrow, palette: Palette): string {
  if (isSwept) return palette.backward;
  return sign === 0 ? palette.muted : sign > 0 ? palette.positive : palette.negative;
}

export function fillOf({ role }: Circle, palette: Palette): string {
  if (role === "input") return palette.inputFill;
  if (role === "parameter") return palette.parameterFill;
  if (role === "constant") return palette.constantFill;
  return role === "output" ? palette.outputFill : palette.fill;
}

/** The ids of the circles of each column from the top; none where columns are not given. */
export function columnsOf(plan: Plan): string[][] {
  if (!plan.hasColumns) return [];
  const columns = new Map<number, Circle[]>();
  for (const { circle } of plan.circles) {
    columns.set(circle.column!, [...(columns.get(circle.column!) ?? []), circle]);
  }
  const sorted = [...columns].sort(([a], [b]) => a - b);
  return sorted.map(([, circles]) => circles.sort((a, b) => a.row! - b.row!).map(({ id }) => id));
}
