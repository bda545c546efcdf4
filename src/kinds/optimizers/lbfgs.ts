import { checkNumber } from "../../ground/errors.ts";
import { type OptimizerKind, factoryOf } from "./optimizer.ts";

export interface LbfgsOptions {
  /** How many pairs of steps and gradient changes the curvature is remembered by. Default 10. */
  memory?: number;
  /** Stops where no partial derivative is larger than this. Default 1e-6. */
  tolerance?: number;
  /**
   * Stops after the iteration in which loss and gradient have been asked for so often; an iteration asks once or more. Default
   * 1e9. A training that goes on counts anew.
   */
  maxEvaluations?: number;
}

export interface Lbfgs extends Readonly<Required<LbfgsOptions>> {
  readonly name: "lbfgs";
}

/** A whole method over loss and gradient, whose loop is in `training/`: it has no rule. */
const kind: OptimizerKind<Lbfgs, LbfgsOptions> = {
  name: "lbfgs",
  options: ["memory", "tolerance", "maxEvaluations"],
  check: ({ memory = 10, tolerance = 1e-6, maxEvaluations = 1e9 }) => ({
    memory: checkNumber("lbfgs: memory", memory, { integer: true, min: 1, max: 1000 }),
    tolerance: checkNumber("lbfgs: tolerance", tolerance, { min: 0 }),
    maxEvaluations: checkNumber("lbfgs: maxEvaluations", maxEvaluations, { integer: true, min: 1, max: 1e9 }),
  }),
};

/**
 * L-BFGS with a strong Wolfe line search (Nocedal and Wright, Numerical Optimization, chapters 3 and 7), for full
 * batches; an epoch is one iteration.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const lbfgs = /* @__PURE__ */ factoryOf(kind);
