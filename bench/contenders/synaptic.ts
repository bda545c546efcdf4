/** synaptic. It knows no batches and no Adam: a step is one update for each row. Its outputs are sigmoid units. */
import type { Contender } from "../contender.ts";
import { LEARNING_RATES } from "../problem.ts";
import { patternsOf } from "./brain.ts";
import { loadPeer, peerVersion } from "./peer.ts";

interface Perceptron {
  activate(input: readonly number[]): number[];
  propagate(rate: number, target: readonly number[]): void;
}

interface Synaptic {
  readonly Architect: { readonly Perceptron: new (...widths: readonly number[]) => Perceptron };
}

export async function enter(): Promise<Contender> {
  const { Architect } = await loadPeer<Synaptic>("synaptic");
  return {
    version: await peerVersion("synaptic"),
    train(problem, optimizer) {
      if (optimizer === "adam") throw new Error("it has no Adam");
      const network = new Architect.Perceptron(...problem.widths);
      const patterns = patternsOf(problem);
      const rate = LEARNING_RATES.sgd;
      return {
        step() {
          for (const { input, output } of patterns) {
            network.activate(input);
            network.propagate(rate, output);
          }
        },
        firstOutputs: () => network.activate(patterns[0]!.input),
      };
    },
    infer(problem) {
      const network = new Architect.Perceptron(...problem.widths);
      const inputs = patternsOf(problem).map(({ input }) => input);
      return { run: () => inputs.flatMap((input) => network.activate(input)) };
    },
  };
}
