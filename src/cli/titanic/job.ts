/**
 * The main job, without showing anything: from the passengers' file to trained, checked and interpreted models.
 */
import { loadCsv } from "../../data/formats/csv.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { EngineName } from "../../engine/create.ts";
import { logisticRegression } from "../../network/logistic-regression.ts";
import { Network } from "../../network/network.ts";
import { lbfgs } from "../../kinds/optimizers/index.ts";
import type { TableRow } from "../../data/table.ts";
import type { Panel, Passenger } from "./picture.ts";
import {
  type GradientCheckResult,
  type HiddenUnitsResult,
  type ModelResult,
  readHiddenUnits,
  type WeightResult,
} from "./results.ts";

const file = new URL("../../../src/cli/titanic/titanic.csv", import.meta.url);

/** The age below which the course calls a passenger young. */
const YOUNG = 5;

const isMale = (row: TableRow) => row.sex === "male";
const isYoungMale = (row: TableRow) => isMale(row) && Number(row.age) < YOUNG;

/** The 714 passengers of the training split whose age is known, once for each model. */
export interface PassengerSets {
  readonly raw: Dataset;
  readonly withYoungMale: Dataset;
  readonly standardized: Dataset;
}

export async function loadPassengers(): Promise<PassengerSets> {
  const load = (inputs: string[], standardize: string[] = []) =>
    loadCsv(file, {
      inputs,
      targets: ["survived"],
      where: (row) => row.split === "train",
      derive: { male: isMale, "is young male": isYoungMale },
      missing: "drop",
      standardize,
    });
  return {
    raw: await load(["age", "male"]),
    withYoungMale: await load(["age", "male", "is young male"]),
    standardized: await load(["age", "male"], ["age"]),
  };
}

export function passengersOf({ raw }: PassengerSets): Passenger[] {
  return Array.from({ length: raw.count }, (_, row) => ({
    age: raw.inputs[2 * row]!,
    male: raw.inputs[2 * row + 1]!,
    survived: raw.targets[row]!,
  }));
}

/** A trained network, and what training it took. */
export interface Trained {
  readonly network: Network;
  readonly iterations: number;
  readonly seconds: number;
}

export interface Models {
  readonly plain: Trained;
  readonly youngMale: Trained;
  /** The chosen one of the perceptrons. */
  readonly perceptron: Trained;
  readonly starts: number;
  /** Of all trainings together. */
  readonly iterations: number;
  readonly seconds: number;
}

/** The perceptron's loss has many local minima, so it is trained from several starts. */
export const STARTS = 20;

/**
 * Of the starts, the one with the lowest loss whose weights have stayed moderate. Larger ones make a unit a step: it has
 * memorized at which birthday a few passengers' luck changed.
 */
const MODERATE = 30;

