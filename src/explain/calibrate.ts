/** Probabilities that come true as often as they say. */
import type { Dataset } from "../data/dataset.ts";
import type { Numbers } from "../data/rows.ts";
import { lookUp, readOptions, refuse } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import { inSlices } from "../ground/pieces.ts";
import { checkSignal } from "../ground/signal.ts";
import { checkInputsFor } from "../inspect/door.ts";
import type { EvaluateOptions } from "../inspect/evaluate.ts";
import { newPredictions, type Predictions } from "../inspect/predictions.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import { TaskOf } from "../kinds/metrics/task.ts";
import { askedOf, type Network } from "../network/network.ts";
import { type Calibration, checkCalibration, fitPlatt, fitTemperature, methods, probabilities } from "./calibration.ts";
import { judge } from "./judge.ts";
import { logOddsOf } from "./log-odds.ts";
import { eachChunk, openRows, rowsFrom } from "./rows.ts";
import { soleHead } from "../model/shape.ts";

export interface CalibrateOptions {
  /**
   * "temperature": one number, which changes no class that is predicted; "platt": a slope and an intercept for each output,
   * which may. Default "temperature".
   */
  readonly method?: Calibration["method"];
  readonly signal?: AbortSignal;
}

/** A network whose probabilities are mended on the way out. What it is made of may be trained on: it has no copy of it. */
export class CalibratedNetwork {
  readonly network: Network;
  /** Plain data; `withCalibration` takes them. */
  readonly calibration: Calibration;

  /** For this library: `calibrate` and `withCalibration` are the doors. */
  constructor(network: Network, calibration: Calibration) {
    this.network = network;
    this.calibration = checkCalibration(
      "calibration",
      calibration,
      askedOf("calibration", network).engine.shape.outputs,
    );
    Object.freeze(this);
  }

  /**
   * The probabilities of every row, as `Network.predict` gives outputs.
   * @throws InvalidInputError for rows of another width or numbers that are not finite.
   */
  predict(inputs: Numbers | Dataset): Predictions {
    const asked = askedOf("predict", this.network);
    const { values, count } = checkInputsFor("predict", inputs, asked);
    const outputs = newPredictions(asked.engine, count);
    this.#write(outputs, values, count);
    return outputs;
  }

  /**
   * As `Network.evaluate`: the loss is the network's own, of the mended probabilities.
   * @throws InvalidInputError for data that does not fit, or metrics that the network's outputs do not have.
   */
  evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    const asked = askedOf("evaluate", this.network);
    return judge("evaluate", asked, dataset, options, (outputs, inputs, count) => this.#write(outputs, inputs, count));
  }

  /** The calibration. */
  toJSON(): Calibration {
    return this.calibration;
  }

  #write(outputs: Floats, inputs: Floats, count: number): void {
    const asked = askedOf("predict", this.network);
    const odds = logOddsOf(asked, this.calibration.outputs === "classes", inputs, count);
    probabilities(outputs, odds, asked.engine.shape.outputs, this.calibration);
  }
}

/**
 * Calibrates a classifier on rows that it was not trained on: by temperature (Guo, Pleiss, Sun and Weinberger 2017), or by
 * Platt's sigmoid with his smoothed targets (1999). The network stays as it is.
 * @throws InvalidInputError for a network that is no classifier, data that does not fit, unknown options, and rows that leave
 *   the temperature without bound: where none is predicted wrongly, or the outputs say nothing of the targets; the signal's
 *   reason if aborted.
 */
export async function calibrate(
  network: Network,
  data: Dataset,
  options: CalibrateOptions = {},
): Promise<CalibratedNetwork> {
  const where = "calibrate";
  const asked = askedOf(where, network);
  const { method = "temperature", ...others } = readOptions(where, options, ["method", "signal"]);
  const name = lookUp(where, "method", method, methods, { temperaturescaling: "temperature", sigmoid: "platt" });
  const signal = checkSignal(`${where}: signal`, others.signal);
  const { units, activation, loss } = soleHead(where, asked.engine.shape);
  const rows = await openRows(where, asked, data, signal);
  const found = new TaskOf(loss, activation, units);
  found.add(rows.targets);
  const { kind } = found.task;
  if (kind === "numbers") refuse(where, "a classifier", "a network whose outputs are numbers");
  const outputs = kind === "classes" ? "classes" : "sides";
  const odds = new Float64Array(rows.count * units);
  await eachChunk(where, asked, rows, signal, (begin, end) => {
    const inputs = rowsFrom(rows.inputs, rows.inputWidth, begin, end);
    odds.set(logOddsOf(asked, outputs === "classes", inputs, end - begin), begin * units);
  });
  const evidence = { odds, targets: rows.targets, weights: rows.weights, units };
  const work = name === "temperature" ? fitTemperature(where, evidence, outputs) : fitPlatt(evidence, outputs);
  return new CalibratedNetwork(network, await inSlices<Calibration>(work, signal));
}

/**
 * A network with a calibration that was learned before, and saved as JSON, say.
 * @throws InvalidInputError for what is no calibration, or one of another number of outputs.
 */
export function withCalibration(network: Network, calibration: Calibration): CalibratedNetwork {
  return new CalibratedNetwork(network, calibration);
}
