/** scikit-learn's data sets, and folds of them: those of `test/golden/sklearn/make.py`, which wrote the numbers. */
import { readFileSync } from "node:fs";
import { Dataset } from "../../src/index.ts";
import { perceptron, type Recipe, scoreOf, type Task, trainingOf } from "./perceptron.ts";

export type SetName = "digits" | "iris" | "breastCancer" | "wine" | "diabetes";
export type RecipeName = "adam" | "sgd" | "lbfgs" | "earlyStopping";

export const setNames: readonly SetName[] = ["digits", "iris", "breastCancer", "wine", "diabetes"];
export const recipeNames: readonly RecipeName[] = ["adam", "sgd", "lbfgs", "earlyStopping"];
export const [SEEDS, FOLDS] = [5, 4];

interface Set {
  readonly width: number;
  /** Row-major; of the digits a letter each, "a" being 0. */
  readonly inputs: readonly number[] | string;
  readonly targets: readonly number[];
}

export const readGolden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/golden/sklearn/${name}.json`, import.meta.url), "utf8")) as unknown;

const sets = readGolden("data") as Readonly<Record<SetName, Set>>;

/** Inputs of some rows, and the targets of them. */
export function readRows(name: SetName, rows: readonly number[]): { inputs: number[][]; targets: number[] } {
  const { width, inputs, targets } = sets[name];
  const at = (i: number) => (typeof inputs === "string" ? inputs.charCodeAt(i) - 97 : inputs[i]!);
  return {
    inputs: rows.map((row) => Array.from({ length: width }, (_, j) => at(row * width + j))),
    targets: rows.map((row) => targets[row]!),
  };
}

export const countOf = (name: SetName): number => sets[name].targets.length;

/** What is not said is scikit-learn's default. */
export function recipeOf(set: SetName, recipe: RecipeName): Recipe {
  return {
    adam: {},
    sgd: { solver: "sgd", learningRate: 0.01 } as const,
    lbfgs: { solver: "lbfgs", alpha: set === "diabetes" ? 10 : 1 } as const,
    earlyStopping: { earlyStopping: true, learningRate: 0.01 },
  }[recipe];
}

export const taskOf = (set: SetName): Task =>
  set === "diabetes" ? "numbers" : set === "breastCancer" ? "sides" : "classes";

/** All rows in an order that is the seed's: by a hash of their number. */
function orderOf(count: number, seed: number): number[] {
  const hashes = Array.from({ length: count }, (_, i) => {
    let h = (Math.imul(i + 1, 0x9e3779b1) + seed * 1_000_003) >>> 0;
    for (let pass = 0; pass < 2; pass++) h = Math.imul(h ^ (h >>> 16), 73_244_475) >>> 0;
    return (h ^ (h >>> 16)) >>> 0;
  });
  return hashes.map((_, i) => i).sort((a, b) => hashes[a]! - hashes[b]!);
}

export function foldOf(name: SetName, seed: number, fold: number): { train: Dataset; test: Dataset } {
  const order = orderOf(countOf(name), seed);
  const isTest = (_: number, place: number) => place % FOLDS === fold;
  const train = order.filter((row, place) => !isTest(row, place));
  // The deviation of training targets becomes 1, as that of inputs does.
  const scale = name === "diabetes" ? scaleOf(readRows(name, train).targets) : undefined;
  return { train: rowsOf(name, train, scale), test: rowsOf(name, order.filter(isTest), scale) };
}

type Scale = (value: number) => number;

function scaleOf(values: readonly number[]): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return (value) => (value - mean) / Math.sqrt(square);
}

function rowsOf(name: SetName, rows: readonly number[], scale?: Scale): Dataset {
  const { inputs, targets } = readRows(name, rows);
  const shared = { inputs, standardize: true };
  if (scale) return Dataset.from({ ...shared, targets: targets.map(scale) });
  if (taskOf(name) === "sides") return Dataset.from({ ...shared, targets });
  return Dataset.from({ ...shared, labels: targets, classes: Math.max(...sets[name].targets) + 1 });
}

/** The mean score of the seeds and folds that are asked for, and the seconds that fitting took. */
export async function measured(
  set: SetName,
  name: RecipeName,
  seeds = SEEDS,
): Promise<{ score: number; seconds: number }> {
  const task = taskOf(set);
  let [score, milliseconds] = [0, 0];
  for (let run = 0; run < seeds * FOLDS; run++) {
    const { train, test } = foldOf(set, Math.floor(run / FOLDS), run % FOLDS);
    const recipe = { ...recipeOf(set, name), seed: run };
    const begin = performance.now();
    const network = await perceptron(task, train, recipe);
    await network.fit(train, trainingOf(task, train, recipe));
    milliseconds += performance.now() - begin;
    score += await scoreOf(task, network, test);
    network.dispose();
  }
  return { score: score / (seeds * FOLDS), seconds: milliseconds / 1000 };
}
