/**
 * lanegrad itself: its WebAssembly tiers with any number of threads, and its pure-JavaScript reference. Steps are those of
 * the engine, which `fit` takes one after another; inference and learning go through the public class.
 */
import { Dataset } from "../../src/data/dataset.ts";
import { type EngineName, engineMaker } from "../../src/engine/create.ts";
import type { Engine, Samples } from "../../src/engine/engine.ts";
import { Network } from "../../src/network/network.ts";
import { adam, sgd, ruleOf } from "../../src/kinds/optimizers/index.ts";
import type { Contender, Entry } from "../contender.ts";
import { CLASSES, type Mnist, PIXELS, readImages, readLabels, type Recipe } from "../mnist.ts";
import { LEARNING_RATES, type OptimizerName, type Problem } from "../problem.ts";
import { descriptionOf, shapeOf } from "../shapes.ts";

export async function enter({ engine, threads }: Entry["options"]): Promise<Contender> {
  const chosen = { engine: engine as EngineName, threads: threads as number };
  const { report } = await engineMaker(chosen.engine)(shapeOf([2, 2, 1]), chosen.threads);
  if (report.tier !== engine) throw new Error(report.why);
  if (report.threads !== threads && report.kind === "wasm") throw new Error("threads cannot be had here");
  return {
    version: `${report.kind}, ${report.why}`,
    async train(problem, optimizer) {
      const running = await engineMaker(chosen.engine)(problem.shape, chosen.threads);
      const samples = loadProblem(running, problem, optimizer);
      return {
        step: () => running.step(samples, 0, problem.batch),
        firstOutputs() {
          running.forward(samples, 0, 1);
          return samples.outputs.slice(0, problem.shape.outputs);
        },
      };
    },
    async infer({ widths, parameters, inputs, batch, shape }) {
      const network = await Network.create({ ...descriptionOf(widths), ...chosen });
      network.parameters.set(parameters);
      const outputs = new Float32Array(batch * shape.outputs);
      return { run: () => network.forward(inputs, outputs) };
    },
    learn: (mnist, recipe, onEpoch) => learn(mnist, recipe, onEpoch, chosen),
  };
}

/** The problem's rows and parameters in the engine's memory. */
export function loadProblem(engine: Engine, problem: Problem, optimizer: OptimizerName): Samples {
  const { batch, parameters, inputs, targets } = problem;
  const learningRate = LEARNING_RATES[optimizer];
  const rule = ruleOf(optimizer === "sgd" ? sgd({ learningRate }) : adam({ learningRate }));
  const samples = engine.prepare(batch, rule);
  engine.parameters.set(parameters);
  samples.inputs.set(inputs);
  samples.targets.set(targets);
  return samples;
}

async function learn(
  files: Mnist,
  { hidden, batch, learningRate, seed }: Recipe,
  onEpoch: (accuracy: number) => boolean,
  chosen: { engine: EngineName; threads: number },
): Promise<void> {
  const dataset = async (images: string, labels: string) =>
    Dataset.from({ inputs: await readImages(images), inputWidth: PIXELS, labels: await readLabels(labels) });
  const train = await dataset(files.trainImages, files.trainLabels);
  const validation = await dataset(files.testImages, files.testLabels);
  const network = await Network.create({ ...descriptionOf([PIXELS, hidden, CLASSES]), ...chosen, seed });
  const epochs = network.train(train, {
    epochs: 1000,
    batchSize: batch,
    optimizer: adam({ learningRate }),
    seed,
    validationData: validation,
  });
  for await (const epoch of epochs) {
    if (!onEpoch(epoch.validation!.accuracy!)) break;
  }
}
