/** From what a training is asked for besides its optimizer to what engines do besides its rule. */
import { refuse } from "../ground/errors.ts";
import { type Optimizer, ruleOf } from "../kinds/optimizers/index.ts";
import { NO_RULE, type UpdateRule } from "../kinds/optimizers/optimizer.ts";
import { AVERAGE_KEEP, type ParameterGroup, type Refinement } from "../kinds/regularizers/refinement.ts";
import type { CheckedRegularization } from "../kinds/regularizers/regularization.ts";
import type { LayerShape, NetworkShape } from "../model/shape.ts";

/** The options of a training that say it. */
export interface Refining {
  readonly clipNorm?: number | undefined;
  readonly clipValue?: number | undefined;
  readonly regularization?: CheckedRegularization | readonly (CheckedRegularization | null)[] | undefined;
  readonly averageWeights?: { readonly decay: number } | undefined;
}

type Decay = Pick<UpdateRule, "decay" | "decaysBiases">;

/**
 * The rule of an optimizer with all that its updates do besides: the rule as it is where that is nothing, so that plain steps
 * pay nothing. `frozen`: the layers, from 0, that stay as they are.
 * @throws InvalidInputError for regularizations that are more or fewer than the layers.
 */
export function refinedRule(
  where: string,
  optimizer: Optimizer,
  shape: NetworkShape,
  options: Refining = {},
  frozen: ReadonlySet<number> = new Set(),
): UpdateRule {
  const rule = ruleOf(optimizer) ?? NO_RULE;
  const { clipNorm = Infinity, clipValue = Infinity, averageWeights } = options;
  const groups = groupsOf(where, shape, options.regularization, rule, frozen);
  const isPlain = groups.every(({ l1, l2, decay, maxNorm, frozen: stays }) => {
    return l1 === 0 && l2 === 0 && decay === 0 && maxNorm === Infinity && !stays;
  });
  if (isPlain && clipNorm === Infinity && clipValue === Infinity && !averageWeights) return rule;
  const refinement: Refinement = { clipNorm, clipValue, averageDecay: averageWeights?.decay, groups };
  if (!averageWeights) return { ...rule, refinement };
  const state = Array.from({ length: AVERAGE_KEEP + 1 }, (_, i) => rule.state[i] ?? 0);
  state[AVERAGE_KEEP] = -1;
  return { ...rule, refinement, slots: rule.slots + 1, state };
}

/** Weights and biases of each layer. */
function groupsOf(
  where: string,
  { layers }: NetworkShape,
  given: Refining["regularization"],
  decay: Decay,
  frozen: ReadonlySet<number>,
): ParameterGroup[] {
  if (isList(given) && given.length !== layers.length) {
    refuse(`${where}: regularization`, `an entry for each of ${layers.length} layers`, String(given.length));
  }
  return layers.flatMap((layer, k) => {
    const regularization = isList(given) ? given[k] : given;
    return groupsOfLayer(layer, regularization ?? undefined, decay, frozen.has(k));
  });
}

function isList(given: Refining["regularization"]): given is readonly (CheckedRegularization | null)[] {
  return Array.isArray(given);
}

/** Biases and the weights of norms, which are one number a unit, count only where that is asked for. */
function groupsOfLayer(
  { weights, biases, end, tensors, fanIn }: LayerShape,
  regularization: CheckedRegularization | undefined,
  { decay = 0, decaysBiases = false }: Decay,
  frozen: boolean,
): ParameterGroup[] {
  const group = (begin: number, stop: number, isMatrix: boolean): ParameterGroup => {
    const counts = regularization !== undefined && (isMatrix || regularization.biases);
    return {
      begin,
      end: stop,
      l1: counts ? regularization.l1 : 0,
      l2: counts ? regularization.l2 : 0,
      decay: isMatrix || decaysBiases ? decay : 0,
      maxNorm: (isMatrix ? regularization?.maxNorm : undefined) ?? Infinity,
      row: isMatrix ? fanIn : stop - begin,
      frozen,
    };
  };
  const isMatrix = tensors.weights.dimensions.length > 1;
  return [group(weights, biases, isMatrix), group(biases, end, false)].filter(({ begin, end: stop }) => stop > begin);
}
