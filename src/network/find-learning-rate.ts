/** The learning-rate range test: a short training at ever larger rates says which to take. */
import type { Dataset } from "../data/dataset.ts";
import { checkNumber, checkOptions, DivergenceError, refuse, show } from "../ground/errors.ts";
import { adam, type StepOptimizer } from "../kinds/optimizers/index.ts";
import { Network } from "./network.ts";

export interface FindLearningRateOptions {
  /** What is to be trained with; its own learning rate does not matter. Default adam(). */
  readonly optimizer?: StepOptimizer;
  /** The first rate and the last. Default 1e-7 and 10. */
  readonly from?: number;
  readonly to?: number;
  /** How many steps it takes from the one to the other, at least 10. Default 100. */
  readonly steps?: number;
  /** As in `fit`. */
  readonly batchSize?: number | "full";
  readonly seed?: number;
}

export interface LearningRateCurve {
  /** The rate of each step, evenly spaced in their logarithms; fewer than `steps` where the loss ran away. */
  readonly rates: readonly number[];
  /** The loss of the batch of each step, before the step. */
  readonly losses: readonly number[];
  /** The rate about which the loss falls most, from one mean over a tenth of the steps to the next; undefined where it never does. */
  readonly suggestion: number | undefined;
}

const known = ["optimizer", "from", "to", "steps", "batchSize", "seed"];

/** A loss so many times the smallest mean has run away. */
const RUNAWAY = 4;
/** Means are taken over this share of all steps. */
const WINDOW = 0.1;

/**
 * Trains a copy of the network, from where it stands, at rates that grow from step to step, until they are through or the loss
 * runs away (Smith 2017, section 3.3). The network stays as it is.
 * @throws InvalidInputError for an unknown option or a number out of bounds, and as `fit` does for data that do not fit.
 */
export async function findLearningRate(
  network: Network,
  dataset: Dataset,
  options: FindLearningRateOptions = {},
): Promise<LearningRateCurve> {
  const where = "findLearningRate";
  if (!(network instanceof Network)) refuse(where, "a network", show(network));
  checkOptions(where, options, known);
  const { optimizer = adam(), from = 1e-7, to = 10, steps = 100, ...others } = options;
  checkNumber(`${where}: from`, from, { above: 0 });
  checkNumber(`${where}: to`, to, { above: from });
  checkNumber(`${where}: steps`, steps, { integer: true, min: 10, max: 1e6 });
  if (Object(optimizer).learningRate === undefined) {
    refuse(`${where}: optimizer`, "one that has a learning rate", show(Object(optimizer).name ?? optimizer));
  }
  const learningRate = (step: number) => from * (to / from) ** Math.min(step / (steps - 1), 1);
  const window = Math.ceil(WINDOW * steps);
  const losses = await lossesOf(network, dataset, { ...optimizer, learningRate }, [steps, window], others);
  const best = steepest(losses, window);
  const suggestion = best === undefined ? undefined : learningRate(best);
  return { rates: losses.map((_, step) => learningRate(step)), losses, suggestion };
}

/** Of a copy in training, step by step. */
async function lossesOf(
  network: Network,
  dataset: Dataset,
  optimizer: StepOptimizer,
  [steps, window]: readonly [number, number],
  options: Pick<FindLearningRateOptions, "batchSize" | "seed">,
): Promise<number[]> {
  const { tier, threads } = network.engine;
  const copy = await Network.create({ ...network.description, engine: tier, threads });
  copy.parameters.set(network.parameters);
  if (network.standardization !== null) copy.standardize(network.standardization);
  const losses: number[] = [];
  let lowest = Infinity;
  const enough = new AbortController();
  const onStep = ({ loss }: { loss: number }) => {
    if (enough.signal.aborted) return;
    losses.push(loss);
    if (losses.length >= window) lowest = Math.min(lowest, meanOf(losses, losses.length - window, losses.length));
    if (losses.length === steps || loss - lowest > (RUNAWAY - 1) * Math.abs(lowest)) enough.abort(enough);
  };
  try {
    // Each epoch has one step at least.
    const quiet = { onWarning: () => {} }; // it is to diverge in the end
    await copy.fit(dataset, { ...options, epochs: steps, optimizer, onStep, signal: enough.signal, ...quiet });
  } catch (reason) {
    if (reason !== enough && !(reason instanceof DivergenceError)) throw reason;
  } finally {
    copy.dispose();
  }
  return losses;
}

/** The step about which the loss falls most. */
function steepest(losses: readonly number[], window: number): number | undefined {
  let best: number | undefined;
  let fall = 0;
  for (let step = window; step + window <= losses.length; step++) {
    const here = meanOf(losses, step - window, step) - meanOf(losses, step, step + window);
    if (here > fall) [best, fall] = [step, here];
  }
  return best;
}

function meanOf(losses: readonly number[], begin: number, end: number): number {
  return losses.slice(begin, end).reduce((sum, loss) => sum + loss, 0) / (end - begin);
}
