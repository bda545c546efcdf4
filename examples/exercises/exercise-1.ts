/** Exercise 1: how many weights has the network of the figure, and where is logistic regression in it? */
import { logisticRegression, Network } from "lanegrad";
import "lanegrad/dataflow";
import { figure, Sheet } from "./sheet.ts";

export const sheet = new Sheet(
  "exercise-1",
  "Exercise 1: the network in the figure",
  "How many weights are there to tune in this network? Where does the logistic regression model show up in the figure?",
);

const network = await Network.create({
  inputs: 2,
  layers: [
    { units: 2, activation: "sigmoid" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
  seed: 3,
});
export const weightCount = network.parameterCount;

sheet.heading("How many weights");
sheet.text(
  `The network itself says so: \`network.parameterCount\` is ${weightCount}. Each unit has a weight for every unit before it and ` +
    "one for the unit that is always 1: the hidden units have 3 each, and so has the output.",
);
sheet.formula(`2 · (2 + 1) + 1 · (2 + 1) = ${weightCount}`);

// A boy of 4 who survived goes through the network: x_3^(1) and x_3^(2) are the units that are always 1.
const trace = network.trace([4, 1], [1]);
export const weights: { name: string; from: string; to: string; value: number }[] = [];
for (let k = 1; k < trace.depth; k++) {
  for (let i = 1; i <= trace.widths[k]!; i++) {
    for (let j = 1; j <= trace.widths[k - 1]! + 1; j++) {
      const value = trace.w(k, i, j);
      weights.push({ name: `w_(${i},${j})^(${k})`, from: `x_${j}^(${k})`, to: `s_${i}^(${k + 1})`, value });
    }
  }
}
sheet.table(
  ["weight", "from", "to", "before training"],
  weights.map(({ name, from, to, value }) => [`\`${name}\``, `\`${from}\``, `\`${to}\``, figure(value)]),
);
sheet.check(`the network has as many weights as there are names: ${weightCount}`, weights.length === weightCount);
sheet.picture(
  trace.toSvg({
    weights: "none",
    partials: "formulas",
    title: "The network and the loss, with the weights on the arrows",
  }),
  "The figure of the course text, of a boy of 4. The partial derivative of a sum by a unit is the weight between them, so that the weights stand on the arrows; nine of them do.",
);

sheet.heading("Where logistic regression is");
sheet.text(
  "It is everywhere: each unit is a logistic regression model, a weighted sum of what comes in, and the sigmoid of it. " +
    "The hidden units are two of them over age, male and 1, and the output is one over what these two say. To see it, " +
    "each unit's weights are given to a logistic regression, which then is asked about what comes into that unit.",
);
export const agreements: { unit: string; inNetwork: number; asRegression: number }[] = [];
for (const [k, i] of [
  [1, 1],
  [1, 2],
  [2, 1],
] as const) {
  const regression = await logisticRegression({ inputs: 2 });
  regression.setParameters(0, { weights: [[trace.w(k, i, 1), trace.w(k, i, 2)]], biases: [trace.w(k, i, 3)] });
  const [asRegression] = regression.predict([trace.x(k, 1), trace.x(k, 2)]);
  agreements.push({ unit: `x_${i}^(${k + 1})`, inNetwork: trace.x(k + 1, i), asRegression: asRegression! });
}
sheet.table(
  ["unit", "in the network", "as logistic regression"],
  agreements.map(({ unit, inNetwork, asRegression }) => [`\`${unit}\``, figure(inNetwork, 6), figure(asRegression, 6)]),
);
sheet.check(
  "each unit says what the logistic regression with its weights says",
  agreements.every(({ inNetwork, asRegression }) => Math.abs(inNetwork - asRegression) < 1e-6),
);
const regression = await logisticRegression({ inputs: 2 });
regression.setParameters(0, { weights: [[trace.w(1, 1, 1), trace.w(1, 1, 2)]], biases: [trace.w(1, 1, 3)] });
sheet.picture(
  regression.trace([4, 1], [1]).toSvg({ weights: "none", partials: "formulas", title: "Logistic regression" }),
  "Logistic regression alone: what a hidden unit does, and straight behind it the loss.",
);
