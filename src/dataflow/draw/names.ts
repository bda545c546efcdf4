/** The names of circles and derivatives as labels; `circle-name.ts` has them as text, by the same rules. */
import type { Circle } from "../graph.ts";
import { type Label, toText } from "../label.ts";

/** What a circle is called: x of x = a + b. */
export function nameOf({ label }: Circle): Label {
  const end = label.findIndex(({ text }) => text.trim() === "=");
  return end < 0 ? label : label.slice(0, end);
}

/** ∂l/∂x_1^(2), or ∇_w l by a vector. */
export function derivativeLabel(of: Circle, by: Circle): Label {
  const name = nameOf(by);
  const isVector = by.value === undefined ? by.label[0]?.bold : typeof by.value !== "number";
  if (isVector) return [{ text: "∇", sub: name }, { text: " " }, ...enclosed(nameOf(of))];
  return [{ text: "∂" }, ...enclosed(nameOf(of)), { text: "/∂" }, ...enclosed(name)];
}

/** In parentheses where it is more than a name with indices: ∂f/∂(x^2) is not (∂f/∂x)^2. */
function enclosed(label: Label): Label {
  const [first, ...others] = label;
  const isName = others.length === 0 && first !== undefined && /^[\p{L}\p{N}]+$/u.test(first.text.trim());
  const isPower = first?.sup !== undefined && !/^\(\d+\)$/.test(toText(first.sup));
  return isName && !isPower ? label : [{ text: "(" }, ...label, { text: ")" }];
}
