import { checkNumber, refuse, show } from "../../ground/errors.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { factoryOf, LARGEST_RATE, type OptimizerKind, plain, SHARE, type Update } from "./optimizer.ts";

export interface SgdOptions {
  /** Step length, above 0; or a schedule, or a function of the step, at least 0. */
  learningRate: LearningRate;
  /** How much of the last step's velocity is kept, in [0, 1). Default 0: plain gradient descent. */
  momentum?: number;
  /** Whether the gradient counts as if the velocity had been kept once more (Nesterov); needs momentum. Default false. */
  nesterov?: boolean;
  /** How much of a gradient does not go into the velocity, the first one's aside; at most 1, not with nesterov. Default 0. */
  dampening?: number;
}

export interface Sgd extends Readonly<Required<SgdOptions>> {
  readonly name: "sgd";
}

/** v = mu v + take g; w = w - rate (own g + look v). state: [mu, take, own, look, the next take, those after it]. slots: v. */
export const momentumTwin: Update = {
  advance(state) {
    state[1] = state[4]!;
    state[4] = state[5]!;
  },
  update(parameters, gradients, slots, rate, state) {
    const [mu, take, own, look] = [state[0]!, state[1]!, state[2]!, state[3]!];
    const v = slots[0]!;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      v[i] = mu * v[i]! + take * g;
      parameters[i]! -= rate * (own * g + look * v[i]!);
    }
  },
};

const kind: OptimizerKind<Sgd, SgdOptions> = {
  name: "sgd",
  options: ["learningRate", "momentum", "nesterov", "dampening"],
  check({ learningRate, momentum = 0, nesterov = false, dampening = 0 }) {
    if (typeof nesterov !== "boolean") refuse("sgd: nesterov", "true or false", show(nesterov));
    if (nesterov && momentum === 0) refuse("sgd: nesterov", "a momentum above 0 with it", "none");
    if (nesterov && dampening !== 0) refuse("sgd: nesterov", "no dampening with it", show(dampening));
    return {
      learningRate: checkLearningRate("sgd: learningRate", learningRate, { above: 0, max: LARGEST_RATE }),
      momentum: checkNumber("sgd: momentum", momentum, SHARE),
      nesterov,
      dampening: checkNumber("sgd: dampening", dampening, { min: 0, max: 1 }),
    };
  },
  rule({ learningRate, momentum, nesterov, dampening }) {
    const rate = ratesOf("sgd: learningRate", learningRate, LARGEST_RATE);
    if (momentum === 0) return { kernel: "sgd", twin: plain, slots: 0, rate, state: [] };
    const [own, look] = nesterov ? [1, momentum] : [0, 1];
    const state = [momentum, 0, own, look, 1, 1 - dampening];
    return { kernel: "momentum", twin: momentumTwin, slots: 1, rate, state };
  },
};

/**
 * Stochastic gradient descent, with momentum if asked for (Polyak 1964; Nesterov's in the form of Sutskever et al. 2013). As
 * in PyTorch, whose options these are, the first velocity is the whole gradient, whatever the dampening.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const sgd = /* @__PURE__ */ factoryOf(kind);
