/**
 * The table of update rules. Each entry has kernels of its name in `assembly/optimizers/`, and here its slow twin: the same
 * equations in plain JavaScript. What a user calls is in `optimizers.ts`.
 */
import type { Floats } from "../../ground/floats.ts";

/** An update rule's slow twin, over flat arenas. The first number of `state` is always the learning rate. */
export interface Update {
  /** What changes once a step, before the parameters do. */
  advance?(state: Floats): void;
  update(parameters: Floats, gradients: Floats, slots: readonly Floats[], state: Floats): void;
}

export const updates = {
  /** w = w - rate g. state: [rate]. */
  sgd: {
    update(parameters, gradients, _slots, state) {
      const rate = state[0]!;
      for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradients[i]!;
    },
  },

  /** v = mu v + g; w = w - rate v (Polyak 1964, in the form of Sutskever et al. 2013). state: [rate, mu]. */
  momentum: {
    update(parameters, gradients, slots, state) {
      const [rate, mu] = [state[0]!, state[1]!];
      const velocity = slots[0]!;
      for (let i = 0; i < parameters.length; i++) {
        velocity[i] = mu * velocity[i]! + gradients[i]!;
        parameters[i]! -= rate * velocity[i]!;
      }
    },
  },

  /**
   * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
   * (Kingma and Ba 2015, algorithm 1), w having first decayed by rate * decay * w (AdamW: Loshchilov and Hutter 2019).
   * state: [rate, b1, b2, epsilon, b1^t, b2^t, decay], the powers at first 1.
   */
  adam: {
    advance(state) {
      state[4]! *= state[1]!;
      state[5]! *= state[2]!;
    },
    update(parameters, gradients, slots, state) {
      const [rate, b1, b2, epsilon] = [state[0]!, state[1]!, state[2]!, state[3]!];
      const step = rate / (1 - state[4]!);
      const correction = 1 / Math.sqrt(1 - state[5]!);
      const keep = 1 - rate * state[6]!;
      const [m, v] = [slots[0]!, slots[1]!];
      for (let i = 0; i < parameters.length; i++) {
        const g = gradients[i]!;
        m[i] = b1 * m[i]! + (1 - b1) * g;
        v[i] = b2 * v[i]! + (1 - b2) * (g * g);
        parameters[i] = keep * parameters[i]! - (step * m[i]!) / (Math.sqrt(v[i]!) * correction + epsilon);
      }
    },
  },
} satisfies Record<string, Update>;
