/** brain.js. It knows no batches: a step is one update for each row of it. Its outputs are sigmoid units, by squared error. */
import type { Contender } from "../contender.ts";
import { LEARNING_RATES, type Problem } from "../problem.ts";
import { loadPeer, peerVersion } from "./peer.ts";

interface Pattern {
  readonly input: number[];
  readonly output: number[];
}

interface NeuralNetwork {
  /** Draws parameters for these rows, and gives them as `trainPatterns` takes them. */
  prepTraining(data: readonly Pattern[], options: object): { readonly data: readonly Pattern[] };
  trainPatterns(data: readonly Pattern[]): void;
  run(input: readonly number[]): ArrayLike<number>;
}

interface Brain {
  readonly NeuralNetwork: new (options: object) => NeuralNetwork;
}

export async function enter(): Promise<Contender> {
  const { NeuralNetwork } = await loadPeer<Brain>("brain.js");
  const open = (problem: Problem, options: object) => {
    const network = new NeuralNetwork({ hiddenLayers: problem.widths.slice(1, -1) });
    const patterns = patternsOf(problem);
    const { data } = network.prepTraining(patterns, { iterations: 1, ...options });
    return { network, data, inputs: patterns.map(({ input }) => input) };
  };
  return {
    version: await peerVersion("brain.js"),
    train(problem, optimizer) {
      const learningRate = LEARNING_RATES[optimizer];
      const rule = optimizer === "adam" ? { praxis: "adam" } : {};
      const { network, data, inputs } = open(problem, { learningRate, ...rule });
      return { step: () => network.trainPatterns(data), firstOutputs: () => network.run(inputs[0]!) };
    },
    infer(problem) {
      const { network, inputs } = open(problem, {});
      const { outputs } = problem.shape;
      const all = new Float32Array(problem.batch * outputs);
      return {
        run() {
          inputs.forEach((input, row) => all.set(network.run(input), row * outputs));
          return all;
        },
      };
    },
  };
}

/** Rows as plain arrays. */
export function patternsOf({ shape, batch, inputs, targets }: Problem): Pattern[] {
  return Array.from({ length: batch }, (_, row) => ({
    input: [...inputs.subarray(row * shape.inputs, (row + 1) * shape.inputs)],
    output: [...targets.subarray(row * shape.outputs, (row + 1) * shape.outputs)],
  }));
}
