/**
 * What an optimizer is: named data, such as `{ name: "adam", learningRate: 0.001, ... }`, that its factory has checked and
 * completed. It is frozen and survives `structuredClone`. Its file, beside this one, also makes of it the rule that engines
 * follow, and is the slow twin of the rule's kernels in `assembly/optimizers/`.
 */
import type { Floats } from "../../ground/floats.ts";
import type { ScheduleState } from "../schedules/schedule.ts";

/** What an engine needs for an update of the parameters: a kernel's name and its numbers. */
export interface UpdateRule {
  readonly kernel: string;
  /** Buffers of the parameters' shape that the rule keeps between steps. */
  readonly slots: 0 | 1 | 2;
  /** The learning rate of a step, from 0 on, which depends on nothing else but what a schedule that has a state has seen. */
  rate(this: void, step: number, seen?: ScheduleState): number;
  /** At most eight numbers more. The rule may change them from step to step. */
  readonly state: readonly number[];
}

/** An update rule's slow twin, over flat arenas. */
export interface Update {
  /** What changes once a step, before the parameters do. */
  advance?(state: Floats): void;
  update(parameters: Floats, gradients: Floats, slots: readonly Floats[], rate: number, state: Floats): void;
}

/** How a kind of optimizer is checked, and what engines make of it. */
export interface OptimizerKind<O extends { readonly name: string }> {
  /** Whatever the given data say, checked and copied: each option is read once. */
  readonly check: (options: Omit<O, "name">) => O;
  /** What a step does; none for a method that is more than a rule, as L-BFGS is. */
  readonly rule?: (optimizer: O) => UpdateRule;
  /** The twins of the kernels that its rules name. */
  readonly updates: Readonly<Record<string, Update>>;
}

/** The numbers that float32 can hold, with room to be multiplied. */
export const LARGEST_RATE = 1e30;

/** Writes the rates of `count` steps from `first` on. */
export function setRates(
  rates: Float64Array,
  { rate }: UpdateRule,
  first: number,
  count: number,
  seen?: ScheduleState,
): void {
  for (let i = 0; i < count; i++) rates[i] = rate(first + i, seen);
}
