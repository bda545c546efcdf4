/**
 * What an optimizer is: named data, such as `{ name: "adam", learningRate: 0.001, ... }`, that its factory has checked and
 * completed. It is frozen and survives `structuredClone`. Its file, beside this one, also makes of it the rule that engines
 * follow, and is the slow twin of the rule's kernels in `assembly/optimizers/`.
 *
 * Whoever imports no optimizer carries none: there is no table that names them all. A factory that is imported makes its
 * kind known, so data that were made elsewhere are understood by every program that imports the factory of their name.
 */
import { checkNumber, checkOptions, nearest, refuse, show } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { Refinement } from "../regularizers/refinement.ts";
import type { ScheduleState } from "../schedules/schedule.ts";

/** What an engine needs for an update of the parameters: a kernel's name and its numbers. */
export interface UpdateRule {
  readonly kernel: string;
  /** The kernel's slow twin. */
  readonly twin: Update;
  /** Buffers of the parameters' shape that the rule keeps between steps. */
  readonly slots: number;
  /** The learning rate of a step, from 0 on, which depends on nothing else but what a schedule that has a state has seen. */
  rate(this: void, step: number, seen?: ScheduleState): number;
  /** At most seven numbers more. The rule may change them from step to step. */
  readonly state: readonly number[];
  /** The share of each weight, times the rate, that a step takes away, and whether of biases too. Default: none. */
  readonly decay?: number;
  readonly decaysBiases?: boolean;
  /** What updates do besides, decay included; missing where that is nothing. `training/refine.ts` adds it. */
  readonly refinement?: Refinement;
}

/** An update rule's slow twin, over flat arenas. */
export interface Update {
  /** What changes once a step, before the parameters do. */
  advance?(state: Floats): void;
  update(parameters: Floats, gradients: Floats, slots: readonly Floats[], rate: number, state: Floats): void;
}

/** How a kind of optimizer is checked, and what engines make of it. */
export interface OptimizerKind<O extends { readonly name: string }, Options extends object> {
  readonly name: O["name"];
  readonly options: readonly (keyof Options & string)[];
  /** Whatever the given data say, checked and copied: each option is read once. */
  readonly check: (options: Options) => Omit<O, "name">;
  /** What a step does; none for a method that is more than a rule, as L-BFGS is. */
  readonly rule?: (optimizer: O) => UpdateRule;
}

/** An optimizer as data, whichever it is; `Optimizer` says which there are. */
export interface NamedOptimizer {
  readonly name: string;
}

type AnyKind = OptimizerKind<NamedOptimizer, object>;

/** Those whose factories the program imports. */
const known = new Map<string, AnyKind>();

/** From options, which may be left out where all of them have defaults, to an optimizer. */
type Factory<O, Options> = Record<never, never> extends Options ? (options?: Options) => O : (options: Options) => O;

/** The factory of a kind, which is known from then on. */
export function factoryOf<O extends NamedOptimizer, Options extends object>(
  kind: OptimizerKind<O, Options>,
): Factory<O, Options> {
  known.set(kind.name, kind as unknown as AnyKind);
  return (options = {} as Options) => make(kind, options);
}

function make<O extends NamedOptimizer, Options extends object>(kind: OptimizerKind<O, Options>, options: Options): O {
  checkOptions(kind.name, options, kind.options);
  return Object.freeze({ name: kind.name, ...kind.check({ ...options }) }) as O;
}

/** See `checkOptimizer` in index.ts, which knows their types. */
export function checkAnyOptimizer(where: string, given: unknown): NamedOptimizer {
  if (typeof given !== "object" || given === null)
    refuse(where, "one that a factory made, as sgd() or adam()", show(given));
  // Copied first: V8 reads twice what a pattern with `...` takes out by name.
  const { name, ...options } = { ...(given as NamedOptimizer) };
  return make(known.get(name) ?? refuseUnknown(where, name), options);
}

function refuseUnknown(what: string, name: unknown): never {
  const names = [...known.keys()];
  const meant = typeof name === "string" ? nearest(name, names) : undefined;
  const isName = typeof name === "string" && /^[a-z]\w{0,59}$/i.test(name);
  const hint = meant
    ? ` (did you mean ${show(meant)}?)`
    : isName
      ? ` (import { ${name} } from "lanegrad", if it has one of that name)`
      : "";
  return refuse(what, `one whose factory this program imports: ${names.join(", ") || "none"}`, show(name) + hint);
}

/** The rule by which an engine takes the optimizer's steps; undefined for a method that is more than a rule. */
export function ruleOfAny(optimizer: NamedOptimizer): UpdateRule | undefined {
  return known.get(optimizer.name)!.rule?.(optimizer);
}

/** w = w - rate g. */
export const plain: Update = {
  update(parameters, gradients, _slots, rate) {
    for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradients[i]!;
  },
};

/** For who takes no steps. */
export const NO_RULE: UpdateRule = { kernel: "sgd", twin: plain, slots: 0, rate: () => 0, state: [] };

/** The numbers that float32 can hold, with room to be multiplied. */
export const LARGEST_RATE = 1e30;

/** What a share is kept by from step to step. */
export const SHARE = { min: 0, below: 1 };

/** What keeps a quotient finite: float32 holds it, and a root of it. */
export const EPSILON = { min: 1e-30, max: 1e16 };

/** Of weight decay that is apart from the gradient. */
export interface DecayOptions {
  /** The share of each weight, times the learning rate, that a step takes away; at least 0. */
  weightDecay?: number;
  /** Whether biases, and what norms learn, decay too, as in PyTorch. Default false. */
  decayBiases?: boolean;
}

export const decayOptions = ["weightDecay", "decayBiases"] as const;

export function checkDecay(where: string, given: DecayOptions, byDefault: number): Readonly<Required<DecayOptions>> {
  const { weightDecay = byDefault, decayBiases = false } = given;
  if (typeof decayBiases !== "boolean") refuse(`${where}: decayBiases`, "true or false", show(decayBiases));
  return {
    weightDecay: checkNumber(`${where}: weightDecay`, weightDecay, { min: 0, max: LARGEST_RATE }),
    decayBiases,
  };
}

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
