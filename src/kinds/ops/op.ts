/**
 * What an op is: a step of the way from a network's inputs to its outputs, with its backward pass. Its file, beside this
 * one, is the slow twin of the kernels of its name in `assembly/ops/`, over row-major rows [rows, units], and states what a
 * plan of memory has to know.
 */
import type { Floats } from "../../ground/floats.ts";
import type { ActivationDescription } from "../activations/index.ts";
import type { LossDescription } from "../losses/index.ts";

/** Outputs with an activation and a loss of their own: all of a network's, or some of them, by a name. */
export interface Head {
  /** Undefined where the network has no other. */
  readonly name: string | undefined;
  /** The first of its units among the outputs, from 0, and how many there are. */
  readonly begin: number;
  readonly units: number;
  readonly activation: ActivationDescription;
  readonly loss: LossDescription;
  /** How much its loss counts. */
  readonly weight: number;
  /** Whether loss and activation are computed together, from the logits. */
  readonly fusedLoss: boolean;
}

/** An op in a network, with the buffers that it works on. */
export interface OpBuffers {
  readonly fanIn: number;
  readonly fanOut: number;
  /** [rows, fanIn] and [rows, fanOut]. */
  readonly input: Floats;
  readonly output: Floats;
  /** Likewise, the derivatives of the loss by these; dInput is undefined where nobody asks for it. */
  readonly dInput: Floats | undefined;
  readonly dOutput: Floats;
  /** The one of its ends that it keeps, if any. */
  readonly kept: Floats;
  /** Views into the arenas. */
  readonly parameters: Floats;
  readonly gradients: Floats;
  /** The constants of the op, as its kernels have them. */
  readonly numbers: readonly number[];
  /** Which of the network's ops it is. */
  readonly index: number;
  /** What it has learned without a gradient, [units] each, and what it keeps of the last batch, as its kind says. */
  readonly statistics: Floats;
  readonly batch: Floats;
  /** Whether its layer is frozen: what it has learned without a gradient stays then, and rows go by it in training too. */
  readonly frozen: boolean;
  /** Of the op that has some. */
  readonly heads?: readonly Head[] | undefined;
}

/** What rows go through for: ops such as dropout do otherwise in training. */
export interface Part {
  /** "again" looks at rows of the batch that was trained on last. */
  readonly mode: "use" | "training" | "again";
  /** Of the training, what its noise is drawn by, and the place of the first row in its batch. */
  readonly step: number;
  readonly seed: number;
  readonly place: number;
}

export interface OpKind {
  /** What its backward reads of the forward pass, so that nobody may write over it; "both": of each unit one or the other. */
  readonly keeps: "input" | "output" | "both" | "nothing";
  /** Whether it may write its output over its input, and dInput over dOutput. */
  readonly inPlace: boolean;
  /** Whether its kernels, where it is a network's first op, read the rows of a user as they lie. */
  readonly readsRows?: boolean;
  /** How many parameters it has. */
  parameterCount(fanIn: number, fanOut: number): number;
  /** In how many units the kernels keep a copy of what they keep, in a form of their own; 0 for none. */
  roomToKeep?(fanIn: number, fanOut: number): number;
  /** Bytes that a thread's kernels work in, for one call. */
  workspaceBytes?(fanIn: number, fanOut: number, isFirst: boolean): number;
  /** What it learns without a gradient, [units] each: the numbers these start as. Its `settle` changes them. */
  readonly statistics?: readonly number[];
  /** How many numbers of the last batch it keeps: in training it needs all rows of a batch at once, which its kernels meet for. */
  batchNumbers?(units: number): number;
  forward(op: OpBuffers, rows: number, part: Part): void;
  /** Where `dInput` is asked for. Missing where that is `dOutput` itself. */
  backward?(op: OpBuffers, rows: number, part: Part): void;
  /** Adds to `gradients`, after all ops went backward. Missing where there are no parameters. */
  parameterGradient?(op: OpBuffers, rows: number): void;
  /** After a step, whatever it learns without a gradient. */
  settle?(op: OpBuffers): void;
}
