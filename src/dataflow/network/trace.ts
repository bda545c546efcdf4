/**
 * A real network on real samples, opened: its values and partial derivatives (`values.ts`); the dataflow diagram of it
 * (`network-graph.ts`); and exercise 5, which derives each gradient from those of the layer behind it (`backpropagation.ts`).
 */
import { checkOptions } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { Diagram } from "../diagram.ts";
import { type DrawOptions, drawOptions } from "../draw/options.ts";
import { inputDerivative, outputDerivative, sumDerivative, weightGradient } from "./backpropagation.ts";
import { circleOf, type NetworkCircle } from "./circle-of.ts";
import type { Explanation } from "./explanation.ts";
import { networkGraph, type NetworkGraphOptions, networkGraphOptions } from "./network-graph.ts";
import { Values } from "./values.ts";

/** How a trace is drawn: what of it, and in which way. */
export type TraceDrawOptions = NetworkGraphOptions & DrawOptions;

export class Trace extends Values {
  /**
   * Exercise 5 a: the gradient of l by w_i^(k), the weights into unit i of layer k + 1, n_k + 1 numbers of which the last is
   * for the always-1 unit; from dl/dx_i^(k+1). It prints as its derivation.
   * @throws InvalidInputError for a layer or unit that is not there.
   */
  weightGradient(k: number, i: number): Explanation<Floats> {
    return weightGradient(this, k, i);
  }

  /**
   * Exercise 5 b: dl/dx_i^(k), from all dl/dx^(k+1), for one sample. For k = 1 it is the derivative by an input.
   * @throws InvalidInputError for a layer that is not there or the last one, which is `outputDerivative`'s.
   */
  inputDerivative(k: number, i: number, sample = 1): Explanation<number> {
    return inputDerivative(this, k, i, sample);
  }

  /** Exercise 5 c: dl/dx_i^(m), for one sample. */
  outputDerivative(i: number, sample = 1): Explanation<number> {
    return outputDerivative(this, i, sample);
  }

  /** dl/ds_i^(k), k from 2, for one sample: the product of the two partials behind it. */
  sumDerivative(k: number, i: number, sample = 1): Explanation<number> {
    return sumDerivative(this, k, i, sample);
  }

  /** The dataflow diagram of one sample: figure 2 of the notes with its numbers. Layers too large to draw are folded. */
  graph(options: NetworkGraphOptions = {}): Diagram {
    return networkGraph(this, options);
  }

  /**
   * One circle by its name, `x_57^(1)`, with all of its arrows: also where the layer is too large to draw.
   * @throws InvalidInputError for a name that is none of this network's.
   */
  circle(name: string, sample = 1): NetworkCircle {
    return circleOf(this, name, sample);
  }

  /** The diagram as SVG; see `graph` for what is in it. */
  toSvg(options: TraceDrawOptions = {}): string {
    const { graph, drawing } = this.#split(options);
    return graph.toSvg(drawing);
  }

  /** The diagram in Graphviz's language. */
  toDot(options: TraceDrawOptions = {}): string {
    const { graph, drawing } = this.#split(options);
    return graph.toDot(drawing);
  }

  /** The diagram in Mermaid's language. */
  toMermaid(options: TraceDrawOptions = {}): string {
    const { graph, drawing } = this.#split(options);
    return graph.toMermaid(drawing);
  }

  #split(options: TraceDrawOptions): { graph: Diagram; drawing: DrawOptions } {
    checkOptions("trace", options, [...networkGraphOptions, ...drawOptions]);
    const { sample, weights, limit, ...drawing } = options;
    const graph = this.graph({
      ...(sample !== undefined && { sample }),
      ...(weights !== undefined && { weights }),
      ...(limit !== undefined && { limit }),
    });
    return { graph, drawing };
  }
}
