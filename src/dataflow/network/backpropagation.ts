/**
 * Exercise 5 of the notes on a real step: each derivative from those of the layer behind it. The numbers that are put in,
 * and the result, are the kernels' own; only the words are made here.
 */
import { checkNumber, refuse } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { activationOf } from "../../kinds/activations/index.ts";
import { lossOf, smallest } from "../../kinds/losses/index.ts";
import { nameOf } from "../../kinds/named.ts";
import { activationDerivative, coupledDerivative, lossDerivative, lossFromLogits } from "./equations.ts";
import { chain, Explanation, factor, line, localName, partialName } from "./explanation.ts";
import { formatNumber, formatValue, type Label } from "../label.ts";
import { sumName, targetName, unitName, unitsName, upTo, weightName, weightsName } from "./names.ts";
import type { Values } from "./values.ts";

/** Terms of a sum that are written out; longer ones end in an ellipsis and the last term. */
const TERMS = 4;

/** A negative number in parentheses, so that it can be a factor. */
const number = (value: number): string => (value < 0 ? `(${formatNumber(value)})` : formatNumber(value));

/** dx_j/ds_i of layer k as a formula. */
export function slopeFormula(trace: Values, k: number, j: number, i: number): Label {
  const { activation } = k === trace.depth ? trace.head(j) : trace.shape.layers[k - 2]!;
  const [x, s] = [unitName(k, j), sumName(k, i)];
  if (activation === undefined) return line("∂", x, "/∂", s);
  const kind = activationOf(activation);
  return i === j ? activationDerivative(nameOf(activation), kind, x, s) : coupledDerivative(kind, x, unitName(k, i), s);
}

/** dl_n/dx_i^(m) as a formula. */
export function lossPartialFormula(trace: Values, i: number): Label {
  return lossPartialOf(trace, i, unitName(trace.depth, i), targetName(i, trace.widths.at(-1)!));
}

/** With x and y in it: of a head, its loss times its weight. */
function lossPartialOf(trace: Values, i: number, x: Label, y: Label): Label {
  const { loss, units, weight } = trace.head(i);
  return weighted(weight, lossDerivative(lossOf(loss), x, y, units));
}

function weighted(weight: number, formula: Label): Label {
  return weight === 1 ? formula : line(`${formatNumber(weight)} · `, factor(formula));
}

/** Derivations are of layers that sum and activate. */
function checkWeighted(where: string, trace: Values, k: number): void {
  if (trace.drawn(k) === "weighted") return;
  refuse(
    `${where}: layer k`,
    "one that a layer of sums follows",
    `${k}, behind which is ${trace.shape.layers[k - 1]!.name}`,
  );
}

/** Exercise 5 c. With several samples l is their mean, and each has its N-th part in it. */
export function outputDerivative(trace: Values, i: number, sample: number): Explanation<number> {
  const { depth, count } = trace;
  const value = trace.dx(depth, i, sample);
  const share = count === 1 ? [] : [`1/${count} · `];
  const x = outputPut(trace, i, sample);
  const y = number(trace.y(i, sample));
  const formula = lossPartialFormula(trace, i);
  const filled = lossPartialOf(trace, i, [{ text: x }], [{ text: y }]);
  const put = (label: Label) => line(...share, count === 1 ? label : factor(label));
  return new Explanation(
    partialName(unitName(depth, i)),
    [put(formula), put(filled), line(formatNumber(value))],
    value,
  );
}

/**
 * An output as the loss takes it: kept away from 0 and 1 where its derivative has a pole there. The digits of one near 1 are
 * in what it lacks of 1: an output of a sigmoid has them still, in its slope.
 */
function outputPut(trace: Values, i: number, sample: number): string {
  const { depth } = trace;
  const head = trace.head(i);
  const x = trace.x(depth, i, sample);
  const { poles = [] } = lossOf(head.loss);
  if (x < 0.999 || !poles.includes(1)) return number(poles.includes(0) ? Math.max(x, smallest) : x);
  const { complements } = activationOf(head.activation);
  const lacking = complements && head.fusedLoss ? trace.slope(depth, i, i, sample) / x : 1 - x;
  return `(1 − ${formatNumber(Math.max(lacking, smallest))})`;
}

/** dl/ds_i^(k) = the sum over j of dl/dx_j dx_j/ds_i: of one term, unless the units of the layer are coupled. */
export function sumDerivative(trace: Values, k: number, i: number, sample: number): Explanation<number> {
  const value = trace.ds(k, i, sample);
  const units = trace.coupled(k, i);
  const s = sumName(k, i);
  const terms = (write: (j: number) => Label) => chain(units.map(write), " + ", TERMS);
  const steps = [
    terms((j) => line(partialName(unitName(k, j)), " · ", localName(unitName(k, j), s))),
    terms((j) => line(partialName(unitName(k, j)), " · ", factor(slopeFormula(trace, k, j, i)))),
    terms((j) => line(number(trace.dx(k, j, sample)), " · ", number(trace.slope(k, j, i, sample)))),
  ];
  const together = togetherFormula(trace, k, i);
  if (together) steps.push(together);
  const product = units.reduce((sum, j) => sum + trace.dx(k, j, sample) * trace.slope(k, j, i, sample), 0);
  // Beside an output that is 0 or 1 to its last bit, the difference has not the digits that the product has.
  const isRounded = together !== undefined && Math.abs(product - value) > 1e-4 * Math.abs(product);
  const result = line(formatNumber(value), isRounded ? " (rounded)" : "");
  return new Explanation(partialName(s), [...steps, result], value);
}

