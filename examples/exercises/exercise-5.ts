/** Exercise 5: the steps of backpropagation, derived, and done with the numbers of real networks. */
import { Network } from "lanegrad";
import "lanegrad/dataflow";
import { figure, Sheet } from "./sheet.ts";

export const sheet = new Sheet(
  "exercise-5",
  "Exercise 5: backpropagation",
  "Find (a) the gradient of the loss by `w_i^(k)`, the weights into a unit, given the derivative by that unit; (b) the derivative by `x_i^(k)`, given those by all units of layer `k + 1`; (c) the derivative by the output `x_1^(m)`.",
);

export const network = await Network.create({
  inputs: 2,
  layers: [
    { units: 2, activation: "sigmoid" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
  engine: "float64",
});
network.setParameters(0, {
  weights: [
    [0.5, -0.5],
    [-0.25, 0.75],
  ],
  biases: [0.1, -0.1],
});
network.setParameters(1, { weights: [[1, -1]], biases: [0] });
export const sample = { inputs: [[0.3, 1]], targets: [1] };
export const trace = network.trace(sample.inputs, sample.targets);
sheet.text(
  `Every answer is a formula, and then the formula on a real network: 2-2-1, on the inputs 0.3 and 1 with the target 1. It says ${figure(trace.x(3, 1))}, which is a loss of ${figure(trace.loss)}.`,
);

sheet.heading("(a) by weights");
sheet.text(
  "From `w_i^(k)` there is one path: to `s_i^(k+1)`, whose gradient by its weights is what comes into it; to `x_i^(k+1)`, by the slope of the sigmoid; and from there on what is already known.",
);
sheet.formula(
  "∇_(w_i^(k)) l = ∂l/∂x_i^(k+1) · x_i^(k+1) (1 − x_i^(k+1)) · x^(k)",
  String.raw`\boxed{\nabla_{\mathbf{w}_i^{(k)}}\, l = \frac{\partial l}{\partial x_i^{(k+1)}} \; x_i^{(k+1)} \left(1 - x_i^{(k+1)}\right) \, \mathbf{x}^{(k)}}`,
);
sheet.derive(trace.weightGradient(1, 1));

sheet.heading("(b) by units");
sheet.text(
  "From `x_i^(k)` there is a path through every unit `j` of layer `k + 1`. The first arrow of each has a weight on it, the second the slope of the sigmoid, and what follows is already known.",
);
sheet.formula(
  "∂l/∂x_i^(k) = Σ_j ∂l/∂x_j^(k+1) · x_j^(k+1) (1 − x_j^(k+1)) · w_(j,i)^(k)",
  String.raw`\boxed{\frac{\partial l}{\partial x_i^{(k)}} = \sum_{j=1}^{n_{k+1}} \frac{\partial l}{\partial x_j^{(k+1)}} \; x_j^{(k+1)} \left(1 - x_j^{(k+1)}\right) \, w_{j,i}^{(k)}}`,
);
sheet.text("A hidden unit of this network has one path, an input has two:");
sheet.derive(trace.inputDerivative(2, 1));
sheet.derive(trace.inputDerivative(1, 1));

sheet.heading("(c) by the output");
sheet.text("The output goes into the loss and nowhere else, on the two paths of exercise 4:");
sheet.formula(
  "∂l/∂x_1^(m) = −y/x_1^(m) + (1 − y)/(1 − x_1^(m))",
  String.raw`\boxed{\frac{\partial l}{\partial x_1^{(m)}} = -\frac{y}{x_1^{(m)}} + \frac{1 - y}{1 - x_1^{(m)}}}`,
);
sheet.derive(trace.outputDerivative(1));

sheet.heading("All of it");
sheet.text(
  "Done in the order of a sweep backwards, (c) first, then (b) for the hidden units, and (a) for each unit, this is backpropagation.",
);
sheet.picture(
  trace.toSvg({ sweep: true, title: "The backward sweep" }),
  "The numbers are the steps: 1 is the loss itself, and each step needs only what stands on the arrows to the one before.",
);

// The three formulas, with nothing but weights and the values of the forward pass.
const { x, w } = { x: trace.x.bind(trace), w: trace.w.bind(trace) };
const slope = (k: number, i: number) => x(k, i) * (1 - x(k, i));
const y = trace.y(1);
const byOutput = -y / x(3, 1) + (1 - y) / (1 - x(3, 1)); // (c)
const byHidden = [1, 2].map((i) => byOutput * slope(3, 1) * w(2, 1, i)); // (b)
const byWeights = [
  ...byHidden.map((by, n) => [1, 2, 3].map((j) => by * slope(2, n + 1) * x(1, j))), // (a)
  [1, 2, 3].map((j) => byOutput * slope(3, 1) * x(2, j)), // (a)
];

const [into2, into3] = network.gradients(sample);
const kernels = [
  [...into2!.weights.slice(0, 2), into2!.biases[0]!],
  [...into2!.weights.slice(2, 4), into2!.biases[1]!],
  [...into3!.weights, into3!.biases[0]!],
];
export const gradients = ["w_1^(1)", "w_2^(1)", "w_1^(2)"].map((name, n) => ({
  name,
  formulas: byWeights[n]!,
  kernels: kernels[n]!,
}));
sheet.table(
  ["by", "formulas (c), (b), (a)", "`network.gradients()`"],
  gradients.map(({ name, formulas, kernels: own }) => [`\`${name}\``, vector(formulas), vector(own)]),
);
sheet.check(
  "the formulas give what the network computes when it trains",
  gradients.every(({ formulas, kernels: own }) => formulas.every((number, j) => Math.abs(number - own[j]!) < 1e-12)),
);

sheet.heading("A larger network");
const larger = await Network.create({
  inputs: 3,
  layers: [
    { units: 4, activation: "sigmoid" },
    { units: 2, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
  engine: "float64",
  seed: 5,
});
const largerSample = { inputs: [[0.5, -1, 2]], targets: [[1, 0]] };
export const largerTrace = larger.trace(largerSample.inputs, largerSample.targets);
export const largerGradients = larger.gradients(largerSample);
sheet.text(
  "The formulas ask neither for the number of layers nor for that of units. Here are two terms for a hidden unit:",
);
sheet.derive(largerTrace.inputDerivative(2, 3));
sheet.derive(largerTrace.weightGradient(1, 3));
sheet.picture(
  largerTrace.toSvg({
    sweep: true,
    partials: "none",
    parameters: false,
    title: "The backward sweep of a 3-4-2 network",
  }),
  "With more units there are more arrows, but still one visit to each.",
);

function vector(numbers: readonly number[]): string {
  return `[${numbers.map((number) => figure(number, 5)).join(", ")}]`;
}
