/** All that training gives an engine: its parameters, and what ops learn without a gradient. */
import type { Floats } from "../ground/floats.ts";

export interface Learned {
  readonly parameters: Floats;
  readonly statistics: Floats;
}

export function copyOf({ parameters, statistics }: Learned): Learned {
  return { parameters: parameters.slice(), statistics: statistics.slice() };
}

export function copyLearned(to: Learned, from: Learned): void {
  to.parameters.set(from.parameters);
  to.statistics.set(from.statistics);
}
