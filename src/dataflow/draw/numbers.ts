/** Numbers and vectors as drawings write them: short where they are seen, whole in tooltips. */
import type { Value } from "../graph.ts";
import { formatNumber } from "../label.ts";

/** A number or a vector, rounded to significant digits; of more than three numbers the first two. */
export function rounded(value: Value, digits: number): string {
  if (typeof value === "number") return formatNumber(value, digits);
  const count = value.length > 3 ? 2 : value.length;
  const shown = Array.from({ length: count }, (_, i) => formatNumber(value[i]!, digits));
  if (shown.length < value.length) shown.push("…");
  return `[${shown.join(", ")}]`;
}

/** All digits, for tooltips; of a long vector the first numbers. */
export function exact(value: Value): string {
  if (typeof value === "number") return String(value).replaceAll("-", "−");
  const shown = Array.from({ length: Math.min(value.length, 12) }, (_, i) => exact(value[i]!));
  if (value.length > shown.length) shown.push(`… (${value.length} numbers)`);
  return `[${shown.join(", ")}]`;
}