/** What loss and last activation come to together, where they are derived so: x - y. */
function togetherFormula(trace: Values, k: number, i: number): Label | undefined {
  if (k < trace.depth) return undefined;
  const { loss, units, weight, fusedLoss } = trace.head(i);
  if (!fusedLoss) return undefined;
  const formula = lossFromLogits(lossOf(loss), unitName(k, i), targetName(i, trace.widths.at(-1)!), units);
  if (formula === undefined) return undefined;
  const whole = weighted(weight, formula);
  return trace.count === 1 ? whole : line(`1/${trace.count} · `, factor(whole));
}

/** Exercise 5 b: dl/dx_i^(k) = the sum over j of dl/dx_j^(k+1) dx_j/ds_j w_(j,i)^(k). */
export function inputDerivative(trace: Values, k: number, i: number, sample: number): Explanation<number> {
  checkNumber("inputDerivative: layer k", k, { integer: true, min: 1, max: trace.depth - 1 });
  const value = trace.dx(k, i, sample);
  checkWeighted("inputDerivative", trace, k);
  const units = upTo(trace.widths[k]!);
  const isCoupled = (j: number) => trace.isCoupled(k + 1, j);
  const terms = (write: (j: number) => Label) => chain(units.map(write), " + ", TERMS);
  const x = unitName(k, i);
  const behind = (j: number): Label =>
    isCoupled(j)
      ? partialName(sumName(k + 1, j))
      : line(partialName(unitName(k + 1, j)), " · ", localName(unitName(k + 1, j), sumName(k + 1, j)));
  const behindPut = (j: number): Label =>
    isCoupled(j)
      ? line(number(trace.ds(k + 1, j, sample)))
      : line(number(trace.dx(k + 1, j, sample)), " · ", number(trace.slope(k + 1, j, j, sample)));
  const steps = [
    terms((j) => line(behind(j), " · ", localName(sumName(k + 1, j), x))),
    terms((j) =>
      isCoupled(j)
        ? line(behind(j), " · ", weightName(k, j, i))
        : line(
            partialName(unitName(k + 1, j)),
            " · ",
            factor(slopeFormula(trace, k + 1, j, j)),
            " · ",
            weightName(k, j, i),
          ),
    ),
    terms((j) => line(behindPut(j), " · ", number(trace.w(k, j, i)))),
    line(formatNumber(value)),
  ];
  return new Explanation(partialName(x), steps, value);
}

/** Exercise 5 a: the gradient by w_i^(k) = dl/dx_i^(k+1) dx_i/ds_i x^(k), summed over the samples. */
export function weightGradient(trace: Values, k: number, i: number): Explanation<Floats> {
  checkNumber("weightGradient: layer k", k, { integer: true, min: 1, max: trace.depth - 1 });
  checkNumber("weightGradient: unit i", i, { integer: true, min: 1, max: trace.widths[k]! });
  checkWeighted("weightGradient", trace, k);
  const value = Float64Array.from(upTo(trace.widths[k - 1]! + 1), (j) => trace.dw(k, i, j));
  const isCoupled = trace.isCoupled(k + 1, i);
  const [x, s, inputs] = [unitName(k + 1, i), sumName(k + 1, i), unitsName(k)];
  const name: Label = [{ text: "∇", sub: weightsName(k, i) }, { text: " l" }];
  const before = isCoupled ? partialName(s) : line(partialName(x), " · ", localName(x, s));
  const local = isCoupled ? partialName(s) : line(partialName(x), " · ", factor(slopeFormula(trace, k + 1, i, i)));
  const nabla: Label = [{ text: "∇", sub: weightsName(k, i) }, { text: " " }, ...s];
  const steps = [
    overSamples(trace, line(before, " · ", nabla)),
    overSamples(trace, line(local, " · ", inputs)),
    chain(
      upTo(trace.count).map((sample) => line(...weightFactors(trace, k, i, sample, isCoupled))),
      " + ",
      TERMS,
    ),
    line(formatValue(value)),
  ];
  return new Explanation(name, steps, value);
}

function weightFactors(trace: Values, k: number, i: number, sample: number, isCoupled: boolean): string[] {
  const units = trace.widths[k - 1]! + 1;
  const first = Array.from({ length: Math.min(units, 4) }, (_, j) => trace.x(k, j + 1, sample));
  const behind = isCoupled
    ? number(trace.ds(k + 1, i, sample))
    : `${number(trace.dx(k + 1, i, sample))} · ${number(trace.slope(k + 1, i, i, sample))}`;
  return [behind, " · ", formatValue(first)];
}

function overSamples(trace: Values, formula: Label): Label {
  if (trace.count === 1) return formula;
  return [
    { text: "Σ", sub: [{ text: "n = 1" }], sup: [{ text: `${trace.count}` }] },
    { text: " (" },
    ...formula,
    { text: ")", sub: [{ text: "n" }] },
  ];
}
