/** What all kinds of drawings say and show in the same way: tooltips, titles, colours and widths. */
import { derivativeName } from "../circle-name.ts";
import type { Circle, Graph } from "../graph.ts";
import { toText } from "../label.ts";
import type { CheckedOptions } from "./options.ts";
import type { Plan, PlannedArrow, PlannedCircle } from "./plan.ts";
import { exact } from "./numbers.ts";
import type { Colour } from "./theme.ts";

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
export function arrowTip({ arrow: { from, to, formula, partial } }: PlannedArrow, graph: Graph): string {
  const parts = [derivativeName(graph.circle(to), graph.circle(from))];
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

export function arrowColour({ sign, isSwept }: Pick<PlannedArrow, "sign" | "isSwept">): Colour {
  if (isSwept) return "backward";
  return sign === 0 ? "muted" : sign > 0 ? "positive" : "negative";
}

export function fillOf({ role }: Circle): Colour {
  return role === "operation" || role === "fold" ? "background" : role;
}

/** Of a circle's border and text. */
export function inkOf({ role }: Circle): Colour {
  return role === "constant" || role === "fold" ? "muted" : "ink";
}

/** How thick the border is of a circle that stands out. */
export function borderOf({ circle, isStrong }: PlannedCircle): number | undefined {
  if (isStrong) return 3;
  return circle.role === "output" ? 2.2 : undefined;
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
