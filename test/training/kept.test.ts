import { describe, expect, it } from "vitest";
import { countedRows } from "../../src/data/counted-rows.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { atOnce } from "../../src/ground/pieces.ts";
import { adam } from "../../src/kinds/optimizers/index.ts";
import { copyState, shownOf, termsOf } from "../../src/training/kept.ts";
import { checkTraining } from "../../src/training/options.ts";
import type { TrainingState } from "../../src/training/state.ts";

describe("what a training leaves", () => {
  it("is copied with all arrays in it, large ones in pieces", () => {
    const parameters = Float64Array.from({ length: 150_000 }, (_, i) => i);
    const state = { parameters, deep: [{ order: Uint32Array.of(3, 1) }, null, "text"] } as unknown as TrainingState;
    const pieces = copyState(state);
    expect(pieces.next().done).toBe(false);
    const copy = atOnce(copyState(state)) as unknown as typeof state & { deep: [{ order: Uint32Array }, null, string] };
    expect(copy).toEqual(state);
    parameters.fill(0);
    expect(copy.parameters[149_999]).toBe(149_999);
    copy.deep[0].order[0] = 9;
    expect((state as unknown as typeof copy).deep[0].order[0]).toBe(3);
  });

  it("is held against terms, in which what is not asked for is null", () => {
    const rows = countedRows("fit", Dataset.from({ inputs: [[0], [1]], targets: [[0], [1]] }));
    const terms = termsOf(checkTraining(rows, { epochs: 1, optimizer: adam(), clipNorm: 2, seed: 3, batchSize: 1 }));
    expect(terms).toMatchObject({ batchSize: 1, seed: 3, clipNorm: 2, clipValue: null, classWeight: null });
  });

  it("shows the best epoch's parameters once they are restored, or the average, or where the training stands", () => {
    const [last, average, best] = [1, 2, 3].map((value) => Float32Array.of(value));
    const statistics = new Float32Array(0);
    const state = { parameters: last, statistics, slots: [average], showsAverage: false, session: { stopper: null } };
    expect(shownOf(state as unknown as TrainingState).parameters).toBe(last);
    expect(shownOf({ ...state, showsAverage: true } as unknown as TrainingState).parameters).toBe(average);
    const stopper = { isRestored: true, learned: { parameters: best, statistics } };
    expect(shownOf({ ...state, session: { stopper } } as unknown as TrainingState).parameters).toBe(best);
  });
});
