import { describe, expect, it } from "vitest";
import { Counts } from "../../../../src/kinds/metrics/meters/counts.ts";
import { Errors, explained } from "../../../../src/kinds/metrics/meters/errors.ts";
import { Kept } from "../../../../src/kinds/metrics/meters/kept.ts";
import { byFallingScore, Ranked, sumOver } from "../../../../src/kinds/metrics/meters/ranked.ts";
import { Random } from "../../../../src/ground/random.ts";

const f = Float64Array;

describe("counts", () => {
  it("of a yes or a no say yes above 0.5 alone, in weights", () => {
    const counts = new Counts({ kind: "binary", units: 1 });
    counts.add(f.of(0.5, 0.6, 0.9), f.of(0, 0, 1), f.of(1, 2, 4), 3);
    expect(counts).toMatchObject({ actual: f.of(3, 4), predicted: f.of(1, 6), hits: f.of(1, 4), total: 7, right: 5 });
  });

  it("of classes take the first of equals, and add up over batches", () => {
    const counts = new Counts({ kind: "classes", units: 3 });
    counts.add(f.of(0.4, 0.4, 0.2), f.of(0, 1, 0), undefined, 1);
    counts.add(f.of(0, 1, 0), f.of(0, 1, 0), undefined, 1);
    expect(counts).toMatchObject({ actual: f.of(0, 2, 0), predicted: f.of(1, 1, 0), total: 2, right: 1 });
    expect(counts.present).toEqual([0, 1]);
  });

  it("of labels call a row right where all of them are, and have every label", () => {
    const counts = new Counts({ kind: "labels", units: 2 });
    counts.add(f.of(0.9, 0.1, 0.9, 0.9), f.of(1, 0, 1, 0), undefined, 2);
    expect(counts).toMatchObject({ actual: f.of(2, 0), predicted: f.of(2, 1), hits: f.of(2, 0), total: 2, right: 1 });
    expect(counts.present).toEqual([0, 1]);
  });
});

describe("errors", () => {
  it("have weighted means and squares about them, and leave out rows that weigh nothing", () => {
    const errors = new Errors({ kind: "numbers", units: 1 });
    errors.add(f.of(1, 1, 99), f.of(2, 5, 0), f.of(3, 1, 0), 3);
    expect([errors.total, errors.rows]).toEqual([4, 2]);
    const [column] = errors.columns;
    expect(column).toMatchObject({ absolute: 7, squared: 19 });
    expect(column!.targets.mean).toBeCloseTo(2.75, 14);
    expect(column!.targets.squares).toBeCloseTo(3 * 0.75 ** 2 + 2.25 ** 2, 14);
    expect(column!.errors.mean).toBeCloseTo(1.75, 14);
  });

  it("lose no digits far from 0", () => {
    const errors = new Errors({ kind: "numbers", units: 1 });
    errors.add(new f(3), f.of(1e9 + 1, 1e9 + 2, 1e9 + 3), undefined, 3);
    expect(errors.columns[0]!.targets.squares).toBeCloseTo(2, 6);
  });

  it("explain all or nothing of targets that are equal", () => {
    expect([explained(0, 0), explained(1, 0), explained(1, 4)]).toEqual([1, 0, 0.75]);
  });
});

describe("what is kept", () => {
  it("is a copy of all batches, in their precision", () => {
    const kept = new Kept({ kind: "numbers", units: 2 });
    const outputs = Float32Array.of(1, 2, 3, 4);
    kept.add(outputs, Float32Array.of(5, 6, 7, 8), undefined, 2);
    outputs.fill(0);
    kept.add(outputs, Float32Array.of(9, 10), Float32Array.of(3), 1);
    expect(kept.outputs).toEqual(Float32Array.of(1, 2, 3, 4, 0, 0));
    expect(kept.targets).toEqual(Float32Array.of(5, 6, 7, 8, 9, 10));
    expect([...kept.weights]).toEqual([1, 1, 3]);
    expect(kept.outputs).toEqual(Float32Array.of(1, 2, 3, 4, 0, 0));
  });
});

describe("rankings", () => {
  const ranked = (outputs: number[], targets: number[], weights?: number[]) => {
    const meter = new Ranked({ kind: "binary", units: 1 });
    meter.add(f.from(outputs), f.from(targets), weights && f.from(weights), outputs.length);
    expect([...meter.finish()].length).toBeGreaterThan(0);
    return meter.rankings[0]!;
  };

  it("add up from the highest score on, equal scores at once", () => {
    expect(ranked([0.1, 0.8, 0.4, 0.4], [0, 1, 1, 0], [1, 2, 3, 4])).toEqual({
      positives: f.of(2, 5, 5),
      negatives: f.of(0, 4, 5),
      hasNaN: false,
    });
  });

  it("come to the sum of what each threshold adds, NaN if a score is NaN", () => {
    const area = (p: number, _n: number, dp: number, dn: number) => (p - dp / 2) * dn;
    // roc_auc_score of scikit-learn's documentation: 0.75 of 2 * 2 pairs.
    expect(sumOver(ranked([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), area)).toBe(3);
    expect(sumOver(ranked([0.1, NaN, 0.35], [0, 0, 1]), area)).toBeNaN();
  });

  it("sort as a stable sort does, over several runs and an odd rest", () => {
    const random = new Random(5);
    const scores = Float64Array.from({ length: 3 * 2 ** 12 + 17 }, () => Math.floor(random.uniform(0, 50)));
    const steps = byFallingScore(scores);
    let step = steps.next();
    while (!step.done) step = steps.next();
    const expected = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
    expect([...step.value]).toEqual(expected);
  });
});
