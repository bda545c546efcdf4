/** Several networks that answer together, and where they disagree. */
import type { Dataset } from "../data/dataset.ts";
import type { Numbers } from "../data/rows.ts";
import { placeNames } from "../data/schema.ts";
import { checkNumber, readOptions, refuse, show } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import type { EvaluateOptions } from "../inspect/evaluate.ts";
import { newPredictions, type Predictions } from "../inspect/predictions.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import { lossOf } from "../kinds/losses/index.ts";
import { askedOf, type Network } from "../network/network.ts";
import { judge } from "./judge.ts";
import { soleHead } from "../model/shape.ts";

export interface EnsembleOptions {
  /** How much each network counts: numbers of 0 or more, not all 0. Default: all the same. */
  readonly weights?: readonly number[];
}

export interface EnsemblePrediction {
  /** [rows, n_m], row-major: the mean of the networks' outputs. */
  readonly mean: Predictions;
  /** [rows, n_m], row-major: their standard deviation (population). */
  readonly std: Predictions;
  /** [rows], of classifiers: the entropy of the mean, in nats; over several yes-or-no outputs, their sum. */
  readonly entropy?: Float64Array;
  /**
   * [rows], of classifiers: what of the entropy is disagreement, the mutual information of the class and the network that is
   * asked: 0 where all say the same.
   */
  readonly mutualInformation?: Float64Array;
}

/** Networks whose outputs are averaged; `ensemble` makes one. They are not copied. */
export class Ensemble {
  readonly networks: readonly Network[];
  /** They add up to 1. */
  readonly weights: readonly number[];

  /** For this library: `ensemble` is the door. */
  constructor(networks: readonly Network[], options: EnsembleOptions = {}) {
    this.networks = checkNetworks(networks);
    this.weights = checkWeights(options, this.networks.length);
    Object.freeze(this);
  }

  /**
   * What the networks say of every row, together.
   * @throws InvalidInputError for rows that do not fit one of the networks.
   */
  predict(inputs: Numbers | Dataset): EnsemblePrediction {
    const { engine } = askedOf("predict", this.networks[0]);
    const { units, loss } = soleHead("predict", engine.shape);
    const each = this.networks.map((network) => network.predict(inputs));
    const count = each[0]!.length / units;
    const [mean, std] = [newPredictions(engine, count), newPredictions(engine, count)];
    for (let i = 0; i < mean.length; i++) {
      const center = this.#mean(each, i);
      mean[i] = center;
      std[i] = Math.sqrt(each.reduce((sum, outputs, k) => sum + this.weights[k]! * (outputs[i]! - center) ** 2, 0));
    }
    const { predicts } = lossOf(loss);
    if (predicts === "numbers") return { mean, std };
    const entropy = entropies(mean, units, predicts);
    const own = each.map((outputs) => entropies(outputs, units, predicts));
    const mutualInformation = entropy.map((whole, row) => Math.max(0, whole - this.#mean(own, row)));
    return { mean, std, entropy, mutualInformation };
  }

  /**
   * Of the mean outputs, as `Network.evaluate` of one network's; the loss is the first network's.
   * @throws InvalidInputError for data that does not fit one of the networks, or metrics that the outputs do not have.
   */
  evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    const asked = askedOf("evaluate", this.networks[0]);
    return judge("evaluate", asked, dataset, options, (outputs, inputs) => {
      const each = this.networks.map((network) => network.forward(inputs));
      for (let i = 0; i < outputs.length; i++) outputs[i] = this.#mean(each, i);
    });
  }

  #mean(each: readonly Floats[], i: number): number {
    return each.reduce((sum, outputs, k) => sum + this.weights[k]! * outputs[i]!, 0);
  }
}

/**
 * An ensemble (Lakshminarayanan, Pritzel and Blundell 2017, "Simple and scalable predictive uncertainty estimation using deep
 * ensembles", section 2.4): networks of other seeds, or other rows, whose outputs are averaged. How far they are apart says how
 * sure they are; of classes, by mutual information (Houlsby et al. 2011, "Bayesian active learning for classification and
 * preference learning", equation 2).
 * @throws InvalidInputError for no networks, networks of other inputs or outputs than the first one, and weights that are none.
 */
export function ensemble(networks: readonly Network[], options: EnsembleOptions = {}): Ensemble {
  return new Ensemble(networks, options);
}

function checkNetworks(networks: unknown): readonly Network[] {
  if (!Array.isArray(networks) || networks.length === 0) refuse("ensemble", "an array of networks", show(networks));
  const list: Network[] = [];
  // One by one: a hole of a sparse array is no network.
  const said = [];
  for (let k = 0; k < networks.length; k++) {
    const network = networks[k] as Network;
    const { engine, preprocessing } = askedOf(`ensemble, network ${k + 1}`, network);
    const { inputs, outputs } = engine.shape;
    const { loss } = soleHead(`ensemble, network ${k + 1}`, engine.shape);
    const names = (side: "inputs" | "targets") => preprocessing && placeNames(preprocessing[side], "x");
    list.push(network);
    said.push({ inputs, outputs, predicts: lossOf(loss).predicts, names: [names("inputs"), names("targets")] });
  }
  const [first] = said;
  said.forEach((one, k) => {
    const where = `ensemble, network ${k + 1}`;
    if (one.inputs !== first!.inputs) refuse(where, `${first!.inputs} inputs, as network 1`, String(one.inputs));
    if (one.outputs !== first!.outputs) refuse(where, `${first!.outputs} outputs, as network 1`, String(one.outputs));
    if (one.predicts !== first!.predicts)
      refuse(where, `outputs that say ${first!.predicts}, as network 1`, one.predicts);
    one.names.forEach((names, side) => {
      const expected = first!.names[side];
      if (!names || !expected || names.join() === expected.join()) return;
      refuse(where, `${side === 0 ? "inputs" : "outputs"} ${show(expected.join())}, as network 1`, show(names.join()));
    });
  });
  return Object.freeze(list);
}

function checkWeights(options: EnsembleOptions, count: number): readonly number[] {
  const { weights } = readOptions("ensemble", options, ["weights"]);
  if (weights === undefined) return Object.freeze(new Array<number>(count).fill(1 / count));
  const where = "ensemble: weights";
  if (!Array.isArray(weights) || weights.length !== count)
    refuse(where, `${count} numbers, one a network`, show(weights));
  const checked = Array.from({ length: count }, (_, k) =>
    checkNumber(`${where}, number ${k + 1}`, weights[k], { min: 0 }),
  );
  const sum = checked.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0 && sum < Infinity)) refuse(where, "numbers that are not all 0 and have a sum", String(sum));
  return Object.freeze(checked.map((weight) => weight / sum));
}

/** [rows], in nats. */
function entropies(outputs: Floats, units: number, predicts: "classes" | "sides"): Float64Array {
  const entropy = new Float64Array(outputs.length / units);
  for (let i = 0; i < outputs.length; i++) {
    const p = outputs[i]!;
    entropy[Math.floor(i / units)]! += information(p) + (predicts === "sides" ? information(1 - p) : 0);
  }
  return entropy;
}

/** -p ln p, which is 0 at 0. */
function information(p: number): number {
  return p > 0 ? -p * Math.log(p) : 0;
}
