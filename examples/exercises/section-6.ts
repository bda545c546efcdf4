/** Section 6: what it costs to sum over all paths, and what the backward sweep saves. */
import { Network } from "lanegrad";
import { costOf, dataflow, layeredFormula } from "lanegrad/dataflow";
import { drawLines } from "./plot.ts";
import { count, figure, Sheet } from "./sheet.ts";

export const sheet = new Sheet(
  "section-6",
  "Section 6: the cost of a derivative",
  "How do the multiplications of the sum over all paths grow with the depth of a network, and how those of backpropagation?",
);

sheet.heading("Formulas in layers");
sheet.text(
  "Let each layer have two units, and each unit be the tanh of the sum or the difference of both units before it. Then the paths double at every layer, since each can go on through one unit or through the other. Two such layers:",
);
const point = { x_1: 0.5, x_2: 0.25 };
const two = dataflow(layeredFormula(2), point);
sheet.picture(two.toSvg({ partials: "none", highlight: two.paths("x_1")[0]! }), "One of the four paths from `x_1`.");

sheet.text(
  "Each diagram counts its own: `diagram.cost()` says how many paths lead from the two inputs to the output, how many multiplications the products along them take, and how many the backward sweep, which multiplies once for each arrow.",
);
const depths = Array.from({ length: 30 }, (_, i) => i + 1);
export const costs = depths.map((depth) => ({ depth, ...dataflow(layeredFormula(depth)).cost() }));
sheet.table(
  ["layers", "paths", "sum over paths", "backward sweep"],
  costs
    .filter(({ depth }) => [1, 2, 3, 5, 10, 20, 30].includes(depth))
    .map(({ depth, paths, sumOverPaths, backwardSweep }) =>
      [depth, paths, sumOverPaths, backwardSweep].map((number) => count(number)),
    ),
);
sheet.picture(
  drawLines({
    title: "Multiplications for all derivatives, by depth",
    x: { label: "layers", type: "linear" },
    y: { label: "multiplications", type: "log" },
    series: [
      { name: "sum over paths", points: costs.map(({ depth, sumOverPaths }) => [depth, sumOverPaths]) },
      { name: "backward sweep", points: costs.map(({ depth, backwardSweep }) => [depth, backwardSweep]) },
    ],
  }),
  "The scale is logarithmic: a straight line is exponential growth. What grows in proportion to the depth, as the sweep does, bends flat.",
);
const steps = costs.slice(1).map(({ backwardSweep }, i) => backwardSweep - costs[i]!.backwardSweep);
sheet.check(
  `a layer more doubles the paths, and costs the backward sweep ${steps[0]} multiplications more, however deep it is`,
  costs.every(({ depth, paths }) => paths === 2 ** (depth + 1)) && steps.every((step) => step === steps[0]),
);

const ten = dataflow(layeredFormula(10), point);
export const summed = ten.derivative("x_1").value as number;
export const swept = ten.gradient().x_1!.value as number;
sheet.check(
  `both find the same: with ten layers ${count(ten.pathCount("x_1"))} paths from \`x_1\` sum up to ${figure(summed)}, and the sweep finds that as well`,
  Math.abs(summed - swept) < 1e-12,
);

sheet.heading("Real networks");
export const networks: {
  hidden: number;
  weights: number;
  paths: number;
  sumOverPaths: number;
  backwardSweep: number;
}[] = [];
for (const hidden of [1, 2, 3, 5, 10]) {
  const network = await Network.create({
    inputs: 8,
    layers: [
      ...Array.from({ length: hidden }, () => ({ units: 8, activation: "sigmoid" }) as const),
      { units: 1, activation: "sigmoid" },
    ],
    loss: "binaryCrossEntropy",
    seed: 1,
  });
  const diagram = network.trace([1, 2, 3, 4, 5, 6, 7, 8], [1]).graph({ limit: 8 }); // with all 8 units, none folded
  networks.push({ hidden, weights: network.parameterCount, ...costOf(diagram) });
}
sheet.text(
  "With 8 inputs and hidden layers of 8 units the paths grow eightfold with each layer. The sweep takes about two multiplications for each weight: one by it, on the way to the unit before, and one for its own derivative.",
);
sheet.table(
  ["hidden layers", "weights", "paths", "sum over paths", "backward sweep"],
  networks.map((each) =>
    [each.hidden, each.weights, each.paths, each.sumOverPaths, each.backwardSweep].map((number) => count(number)),
  ),
);
