import { checkNumber, readOptions } from "../../ground/errors.ts";
import { type OptimizerKind } from "./optimizer.ts";

export interface LbfgsOptions {
  /** How many pairs of steps and gradient changes the curvature is remembered by. Default 10. */
  memory?: number;
  /** Stops where no partial derivative is larger than this. Default 1e-6. */
  tolerance?: number;
}

export interface Lbfgs extends Readonly<Required<LbfgsOptions>> {
  readonly name: "lbfgs";
}

/**
 * L-BFGS with a strong Wolfe line search (Nocedal and Wright, Numerical Optimization, chapters 3 and 7), for full
 * batches; an epoch is one iteration.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function lbfgs(options: LbfgsOptions = {}): Lbfgs {
  const { memory = 10, tolerance = 1e-6 } = readOptions("lbfgs", options, ["memory", "tolerance"]);
  return Object.freeze({
    name: "lbfgs",
    memory: checkNumber("lbfgs: memory", memory, { integer: true, min: 1, max: 1000 }),
    tolerance: checkNumber("lbfgs: tolerance", tolerance, { min: 0 }),
  });
}

/** A whole method over loss and gradient, whose loop is in `training/`: it has no rule. */
export const lbfgsKind: OptimizerKind<Lbfgs> = { check: lbfgs, updates: {} };
