/**
 * Which ops a pass runs, and which of them share a buffer: pure, before anybody has memory for it. Both engines follow
 * this plan, each with memory of its own kind. That a loss is derived from the logits, or that a pass is to be looked at,
 * shows in the rows of the plan and nowhere else.
 */
import type { Floats } from "../ground/floats.ts";
import { ops as kinds } from "../kinds/ops/index.ts";
import type { NetworkShape, OpShape } from "../model/shape.ts";

/** So many units for each sample of a pass. Ends of ops that are one object lie in one place. */
export interface Buffer {
  readonly units: number;
}

export interface OpPlan extends OpShape {
  readonly input: Buffer;
  readonly output: Buffer;
  /** The derivatives by these; dInput is undefined where nobody asks for it. */
  readonly dInput: Buffer | undefined;
  readonly dOutput: Buffer;
  /** The one of its ends that its backward needs. */
  readonly kept: Buffer;
  /** Whether it has a part in the backward pass: none where derivatives pass it, or the loss has been derived by its input. */
  readonly goesBackward: boolean;
}

export interface PassOps {
  readonly ops: readonly OpPlan[];
  /** x^(1). */
  readonly inputs: Buffer;
  /** x^(m), where the loss reads it; what the loss is computed from, these or the logits; and the derivative by that. */
  readonly outputs: Buffer;
  readonly lossKeeps: Buffer;
  readonly dLoss: Buffer;
}

/** Writes what ops have learned without a gradient before they have learned anything. statistics: the arena. */
export function startStatistics(statistics: Floats, { ops }: NetworkShape): void {
  for (const { name, statistics: at, fanOut } of ops) {
    kinds[name].statistics?.forEach((start, i) => statistics.fill(start, at + i * fanOut, at + (i + 1) * fanOut));
  }
}

/** Of each op whether its layer is among these. */
export function frozenOps({ layers, ops }: NetworkShape, frozen: ReadonlySet<number>): boolean[] {
  return ops.map((_, i) => frozen.has(layers.findIndex(({ op }) => i <= op)));
}

/** The ends of an op, before it is known where derivatives go. */
interface Forward {
  readonly shape: OpShape;
  readonly input: Buffer;
  readonly output: Buffer;
}

/** open: every end has a buffer of its own, and dl/dx^(1) is asked for. */
export function planOps(shape: NetworkShape, open: boolean): PassOps {
  const inputs = { units: shape.inputs };
  const forward = planForward(shape, inputs, open);
  const last = forward.at(-1)!;
  let derivative: Buffer = { units: shape.outputs };
  const dLoss = derivative;
  const ops: OpPlan[] = [];
  for (let i = forward.length - 1; i >= 0; i--) {
    const { shape: op, input, output } = forward[i]!;
    const { keeps, inPlace, backward } = kinds[op.name];
    const goesBackward = backward !== undefined && !(shape.fusedLoss && i === forward.length - 1);
    const dOutput = derivative;
    const isAsked = open || forward.slice(0, i).some(({ shape: { parameterCount } }) => parameterCount > 0);
    const sharesDerivative = !goesBackward || (inPlace && !open);
    const dInput = !isAsked ? undefined : sharesDerivative ? dOutput : { units: op.fanIn };
    ops.unshift({ ...op, input, output, dInput, dOutput, kept: keeps === "input" ? input : output, goesBackward });
    derivative = dInput ?? derivative;
  }
  return { ops, inputs, outputs: last.output, lossKeeps: shape.fusedLoss ? last.input : last.output, dLoss };
}

/** An op writes over its input where it may, and nobody needs that again. */
function planForward({ ops, fusedLoss }: NetworkShape, inputs: Buffer, open: boolean): Forward[] {
  let end: Buffer = inputs;
  return ops.map((op, i) => {
    const { keeps, inPlace } = kinds[op.name];
    const before = ops[i - 1];
    const isNeeded =
      keeps === "input" ||
      (before !== undefined && kinds[before.name].keeps === "output") ||
      (fusedLoss && i === ops.length - 1);
    const input = end;
    end = inPlace && !isNeeded && !open ? input : { units: op.fanOut };
    return { shape: op, input, output: end };
  });
}