/** Trains the three models; `onTraining` is told how many of the trainings are done, and the last loss. */
export async function trainModels(
  sets: PassengerSets,
  engine: EngineName,
  onTraining: (done: number, loss: number) => void,
): Promise<Models> {
  let done = 0;
  const train = async (network: Network, set: Dataset): Promise<Trained> => {
    const { epochs: iterations, seconds, loss } = await network.fit(set, { epochs: 5000, optimizer: lbfgs() });
    onTraining(++done, loss.at(-1)!);
    return { network, iterations, seconds };
  };
  const plain = await train(await logisticRegression({ inputs: 2, engine }), sets.raw);
  const youngMale = await train(await logisticRegression({ inputs: 3, engine }), sets.withYoungMale);
  const starts: Trained[] = [];
  for (let seed = 0; seed < STARTS; seed++) {
    starts.push(await train(await newPerceptron(seed, engine), sets.standardized));
  }
  const all = [plain, youngMale, ...starts];
  return {
    plain,
    youngMale,
    perceptron: await chooseStart(starts, sets.standardized),
    starts: STARTS,
    iterations: all.reduce((sum, { iterations }) => sum + iterations, 0),
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function newPerceptron(seed: number, engine: EngineName): Promise<Network> {
  return Network.create({
    inputs: 2,
    layers: [
      { units: 2, activation: "sigmoid" },
      { units: 1, activation: "sigmoid" },
    ],
    loss: "binaryCrossEntropy",
    initialization: { name: "uniform", limit: 0.7 },
    seed,
    engine,
  });
}

async function chooseStart(starts: readonly Trained[], set: Dataset): Promise<Trained> {
  const moderate = starts.filter(({ network }) => network.parameters.every((weight) => Math.abs(weight) < MODERATE));
  const losses = new Map<Trained, number>();
  for (const start of starts) losses.set(start, (await start.network.evaluate(set)).loss);
  return (moderate.length > 0 ? moderate : starts).reduce((best, start) =>
    losses.get(start)! < losses.get(best)! ? start : best,
  );
}

export async function modelResults(models: Models, sets: PassengerSets): Promise<ModelResult[]> {
  const raw = "Weights are for inputs as they are: age in years, male 0 or 1.";
  const { mean, std } = models.perceptron.network.standardization!;
  const standardized =
    `Weights are for standardized age, (age - ${mean[0]!.toFixed(4)}) / ${std[0]!.toFixed(4)}, and male 0 or 1. ` +
    `The best of ${models.starts} starts whose weights stay below ${MODERATE}.`;
  return [
    await modelResult("Logistic regression on age and male", models.plain, sets.raw, raw),
    await modelResult("Logistic regression on age, male, is young male", models.youngMale, sets.withYoungMale, raw),
    await modelResult("Multi-layer perceptron 2-2-1", models.perceptron, sets.standardized, standardized),
  ];
}

async function modelResult(name: string, trained: Trained, set: Dataset, note: string): Promise<ModelResult> {
  const { network, iterations, seconds } = trained;
  const { loss, correct, count, confusion } = await network.evaluate(set);
  return {
    name,
    method: "L-BFGS",
    iterations,
    seconds,
    loss,
    correct: correct!,
    count,
    confusion: confusion as ModelResult["confusion"],
    weights: namedWeights(network, set.inputNames),
    note,
  };
}

/** Every weight by its name in the notes; a bias is the weight of the always-1 unit, the last of its layer. */
function namedWeights(network: Network, inputNames: readonly string[]): WeightResult[] {
  const { widths, depth, biases } = network;
  const hidden = (n: number) => `hidden ${n}`;
  return network.weights.flatMap((weights, k) => {
    const fanIn = widths[k]!;
    const from = (j: number) => (j > fanIn ? "1" : k === 0 ? inputNames[j - 1]! : hidden(j));
    const to = (i: number) => (k === depth - 2 ? "output" : hidden(i));
    return Array.from({ length: widths[k + 1]! * (fanIn + 1) }, (_, n): WeightResult => {
      const [i, j] = [Math.floor(n / (fanIn + 1)) + 1, (n % (fanIn + 1)) + 1];
      const value = j > fanIn ? biases[k]![i - 1]! : weights[(i - 1) * fanIn + j - 1]!;
      return { layer: k + 1, i, j, from: from(j), to: to(i), value };
    });
  });
}

export async function checkPerceptron(
  { perceptron }: Models,
  { standardized }: PassengerSets,
): Promise<GradientCheckResult> {
  const { maxRelativeError, engineError, checked } = await perceptron.network.checkGradients(standardized);
  return { partials: checked, differenceError: maxRelativeError, engineError };
}

export function interpret({ perceptron }: Models): HiddenUnitsResult {
  const people = [
    { label: "girl of 3", age: 3, male: 0 },
    { label: "woman of 30", age: 30, male: 0 },
    { label: "boy of 3", age: 3, male: 1 },
    { label: "man of 30", age: 30, male: 1 },
  ];
  return readHiddenUnits(people, (age, male) => {
    const [, hidden, output] = perceptron.network.activations([age, male]);
    return { hidden: [...hidden!.activations], output: output!.activations[0]! };
  });
}

/** The five panels of the picture: what each model, and each hidden unit, says of every age and sex. */
export function panels(models: Models, results: readonly ModelResult[]): Panel[] {
  const caption = (n: number, about: string) => {
    const { correct, count, loss } = results[n]!;
    return `${about}: ${((100 * correct) / count).toFixed(1)} % right, mean log loss ${loss.toFixed(4)}`;
  };
  const { network } = models.perceptron;
  const unit = (i: number) => (age: number, male: number) => network.activations([age, male])[1]!.activations[i]!;
  const flips = interpret(models).flips;
  return [
    {
      title: "Logistic regression",
      caption: caption(0, "on age and male"),
      value: (age, male) => models.plain.network.predict([age, male])[0]!,
    },
    {
      title: "Logistic regression with “is young male”",
      caption: caption(1, "on age, male and is young male (under 5)"),
      value: (age, male) => models.youngMale.network.predict([age, male, age < YOUNG ? male : 0])[0]!,
    },
    {
      title: "Multi-layer perceptron",
      caption: caption(2, "2 inputs, 2 hidden units, 1 output"),
      value: (age, male) => network.predict([age, male])[0]!,
    },
    { title: "Hidden unit 1", caption: flipCaption(flips[0]!), value: unit(0) },
    { title: "Hidden unit 2", caption: flipCaption(flips[1]!), value: unit(1) },
  ];
}

function flipCaption({ female, male }: HiddenUnitsResult["flips"][number]): string {
  const whose = (age: number | null, sex: string) =>
    age === null ? `never for ${sex}` : `at ${age.toFixed(1)} for ${sex}`;
  return `of the perceptron; crosses 0.5 ${whose(male, "males")}, ${whose(female, "females")}`;
}
