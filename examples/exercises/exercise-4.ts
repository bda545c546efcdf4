/** Exercise 4: the gradient of the log loss of logistic regression, by the dataflow diagram method. */
import { logisticRegression } from "lanegrad";
import { dataflow } from "lanegrad/dataflow";
import { loadPassengers, rowsOf } from "./passengers.ts";
import { count, figure, Sheet } from "./sheet.ts";

export const sheet = new Sheet(
  "exercise-4",
  "Exercise 4: logistic regression",
  "Add a circle for the log loss to the diagram of logistic regression, and find the gradient of the loss by the weights. Was that easier than by the formulas of assignment 3?",
);

sheet.heading("As formulas");
const loss = dataflow("s = dot(w, x); z = sigmoid(s); l = -y ln(z) - (1 - y) ln(1 - z)");
sheet.picture(
  loss.toSvg({ partials: "formulas", highlight: loss.paths("w") }),
  "From `𝐰` two paths lead to the loss, one through `ln(z)` and one through `ln(1 − z)`.",
);
export const derivative = loss.derivative("w");
sheet.formula(derivative.toString(), derivative.toTex());
sheet.text(
  "In front of `𝐱` there is `z (1 − y) − y (1 − z) = z − z y − y + y z`, where `z y` cancels. What is left is as simple as can be:",
);
sheet.formula("∇_w l = (z − y) x", "\\boxed{\\nabla_{\\mathbf{w}}\\, l = (z - y)\\, \\mathbf{x}}");
sheet.text("Over several passengers the loss is a sum, and so is its gradient:");
sheet.formula(
  "∇_w Σ l_n = Σ (z_n − y_n) x_n",
  "\\nabla_{\\mathbf{w}} \\sum_{n=1}^{N} l_n = \\sum_{n=1}^{N} (z_n - y_n)\\, \\mathbf{x}_n",
);

sheet.heading("On a passenger");
const network = await logisticRegression({ inputs: 2, engine: "float64" });
network.setParameters(0, { weights: [[-0.01, -2]], biases: [1] });
// A boy of 4 who survived; the last of his x is the unit that is always 1.
const trace = network.trace([4, 1], [1]);
export const [x, y, z] = [[4, 1, 1], 1, trace.x(2, 1)];
sheet.text(
  "The same with numbers, from inside of a real logistic regression that is asked about a boy of 4 who survived. Its output `z` is called `x_1^(2)` here, since logistic regression is a network without hidden layers.",
);
sheet.derive(trace.outputDerivative(1));
sheet.derive(trace.sumDerivative(2, 1));
export const gradient = trace.weightGradient(1, 1);
sheet.derive(gradient);
sheet.picture(
  trace.toSvg({ sweep: true }),
  "The diagram with the loss, and the steps of the backward sweep from there to the weights.",
);
sheet.check(
  "the gradient that the network found is `(z − y) 𝐱`",
  x.every((input, j) => Math.abs(gradient.value[j]! - (z - y) * input) < 1e-12),
);

sheet.heading("Over all passengers");
const dataset = await loadPassengers();
const outputs = network.predict(dataset.inputs);
export const sum = [0, 0, 0];
rowsOf(dataset).forEach(({ age, male, survived }, n) => {
  [age, male, 1].forEach((input, j) => (sum[j]! += (outputs[n]! - survived) * input));
});
// The library's loss is the mean over the passengers, so its gradient is that of the sum divided by their number.
const [{ weights, biases } = { weights: [], biases: [] }] = network.gradients(dataset);
export const backpropagated = [...weights, ...biases].map((mean) => mean * dataset.count);
sheet.table(
  ["", "age", "male", "1"],
  [
    ["`Σ (z_n − y_n) 𝐱_n`", ...sum.map((number) => figure(number, 6))],
    ["by backpropagation", ...backpropagated.map((number) => figure(number, 6))],
  ],
);
sheet.check(
  `the sum over ${count(dataset.count)} passengers is what backpropagation finds`,
  sum.every((number, j) => Math.abs(number - backpropagated[j]!) < 1e-9 * Math.abs(number)),
);

sheet.heading("Easier?");
sheet.text(
  "Everyone has to say so for themselves. What can be said is that no step on the diagram is more than the derivative of one small function, and that the sigmoid's `z (1 − z)` meets the `1/z` and the `1/(1 − z)` of the logarithms at once, in products that stand one below the other.",
);
