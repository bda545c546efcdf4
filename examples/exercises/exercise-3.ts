/** Exercise 3: the derivatives of two formulas, by the dataflow diagram method. */
import { dataflow } from "lanegrad/dataflow";
import { figure, Sheet } from "./sheet.ts";

export const sheet = new Sheet(
  "exercise-3",
  "Exercise 3: the chain rule on a diagram",
  "Draw dataflow diagrams of `f(x, y, z) = cos(x^2 y) + x^2 √z` and of `f(𝐱) = (𝐜^T 𝐱)^2`, and find the partial derivatives of the first and the gradient of the second with them.",
);

sheet.heading("Three numbers");
export const f = dataflow("cos(x^2 * y) + x^2 * sqrt(z)", { x: 1, y: 2, z: 4 });
sheet.picture(
  f.toSvg({ partials: "formulas" }),
  "Each arrow has the partial derivative of the circle it points to by the circle it comes from. `x^2` stands in the formula twice, but it is one circle, with two arrows out of it.",
);
sheet.text(
  "A derivative is the sum over all paths to `f`, each of them the product of what stands on its arrows. The numbers are those at `x = 1`, `y = 2`, `z = 4`.",
);
export const derivatives = ["x", "y", "z"].map((name) => f.derivative(name));
for (const derivative of derivatives) sheet.formula(derivative.toString(), derivative.toTex());
sheet.picture(
  f.toSvg({ highlight: f.paths("x") }),
  "The two paths from `x`, with numbers: together they are the derivative by `x`.",
);
sheet.table(
  ["derivative", "formula", "sum over paths", "backward sweep"],
  derivatives.map(({ name, sum, value, sweep }) => [
    `\`${name}\``,
    `\`${sum}\``,
    figure(value as number, 6),
    figure(sweep as number, 6),
  ]),
);
sheet.check(
  "the backward sweep, which visits every arrow once, finds the same numbers",
  derivatives.every(({ value, sweep }) => Math.abs((value as number) - (sweep as number)) < 1e-12),
);

sheet.heading("A vector");
export const g = dataflow("dot(c, x)^2", { c: [1, -2, 0.5], x: [2, 1, 4] });
sheet.text(
  "`𝐱` is a vector, which is allowed at a leaf; its arrow has a gradient. The gradient of `𝐜^T 𝐱` by `𝐱` is `𝐜`, and the rest is as before.",
);
export const gradient = g.derivative("x");
sheet.formula(gradient.toString(), gradient.toTex());
sheet.picture(
  g.toSvg({ partials: "both", highlight: g.paths("x") }),
  "The one path from `𝐱`, where `𝐜 = [1, −2, 0.5]` and `𝐱 = [2, 1, 4]`.",
);
const [swept, summed] = [gradient.sweep, gradient.value].map((vector) => Array.from(vector as ArrayLike<number>));
sheet.check(
  `the backward sweep finds the same vector: [${swept!.map((number) => figure(number)).join(", ")}]`,
  swept!.every((number, i) => Math.abs(number - summed![i]!) < 1e-12),
);
