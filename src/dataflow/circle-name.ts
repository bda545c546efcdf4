/** What circles and their derivatives are called. */
import type { Circle } from "./graph.ts";
import { toText } from "./label.ts";

/** What a circle is called: x of x = a + b. */
export function circleName({ label }: Circle): string {
  const end = label.findIndex(({ text }) => text.trim() === "=");
  return toText(end < 0 ? label : label.slice(0, end)).trim();
}

/** The name of the derivative of one circle by another, as the notes write it: ∂l/∂x_1^(2), or ∇_w l for a vector. */
export function derivativeName(of: Circle, by: Circle): string {
  const [output, name] = [of, by].map((circle) => enclosed(circleName(circle)));
  const isVector = by.value === undefined ? by.label[0]?.bold : typeof by.value !== "number";
  return isVector ? `∇_${name} ${output}` : `∂${output}/∂${name}`;
}

/** In parentheses where it is more than a letter with indices: ∂f/∂(x^2) is not (∂f/∂x)^2. */
function enclosed(name: string): string {
  const isLetter = /^[\p{L}\p{N}]+(_\p{L}|_\p{N}+|_\([^()]*\))?(\^\(\d+\))?$/u.test(name);
  return isLetter ? name : `(${name})`;
}
