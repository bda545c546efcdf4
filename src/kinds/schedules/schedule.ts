/**
 * What a schedule is: named data, such as `{ name: "cosine", from: 0.003, to: 0.00001, steps: 900 }`, that its factory has
 * checked and completed. It is frozen, survives `structuredClone`, and says the rate of any step, counted from 0, without
 * having seen those before. Only a plateau is seen by what came of them: such a schedule's state is plain data apart from it.
 *
 * Whoever imports no schedule carries none: there is no table that names them all. A factory makes its kind known when it is
 * called, so data that were made elsewhere are understood once the program has called the factory of their name.
 */
import { checkNumber, refuse, show } from "../../ground/errors.ts";
import type { Direction, Mode } from "../metrics/metric.ts";

/** A schedule as data, whichever it is. */
export interface NamedSchedule {
  readonly name: string;
}

/** A learning rate, whichever it is; `LearningRate` says which there are. */
export type Rate = number | NamedSchedule | ((step: number) => number);

/** What a schedule goes by: a path into what an epoch came to, and which value is better, where that is said. */
export interface Monitored {
  readonly path: string;
  readonly mode?: Mode | undefined;
}

/** What a schedule has seen so far: plain data, which JSON keeps. */
export interface ScheduleState {
  readonly rate: number;
  /** The best value so far; null before the first. */
  readonly best: number | null;
  /** How many values in a row have not been better. */
  readonly waited: number;
  /** For how many more they do not count. */
  readonly cooldown: number;
}

export interface ScheduleKind<S extends NamedSchedule> {
  readonly name: S["name"];
  /** Whatever the given data say, checked and copied: each option is read once. */
  readonly check: (options: Omit<S, "name">) => Omit<S, "name">;
  readonly rate: (schedule: S, step: number, state: ScheduleState | undefined) => number;
  /**
   * Of those that go by what came of their steps: the state before the first, and the one that follows from a value, of which
   * the lower or the higher is better.
   */
  readonly start?: (schedule: S) => ScheduleState | undefined;
  readonly observe?: (schedule: S, state: ScheduleState, value: number, direction: Direction) => ScheduleState;
  /** What is observed. */
  readonly monitor?: (schedule: S) => Monitored | undefined;
}

/** A kind, whichever it is. */
type AnyKind = ScheduleKind<NamedSchedule>;

/** Those whose factories have been called. */
const known = new Map<string, AnyKind>();

/** The schedule of these options, once they are checked. */
export function make<S extends NamedSchedule>(kind: ScheduleKind<S>, options: Omit<S, "name">): S {
  known.set(kind.name, kind as unknown as AnyKind);
  return Object.freeze({ name: kind.name, ...kind.check(options) }) as S;
}

/**
 * A checked copy of a learning rate, whoever made it.
 * @throws InvalidInputError for what is none, or has an option that its factory would refuse.
 */
export function checkLearningRate<R extends Rate>(where: string, given: R, bounds: { above: number; max: number }): R {
  if (typeof given === "function") return given;
  if (typeof given === "object" && given !== null) return checkSchedule(where, given) as R;
  if (typeof given === "number") return checkNumber(where, given, bounds) as R;
  return refuse(where, "a number, a schedule or a function of the step", show(given));
}

function checkSchedule(where: string, given: NamedSchedule): NamedSchedule {
  const { name, ...options } = given;
  const kind = known.get(name);
  if (kind !== undefined) return make(kind, options);
  const hint = "schedules are made by functions of the package, as cosine({ from, to, steps }) is";
  return refuse(where, "a schedule whose function this program has called", `${show(name)} (${hint})`);
}

const kindOf = ({ name }: NamedSchedule): AnyKind => known.get(name)!;

/**
 * The rate of each step, as a rule gives it, of a checked learning rate.
 * @throws InvalidInputError, when asked, for a rate that is none or larger than `max`.
 */
export function ratesOf(where: string, rate: Rate, max: number) {
  if (typeof rate === "number") return () => rate;
  return (step: number, seen?: ScheduleState) => {
    const value = rateAt(rate, step, seen);
    return value >= 0 && value <= max ? value : refuse(`${where}(${step})`, `a number from 0 to ${max}`, show(value));
  };
}

/** Of a checked learning rate: that of a step, counted from 0. */
export function rateAt(rate: Rate, step: number, state?: ScheduleState): number {
  if (typeof rate === "number") return rate;
  return typeof rate === "function" ? rate(step) : kindOf(rate).rate(rate, step, state);
}

/** The state of a learning rate before its first step; undefined if it needs none, being a function of the step. */
export function startOf(rate: Rate): ScheduleState | undefined {
  return typeof rate === "object" ? kindOf(rate).start?.(rate) : undefined;
}

/** What it goes by, if it does. */
export function monitorOf(rate: Rate): Monitored | undefined {
  return typeof rate === "object" ? kindOf(rate).monitor?.(rate) : undefined;
}

/** The state that follows from what an epoch came to. */
export function observe(rate: Rate, state: ScheduleState, value: number, direction: Direction): ScheduleState {
  return typeof rate === "object" ? (kindOf(rate).observe?.(rate, state, value, direction) ?? state) : state;
}

/** A rate at which a schedule begins or ends, and how long it takes: single precision must hold the one and count the other. */
export const RATE = { min: 0, max: 1e30 };
export const STEPS = { integer: true, min: 1, max: 2 ** 53 - 1 };
