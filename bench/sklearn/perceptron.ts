/** scikit-learn's `MLPClassifier` and `MLPRegressor`, as lanegrad is asked for the same: its options, its defaults. */
import {
  adam,
  type Dataset,
  type EngineName,
  type Epoch,
  type FitOptions,
  type History,
  lbfgs,
  Network,
  type NetworkDescription,
  sgd,
} from "../../src/index.ts";

/** What is left out is as scikit-learn has it. */
export interface Recipe {
  /** Units of the one hidden layer. */
  readonly hidden?: number;
  readonly activation?: "identity" | "sigmoid" | "tanh" | "relu";
  readonly solver?: "adam" | "sgd" | "lbfgs";
  /** The penalty is alpha / 2 times the squares of all weights, biases aside, divided by the rows of a batch. */
  readonly alpha?: number;
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly batchSize?: number;
  /** max_iter. */
  readonly epochs?: number;
  /** tol and n_iter_no_change: training ends where the loss has not got better by `tolerance` for more epochs than these. */
  readonly tolerance?: number;
  readonly patience?: number;
  /** The score of a tenth of the rows, kept apart, is what must get better. */
  readonly earlyStopping?: boolean;
  readonly seed?: number;
  readonly engine?: EngineName;
}

/** Of what the outputs are: one of several classes, one of two, any of several, or numbers. */
export type Task = "classes" | "sides" | "numbers";

const outputs = {
  classes: { activation: "softmax", loss: "categoricalCrossEntropy", score: "accuracy" },
  sides: { activation: "sigmoid", loss: "binaryCrossEntropy", score: "accuracy" },
  numbers: { activation: "identity", loss: "meanSquaredError", score: "r2" },
} as const;

/** An untrained network. */
export function perceptron(task: Task, rows: Dataset, recipe: Recipe = {}): Promise<Network> {
  const { hidden = 100, activation = "relu", seed = 0, engine } = recipe;
  const { activation: last, loss } = outputs[task];
  const layers: NetworkDescription["layers"] = [
    { units: hidden, activation },
    { units: rows.targetWidth, activation: last },
  ];
  return Network.create({ inputs: rows.inputWidth, layers, loss, seed, ...(engine && { engine }) });
}

/**
 * How many times as large the loss is here: there, several yes-or-no outputs are summed up, not averaged, and errors are halved,
 * and where gradients are concerned summed up too.
 */
const shareOf = (task: Task, units: number) => ({ classes: 1, sides: 1 / units, numbers: 2 / units })[task];

/** How it is trained. */
export function trainingOf(task: Task, rows: Dataset, recipe: Recipe = {}): FitOptions {
  const { solver = "adam", alpha = 1e-4, epochs = 200, tolerance = 1e-4, patience = 10, seed = 0 } = recipe;
  const { learningRate = 1e-3, momentum = 0.9, batchSize = 200, earlyStopping = false } = recipe;
  const share = shareOf(task, rows.targetWidth);
  const penalty = (count: number) => ({ epochs, regularization: { l2: (share * alpha) / count } });
  if (solver === "lbfgs") return { ...penalty(rows.count), optimizer: lbfgs({ tolerance: share * tolerance }) };
  const optimizer =
    solver === "adam"
      ? adam({ learningRate })
      : sgd({ learningRate: learningRate / share, momentum, nesterov: momentum > 0 });
  const descent = { ...penalty(Math.min(batchSize, rows.count)), optimizer, batchSize, seed };
  if (!earlyStopping) return { ...descent, onEpoch: untilIdle(share * tolerance, patience) };
  // There the epoch that exceeds the patience is the last, here the one that reaches it.
  const monitor = `validation.${outputs[task].score}`;
  return {
    ...descent,
    validationSplit: { fraction: 0.1, stratify: task === "classes" },
    earlyStopping: { monitor, minDelta: tolerance, patience: patience + 1 },
  };
}

/** Ends a training once so many epochs in a row, and one more, have not brought the loss below the best by the tolerance. */
function untilIdle(tolerance: number, patience: number) {
  let [best, idle] = [Infinity, 0];
  return ({ loss }: Epoch): boolean => {
    idle = loss > best - tolerance ? idle + 1 : 0;
    best = Math.min(best, loss);
    return idle <= patience;
  };
}

export async function fitted(task: Task, rows: Dataset, recipe: Recipe = {}): Promise<[Network, History]> {
  const network = await perceptron(task, rows, recipe);
  return [network, await network.fit(rows, trainingOf(task, rows, recipe))];
}

/** Accuracy, or R2. */
export async function scoreOf(task: Task, network: Network, rows: Dataset): Promise<number> {
  const name = outputs[task].score;
  return (await network.evaluate(rows, { metrics: [name] }))[name]!;
}
