/**
 * What a layer is. Its file, beside this one, states all that others ask about it: how its description is checked, how many
 * units it makes of how many, which ops it takes, and what its parameters are. Nobody else knows a layer by its name.
 *
 * Of the last of a layer's ops, s^(k) is the input and x^(k) the output.
 */
import type { ActivationDescription } from "../activations/index.ts";
import type { Head, OpName } from "../ops/index.ts";

/** An op that a layer takes. */
export interface LayerOp {
  readonly name: OpName;
  readonly fanIn: number;
  readonly fanOut: number;
  /** Its constants, as its kind says in which order; none where it is left out. */
  readonly numbers?: readonly number[];
  /** Of the op that has some. */
  readonly heads?: readonly Head[];
}

/** A tensor of a layer's parameters, row-major. */
export interface TensorShape {
  /** [rows, columns], or [count]. */
  readonly dimensions: readonly number[];
  /** What all of its numbers start as; where it is left out, the network's initializer draws them. */
  readonly start?: number;
}

/** What a layer has learned: of a layer without parameters both tensors are empty. They lie one behind the other. */
export interface LayerTensors {
  readonly weights: TensorShape;
  readonly biases: TensorShape;
}

/** A vector of one number a unit that a layer learns without a gradient. */
export interface Statistic {
  readonly name: string;
  readonly min?: number;
}

export interface LayerKind<D extends object> {
  /** Whether rows go through it otherwise in training: a method that needs a function that stays cannot train it. */
  readonly differsInTraining?: boolean;
  /** The fewest rows that a batch may have in training. Default 1. */
  readonly leastBatch?: number;
  /**
   * A copy of the description with all that was left out, frozen; its options are read once.
   * @throws InvalidInputError for an unknown option, or one that is wrong.
   */
  check(this: void, where: string, given: D): D;
  /** How many units it makes of so many. */
  units(this: void, description: D, fanIn: number): number;
  /** In order; parameters are the first one's that has any. */
  ops(this: void, description: D, fanIn: number): readonly LayerOp[];
  tensors(this: void, description: D, fanIn: number): LayerTensors;
  /** What it learns without a gradient, in the order in which its ops have it. */
  readonly statistics?: readonly Statistic[];
  /**
   * How a diagram shows it. "weighted": sums of all units before it by weights, then an activation; "normalized": units made of
   * those before it, of all of them where `couples`, then each scaled and shifted; "passed": each unit times a factor. Default
   * "weighted".
   */
  readonly drawn?: "weighted" | "normalized" | "passed";
  readonly couples?: boolean;
  /** Of a normalized or passed layer the derivative of a unit by the one before it and by another, as it is written. */
  readonly derivatives?: readonly [own: string, other?: string];
  /** The activation that makes its outputs, for layers that have one: the last layer has, a loss is paired with it. */
  activation?(this: void, description: D): ActivationDescription;
}

export const noTensor: TensorShape = { dimensions: [0] };

/** How many numbers a tensor has. */
export function countOf({ dimensions }: TensorShape): number {
  return dimensions.reduce((product, size) => product * size, 1);
}
