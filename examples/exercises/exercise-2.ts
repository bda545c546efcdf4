/** Exercise 2: weights by hand, so that the units mean (a) female, (b) boy under 5, (c) one or the other. */
import { Network } from "lanegrad";
import { drawPlane } from "lanegrad/dataflow";
import { loadPassengers, type Passenger, rowsOf } from "./passengers.ts";
import { count, figure, Sheet } from "./sheet.ts";

export const sheet = new Sheet(
  "exercise-2",
  "Exercise 2: weights by hand",
  "Which weights let (a) `x_1^(2)` say whether a passenger is female, (b) `x_2^(2)` whether he is a male under the age of 5, and (c) `x_1^(3)` be close to 1 for females and for males under the age of 5, and close to 0 for all others?",
);

sheet.text(
  "The sigmoid of 5 is 0.993 and that of −5 is 0.007. So each sum has to be 5 or more where its unit is to be on, and −5 or less where it is to be off. Ages are in years, male is 0 or 1.",
);

sheet.heading("(a) female");
sheet.formula("s_1^(2) = 6 − 12 · male");
sheet.text("This is 6 for females and −6 for males; age has no say.");

sheet.heading("(b) male under the age of 5");
sheet.formula("s_2^(2) = 55 · male − 10 · age − 10");
sheet.text(
  "For males it is 10 times what they lack of 4.5 years: 5 at the age of 4, −5 at the age of 5, and no recorded age lies between. For females it is −10 or less, even on the day of their birth.",
);

sheet.heading("(c) one or the other");
sheet.formula("s_1^(3) = 12 · x_1^(2) + 12 · x_2^(2) − 6");
sheet.text("One unit that is on makes 6 of it, none leaves −6. Both are never on.");

sheet.heading("The nine weights");
export const network = await Network.create({
  inputs: 2, // age, male
  layers: [
    { units: 2, activation: "sigmoid" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
});
network.setParameters(0, {
  weights: [
    [0, -12],
    [-10, 55],
  ],
  biases: [6, -10],
});
network.setParameters(1, { weights: [[12, 12]], biases: [-6] });
sheet.table(
  ["into", "meaning", "from the first unit", "from the second", "from the unit that is always 1"],
  [
    ["`x_1^(2)`", "female", "`w_(1,1)^(1) = 0`", "`w_(1,2)^(1) = −12`", "`w_(1,3)^(1) = 6`"],
    ["`x_2^(2)`", "male under 5", "`w_(2,1)^(1) = −10`", "`w_(2,2)^(1) = 55`", "`w_(2,3)^(1) = −10`"],
    ["`x_1^(3)`", "either", "`w_(1,1)^(2) = 12`", "`w_(1,2)^(2) = 12`", "`w_(1,3)^(2) = −6`"],
  ],
);

sheet.heading("Checked on every passenger");
const dataset = await loadPassengers();
const passengers = rowsOf(dataset);
const [, hidden, output] = network.activations(dataset.inputs);

const isFemale = ({ male }: Passenger) => male === 0;
const isYoungMale = ({ male, age }: Passenger) => male === 1 && age < 5;
const questions = [
  { part: "(a)", unit: "x_1^(2)", isOn: isFemale, value: (row: number) => hidden!.activations[2 * row]! },
  { part: "(b)", unit: "x_2^(2)", isOn: isYoungMale, value: (row: number) => hidden!.activations[2 * row + 1]! },
  {
    part: "(c)",
    unit: "x_1^(3)",
    isOn: (passenger: Passenger) => isFemale(passenger) || isYoungMale(passenger),
    value: (row: number) => output!.activations[row]!,
  },
];
/** What counts as close to 0 or 1. */
const CLOSE = 0.05;
export const answers = questions.map(({ part, unit, isOn, value }) => {
  const distances = passengers.map((passenger, row) => Math.abs(value(row) - (isOn(passenger) ? 1 : 0)));
  return {
    part,
    unit,
    on: passengers.filter(isOn).length,
    close: distances.filter((distance) => distance < CLOSE).length,
    farthest: Math.max(...distances),
  };
});
sheet.table(
  ["", "unit", "should be 1", "should be 0", `within ${CLOSE}`, "farthest off"],
  answers.map(({ part, unit, on, close, farthest }) => [
    part,
    `\`${unit}\``,
    count(on),
    count(passengers.length - on),
    count(close),
    figure(farthest, 2),
  ]),
);
export const passengerCount = passengers.length;
sheet.check(
  `all ${count(passengerCount)} passengers of known age pass (a), (b) and (c)`,
  answers.every(({ close }) => close === passengerCount),
);

export const { accuracy = 0, correct = 0 } = await network.evaluate(dataset);
sheet.text(
  `Taken as a prediction of who survives, the output is right for ${count(correct)} of these passengers, ${figure(100 * accuracy, 3)} %, though nothing was ever trained.`,
);
sheet.picture(
  drawPlane(network, {
    samples: dataset,
    axes: { y: { values: { 0: "female", 1: "male" } } },
    captions: { "x_1^(2)": "female", "x_2^(2)": "male under the age of 5", "x_1^(3)": "one or the other" },
    classes: ["died", "survived"],
    title: "What the units of hand-set weights say",
  }),
  "Each unit over the plane of age and sex, with the passengers. Between the sexes, where nobody is, the values say how the unit gets from one to the other.",
);
