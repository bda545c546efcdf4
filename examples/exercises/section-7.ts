/** Section 7: the gradient by backpropagation against its numerical approximation. */
import { lbfgs, Network } from "lanegrad";
import { loadPassengers } from "./passengers.ts";
import { drawLines } from "./plot.ts";
import { count, figure, Sheet } from "./sheet.ts";

export const sheet = new Sheet(
  "section-7",
  "Section 7: is the implementation correct?",
  "Make sure that it is, by comparing the numerical approximation of the gradient to the gradient by backpropagation.",
);

const passengers = await loadPassengers({ where: "train", standardize: ["age"] });
export const network = await Network.create({
  inputs: 2,
  layers: [
    { units: 2, activation: "sigmoid" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
  engine: "float64",
  seed: 3,
});
// Part of the way to the optimum, where the gradient would be 0.
await network.fit(passengers, { epochs: 5, optimizer: lbfgs() });

sheet.text(
  `The network of the course on ${count(passengers.count)} passengers of the Titanic, after a few steps of training. A partial derivative says how the loss changes as one weight does; so the weight is moved a little, by \`h\` to either side, and the loss is looked at. It takes no calculus, so an error in the calculus would show.`,
);
sheet.formula(
  "∂l/∂w ≈ (l(w + h) − l(w − h)) / 2h",
  String.raw`\frac{\partial l}{\partial w} \approx \frac{l(w + h) - l(w - h)}{2h}`,
);

/** The loss with one parameter moved. */
async function lossWith(at: number, by: number): Promise<number> {
  const before = network.parameters[at]!;
  network.parameters[at] = before + by;
  const { loss } = await network.evaluate(passengers);
  network.parameters[at] = before;
  return loss;
}

const central = async (at: number, h: number) => ((await lossWith(at, h)) - (await lossWith(at, -h))) / (2 * h);
const oneSided = async (at: number, h: number) => ((await lossWith(at, h)) - (await lossWith(at, 0))) / h;

export const names = [1, 2].flatMap((k) =>
  // The engine keeps the weights of a layer, and behind them those of its always-1 unit.
  (k === 1 ? ["1,1", "1,2", "2,1", "2,2", "1,3", "2,3"] : ["1,1", "1,2", "1,3"]).map((ij) => `w_(${ij})^(${k})`),
);
const exact = network.gradients(passengers).flatMap(({ weights, biases }) => [...weights, ...biases]);
const H = 1e-4;
/** How far a derivative that is right may be off. */
const LIMIT = 1e-7;
export const partials: { name: string; exact: number; numerical: number }[] = [];
for (const [at, name] of names.entries()) {
  partials.push({ name, exact: exact[at]!, numerical: await central(at, H) });
}
sheet.table(
  ["by", "backpropagation", `numerically, \`h = ${H}\``, "difference"],
  partials.map(({ name, exact: backpropagated, numerical }) => [
    `\`${name}\``,
    figure(backpropagated, 8),
    figure(numerical, 8),
    figure(numerical - backpropagated, 2),
  ]),
);
const largest = Math.max(...exact.map(Math.abs));
export const error = Math.max(...partials.map((each) => Math.abs(each.numerical - each.exact))) / largest;
sheet.check(
  `the largest difference is ${figure(error, 2)} of the largest derivative, less than ${figure(LIMIT, 1)}`,
  error < LIMIT,
);

sheet.heading("How small should `h` be?");
sheet.text(
  "Not as small as can be. While `h` shrinks, so does what the approximation leaves out: with `h^2` where the loss is looked at on both sides, and only with `h` where it is on one. But losses that are nearly equal agree in nearly all of their 16 digits, and what is left of these after subtracting is divided by `h`.",
);
const errorsOf = async (numerical: typeof central): Promise<[h: number, error: number][]> => {
  const points: [number, number][] = [];
  for (let power = -1; power >= -12; power -= 0.5) {
    const h = 10 ** power;
    const differences: number[] = [];
    for (const at of exact.keys()) differences.push(Math.abs((await numerical(at, h)) - exact[at]!));
    points.unshift([h, Math.max(...differences) / largest]);
  }
  return points;
};
export const errors = { oneSided: await errorsOf(oneSided), central: await errorsOf(central) };
sheet.picture(
  drawLines({
    title: "Error of the numerical approximation",
    x: { label: "h", type: "log" },
    y: { label: "largest difference, of the largest derivative", type: "log" },
    series: [
      { name: "from one side", points: errors.oneSided },
      { name: "from both sides", points: errors.central },
    ],
  }),
  "On the right the approximation is too coarse, on the left digits are missing.",
);

sheet.heading("As a matter of routine");
export const check = await network.checkGradients(passengers);
sheet.text(
  `The library has this built in: \`network.checkGradients()\` moves each parameter to four places, so that even less is left out, and compared ${check.checked} partial derivatives here. Its own tests do so with a thousand random networks.`,
);
sheet.check(
  `it finds a relative error of at most ${figure(check.maxRelativeError, 2)}`,
  check.maxRelativeError < LIMIT && check.checked === network.parameterCount,
);
