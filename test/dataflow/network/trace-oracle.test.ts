/** The numbers of traces against the float64 oracle: 1,000 random networks of every activation and loss, up to 6 layers. */
import { describe, expect, it } from "vitest";
import { activations } from "../../../src/kinds/activations/index.ts";
import { Trace } from "../../../src/dataflow/network/trace.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { ReferenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { losses } from "../../../src/kinds/losses/index.ts";
import { nameOf } from "../../../src/kinds/named.ts";
import { Recorder } from "../../../src/inspect/recording.ts";
import { kernelsOf, normwiseError, tiers } from "../../support/engines.ts";
import { fill, type RandomCase, randomCase } from "../../support/random-network.ts";

const LIMIT = 1e-5;

function traceOf(engine: Engine, drawn: RandomCase): Trace {
  const samples = fill(engine, drawn);
  const recorder = new Recorder(engine, drawn.rows);
  recorder.add(samples, 0, drawn.rows);
  return new Trace(recorder.finish(false));
}

/** Every kind of number that a trace has of a layer, over all samples. */
function numbersOf(trace: Trace, k: number): Record<string, number[]> {
  const { depth, widths, count } = trace;
  const units = Array.from({ length: widths[k - 1]! }, (_, i) => i + 1);
  const each = (value: (i: number, sample: number) => number) =>
    Array.from({ length: count }, (_, n) => units.map((i) => value(i, n + 1))).flat();
  const next = Array.from({ length: widths[k] ?? 0 }, (_, i) => i + 1);
  return {
    x: each((i, n) => trace.x(k, i, n)),
    dx: each((i, n) => trace.dx(k, i, n)),
    ...(k > 1 && {
      s: each((i, n) => trace.s(k, i, n)),
      ds: each((i, n) => trace.ds(k, i, n)),
      slope: each((i, n) => trace.slope(k, i, i, n)),
      // By the other units' sums; elsewhere it is one of the slopes once more, alone, whose size may be next to nothing.
      ...(trace.isCoupled(k) && { coupled: units.map((i) => trace.slope(k, 1, i)) }),
    }),
    ...(k === depth
      ? { lossPartial: each((i, n) => trace.lossPartial(i, n)), y: each((i, n) => trace.y(i, n)) }
      : {
          w: next.flatMap((i) => [...units, units.length + 1].map((j) => trace.w(k, i, j))),
          dw: next.flatMap((i) => [...units, units.length + 1].map((j) => trace.dw(k, i, j))),
        }),
  };
}

describe.each(tiers)("traces in %s", (tier) => {
  it("agree with the oracle in every value and every partial derivative, on 1,000 random networks", () => {
    const kinds = new Set<string>();
    const worst: Record<string, [error: number, seed: number]> = {};
    for (let seed = 1; seed <= 1000; seed++) {
      const drawn = randomCase(seed);
      const trace = traceOf(new WasmEngine(kernelsOf[tier], drawn.shape), drawn);
      const oracle = traceOf(new ReferenceEngine(drawn.shape, "float64"), drawn);
      const note = (name: string, error: number) => {
        if (!(error <= (worst[name]?.[0] ?? -1))) worst[name] = [error, seed];
      };
      note("loss", Math.abs(trace.loss - oracle.loss) / Math.abs(oracle.loss));
      for (let k = 1; k <= trace.depth; k++) {
        const expected = numbersOf(oracle, k);
        for (const [name, numbers] of Object.entries(numbersOf(trace, k))) {
          note(name, normwiseError(numbers, expected[name]!));
        }
      }
      kinds.add(nameOf(drawn.description.loss));
      for (const { activation } of drawn.shape.layers) kinds.add(nameOf(activation!));
    }
    expect(kinds).toEqual(new Set([...Object.keys(activations), ...Object.keys(losses)]));
    for (const [name, [error, seed]] of Object.entries(worst)) {
      expect(error, `${name}, seed ${seed}`).toBeLessThanOrEqual(LIMIT);
    }
  });
});
