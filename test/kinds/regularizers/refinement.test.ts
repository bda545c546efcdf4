import { describe, expect, it } from "vitest";
import {
  AVERAGE_KEEP,
  type ParameterGroup,
  penalize,
  penalty,
  refine,
  type Refinement,
  settleUpdate,
} from "../../../src/kinds/regularizers/refinement.ts";

const group = { begin: 0, end: 2, l1: 0, l2: 0, decay: 0, maxNorm: Infinity, row: 2, frozen: false };

function refinement(groups: Partial<ParameterGroup>[], others: Partial<Refinement> = {}): Refinement {
  const complete = groups.map((given) => ({ ...group, ...given }));
  return { clipNorm: Infinity, clipValue: Infinity, averageDecay: undefined, groups: complete, ...others };
}

describe("the penalty", () => {
  const both = refinement([
    { l1: 0.5, l2: 2 },
    { begin: 2, end: 3 },
  ]);

  it("is l1 |w| + l2 w^2 / 2 of the groups that have one", () => {
    expect(penalty(both, Float64Array.of(3, -1, 100))).toBe(0.5 * 4 + 10);
  });

  it("adds its gradient, which is none of l1 at 0, and takes that of frozen groups away", () => {
    const g = Float64Array.of(1, 1, 1);
    penalize(both, Float64Array.of(-3, 0, 100), g);
    expect([...g]).toEqual([1 - 6 - 0.5, 1, 1]);
    penalize(refinement([{ l1: 1, frozen: true }]), Float64Array.of(1, 1, 1), g);
    expect([...g]).toEqual([0, 0, 1]);
  });
});

describe("before the rule", () => {
  it("gradients are clipped by their norm, as clip_grad_norm_ does, frozen ones left out", () => {
    const g = Float64Array.of(3, 4, 1000);
    refine(refinement([{}, { begin: 2, end: 3, frozen: true }], { clipNorm: 1 }), new Float64Array(3), g, 0.1);
    expect([...g]).toEqual([3 * (1 / (5 + 1e-6)), 4 * (1 / (5 + 1e-6)), 0]);
  });

  it("gradients that are short enough stay as they are", () => {
    const g = Float64Array.of(3, 4);
    refine(refinement([{}], { clipNorm: 6 }), new Float64Array(2), g, 0.1);
    expect([...g]).toEqual([3, 4]);
  });

  it("gradients are clipped by value before the penalty is added", () => {
    const g = Float64Array.of(-3, 0.25);
    refine(refinement([{ l2: 1 }], { clipValue: 0.5 }), Float64Array.of(10, 20), g, 0.1);
    expect([...g]).toEqual([9.5, 20.25]);
  });

  it("weights decay by their share, unless they are frozen", () => {
    const w = Float64Array.of(2, 4, 8);
    const groups = [{ decay: 0.5 }, { begin: 2, end: 3, decay: 0.5, frozen: true }];
    refine(refinement(groups), w, new Float64Array(3), 0.5);
    expect([...w]).toEqual([1.5, 3, 8]);
  });
});

describe("behind the rule", () => {
  it("rows that are too long are shortened, each by itself", () => {
    const w = Float64Array.of(3, 4, 0.3, 0.4);
    settleUpdate(refinement([{ end: 4, maxNorm: 1 }]), w, [], new Float64Array(8));
    [0.6, 0.8, 0.3, 0.4].forEach((expected, i) => expect(w[i]).toBeCloseTo(expected, 14));
  });

  it("the average starts at the parameters of the first step, then follows", () => {
    const [w, average, state] = [Float64Array.of(4, 8), Float64Array.of(99, 99), new Float64Array(8)];
    state[AVERAGE_KEEP] = -1;
    const averaging = refinement([{}], { averageDecay: 0.75 });
    settleUpdate(averaging, w, [average], state);
    expect([[...average], state[AVERAGE_KEEP]]).toEqual([[4, 8], 0]);
    w.set([8, 0]);
    settleUpdate(averaging, w, [average], state);
    expect([[...average], state[AVERAGE_KEEP]]).toEqual([[5, 6], 0.75]);
  });
});
