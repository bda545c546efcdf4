import { ops as kinds } from "../../../src/kinds/ops/index.ts";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CapacityError } from "../../../src/ground/errors.ts";
import {
  formatBytes,
  LANES,
  type MemoryPlan,
  groupFields,
  groupNumbers,
  networkFields,
  refinementFields,
  refinementNumbers,
  opFields,
  PASS_TABLE_BYTES,
  passCapacity,
  passFields,
  type PassPlan,
  planMemory,
  planTraining,
  rowsOf,
  samplesFields,
  type SamplesPlan,
  STATE_COUNT,
  teamFields,
} from "../../../src/engine/wasm/layout.ts";
import { STEPS_LIMIT } from "../../../src/engine/engine.ts";
import { type NetworkShape, networkShape } from "../../../src/model/shape.ts";
import { randomCase } from "../../support/random-network.ts";

/** A range of memory; tensors that are planned to share one have the same offset. */
interface Tensor {
  readonly name: string;
  readonly offset: number;
  readonly byteLength: number;
}

const wide = (inputs: number, ...units: number[]): NetworkShape =>
  networkShape({ inputs, layers: units.map((n) => ({ units: n, activation: "tanh" })), loss: "meanSquaredError" });

function ofSamples(name: string, plan: SamplesPlan, { inputs, outputs }: NetworkShape): Tensor[] {
  const { capacity } = plan;
  return [
    { name: `${name}.table`, offset: plan.table, byteLength: samplesFields.length * 4 },
    { name: `${name}.inputs`, offset: plan.inputs, byteLength: capacity * inputs * 4 },
    { name: `${name}.targets`, offset: plan.targets, byteLength: capacity * outputs * 4 },
    { name: `${name}.outputs`, offset: plan.outputs, byteLength: capacity * outputs * 4 },
    { name: `${name}.order`, offset: plan.order, byteLength: capacity * 4 },
    ...(plan.weights === 0 ? [] : [{ name: `${name}.weights`, offset: plan.weights, byteLength: capacity * 4 }]),
  ];
}

function ofPass(name: string, plan: PassPlan, shape: NetworkShape, threads: number): Tensor[] {
  const { table, network, passes, ops, loss, heads } = plan;
  const panels = network.capacity / LANES;
  // A tile, the inputs of a single sample; and rows of weights, of whole pages, for the inputs' gradient.
  const room = Math.max(
    ...shape.layers.map(({ fanIn }, k) => Math.max(384 + 4 * fanIn, k > 0 && fanIn % 1024 === 0 ? 512 * fanIn : 0)),
  );
  const ends = (index: number, { table: op }: PassPlan["loss"]) => {
    const { fanIn, fanOut, input, output, dInput, dOutput } = op;
    return [
      { name: `${name}.input${index}`, offset: input, byteLength: panels * fanIn * 64 },
      { name: `${name}.output${index}`, offset: output, byteLength: panels * fanOut * 64 },
      ...(dInput === 0 ? [] : [{ name: `${name}.dInput${index}`, offset: dInput, byteLength: panels * fanIn * 64 }]),
      { name: `${name}.dOutput${index}`, offset: dOutput, byteLength: panels * fanOut * 64 },
    ];
  };
  return [
    { name: `${name}.table`, offset: table, byteLength: networkFields.length * 4 },
    { name: `${name}.ops`, offset: network.ops, byteLength: rowsOf(plan).length * opFields.length * 4 },
    { name: `${name}.losses`, offset: loss.table.output, byteLength: panels * 8 },
    ...heads.map((head, h) => ({ name: `${name}.losses${h}`, offset: head.loss.table.output, byteLength: panels * 8 })),
    { name: `${name}.passes`, offset: network.passes, byteLength: threads * PASS_TABLE_BYTES },
    ...passes.map(({ workspace }, i) => ({ name: `${name}.workspace${i}`, offset: workspace, byteLength: room })),
    { name: `${name}.weights`, offset: network.weights, byteLength: panels * 64 },
    { name: `${name}.y`, offset: passes[0]!.y, byteLength: panels * shape.outputs * 64 },
    ...ops.flatMap((op, i) => ends(i, op)),
    ...ops.flatMap(({ table: { kept, input, output, fanIn } }, i) => {
      const byteLength = panels * Math.ceil(fanIn / LANES) * LANES * 64;
      return [0, input, output].includes(kept) ? [] : [{ name: `${name}.packed${i}`, offset: kept, byteLength }];
    }),
  ];
}

function ofMemory(plan: MemoryPlan, shape: NetworkShape, threads = 1): Tensor[] {
  return [
    { name: "parameters", offset: plan.parameters, byteLength: plan.arenaBytes },
    { name: "gradients", offset: plan.gradients, byteLength: plan.arenaBytes },
    { name: "stepLosses", offset: plan.stepLosses, byteLength: STEPS_LIMIT * 8 },
    { name: "rates", offset: plan.rates, byteLength: STEPS_LIMIT * 8 },
    { name: "state", offset: plan.state, byteLength: STATE_COUNT * 8 },
    { name: "team", offset: plan.team, byteLength: 256 },
    ...ofPass("pass", plan.pass, shape, threads),
    ...ofPass("open", plan.open, shape, threads),
    ...ofSamples("scratch", plan.scratch, shape),
    ...ofSamples("weightedScratch", plan.weightedScratch, shape),
  ];
}

/** The names of those that overlap, but for those at the same place, which share it. */
function overlaps(tensors: Tensor[]): string[] {
  const sorted = [...tensors].sort((a, b) => a.offset - b.offset);
  return sorted.slice(1).flatMap((tensor, i) => {
    const before = sorted[i]!;
    const apart = before.offset === tensor.offset || before.offset + before.byteLength <= tensor.offset;
    return apart ? [] : [`${before.name} and ${tensor.name}`];
  });
}

/** The fields of a class of `assembly/tables.ts`, in order; those are marked that are not of 4 bytes. */
function fieldsOf(name: string): string[] {
  const source = readFileSync(new URL("../../../assembly/tables.ts", import.meta.url), "utf8");
  const body = new RegExp(`class ${name} \\{([^]*?)^\\}`, "m").exec(source)![1]!;
  const fields = [...body.matchAll(/^ {2}(\w+): (\w+);$/gm)];
  return fields.map(([, field, type]) => (type === "f64" ? `${field}: 8 bytes` : field!));
}

describe("the tables", () => {
  it("have the fields that the kernels read, in their order", () => {
    expect(fieldsOf("Op")).toEqual(opFields);
    expect(fieldsOf("Pass")).toEqual(passFields);
    expect(fieldsOf("Network")).toEqual(networkFields);
    expect(fieldsOf("Samples")).toEqual(samplesFields);
    const numbers = (names: readonly string[]) => names.map((name) => `${name}: 8 bytes`);
    expect(fieldsOf("Refinement")).toEqual([...numbers(refinementNumbers), ...refinementFields]);
    expect(fieldsOf("Group")).toEqual([...numbers(groupNumbers), ...groupFields]);
    expect(fieldsOf("Team").slice(0, teamFields.length)).toEqual(teamFields);
  });

  it("leave room between those of two threads", () => {
    expect(passFields.length * 4).toBeLessThanOrEqual(PASS_TABLE_BYTES);
  });
});

describe("the plan of memory", () => {
  const seeds = Array.from({ length: 200 }, (_, i) => i + 1);

  it("has room for the rows of heads, for their sums, and for the copy of a row that a thread works with", () => {
    const shape = networkShape({
      inputs: 5,
      layers: [{ units: 300, activation: "tanh" }],
      heads: {
        a: { units: 3, activation: "softmax", loss: "categoricalCrossEntropy" },
        b: { units: 1, activation: "gelu", loss: { name: "huber", delta: 2 } },
        c: { units: 7, activation: "sigmoid", loss: "meanSquaredError", weight: 0.25 },
      },
    });
    const plan = planMemory(shape, 2);
    expect(overlaps(ofMemory(plan, shape, 2))).toEqual([]);
    expect(rowsOf(plan.pass)).toHaveLength(shape.ops.length + 1 + 2 * 3);
    expect(opFields.length * 4).toBeLessThanOrEqual(kinds.heads.workspaceBytes!(11, 11, false));
  });

  it("lets no two tensors overlap, starts each at a cache line, and ends behind the last", () => {
    for (const seed of seeds) {
      const { shape, rows } = randomCase(seed);
      const threads = 1 + (seed % 3);
      const plan = planMemory(shape, threads);
      const own = ofMemory(plan, shape, threads);
      const training = planTraining(shape, plan, rows, 2, seed % 2 === 0);
      const slots = { name: "slots", offset: training.slots, byteLength: 2 * plan.arenaBytes };
      const tensors = [...own, slots, ...ofSamples("samples", training.samples, shape)];
      expect(overlaps(tensors), `seed ${seed}`).toEqual([]);
      for (const { name, offset, byteLength } of tensors) {
        expect(offset % 64, `seed ${seed}: ${name}`).toBe(0);
        expect(offset, `seed ${seed}: ${name}`).toBeGreaterThan(0);
        expect(offset + byteLength, `seed ${seed}: ${name}`).toBeLessThanOrEqual(training.byteLength);
      }
      for (const { name, offset, byteLength } of own) {
        expect(offset + byteLength, `seed ${seed}: ${name}`).toBeLessThanOrEqual(plan.byteLength);
      }
    }
  });

  it("shares places where a value is not needed again, and nowhere else", () => {
    for (const seed of seeds) {
      const { shape } = randomCase(seed);
      const { pass, open } = planMemory(shape);
      const last = shape.ops.length - 1;
      for (const [plan, isOpen] of [
        [pass, false],
        [open, true],
      ] as const) {
        plan.ops.forEach(({ table, kernels }, i) => {
          const label = `seed ${seed}, op ${i}, ${isOpen ? "open" : "training"}`;
          const isActivation = i % 2 === 1;
          const isFused = shape.fusedLoss && i === last;
          // Backward of most needs the outputs only, so s may become x in place; but a loss computed from the logits needs both.
          const keepsSum = isActivation && kinds[shape.ops[i]!.name].keeps === "input";
          expect(table.input === table.output, label).toBe(isActivation && !isFused && !isOpen && !keepsSum);
          expect(table.dInput === table.dOutput, label).toBe(isActivation && (isFused || !isOpen));
          expect(kernels.backward !== undefined, label).toBe(!isFused && (i > 0 || isOpen || table.kept !== 0));
        });
        const { input, kept, dInput } = plan.loss.table;
        expect(input, `seed ${seed}`).toBe(plan.ops[last]!.table.output);
        expect(kept, `seed ${seed}`).toBe(plan.ops[last]!.table[shape.fusedLoss ? "input" : "output"]);
        expect(dInput, `seed ${seed}`).toBe(plan.ops[last]!.table.dOutput);
        const places = plan.ops.flatMap(({ table }) => [table.output, table.dOutput]);
        const shared = places.length - new Set(places).size;
        const activations = shape.layers.length - (shape.fusedLoss ? 1 : 0);
        const keepSums = shape.ops.filter(({ name }, i) => i % 2 === 1 && kinds[name].keeps === "input").length;
        expect(shared, `seed ${seed}`).toBe(
          isOpen ? (shape.fusedLoss ? 1 : 0) : 2 * activations - keepSums + (shape.fusedLoss ? 1 : 0),
        );
      }
    }
  });

  it("joins ops: the output of one is the input of the next, and so are their derivatives", () => {
    const shape = wide(3, 4, 5, 2);
    const { pass, open, parameters, gradients } = planMemory(shape);
    for (const { ops } of [pass, open]) {
      ops.slice(1).forEach(({ table }, i) => {
        expect([table.input, table.dInput]).toEqual([ops[i]!.table.output, ops[i]!.table.dOutput]);
      });
      shape.ops.forEach((op, i) => {
        expect(ops[i]!.table.parameters).toBe(parameters + 4 * op.parameters);
        expect(ops[i]!.table.gradients).toBe(gradients + 4 * op.parameters);
      });
    }
    // Nobody asks for the derivative by the inputs, unless everything is to be seen.
    expect(pass.ops[0]!.table.dInput).toBe(0);
    expect(open.ops[0]!.table.dInput).toBeGreaterThan(0);
    expect(open.network.capacity).toBe(LANES);
  });

  it("takes as many samples in a pass as fit the cache, in whole panels", () => {
    expect(passCapacity(wide(2, 2, 1))).toBe(1024);
    expect(passCapacity(wide(784, 128, 10))).toBe(256);
    for (const seed of seeds) {
      const { shape } = randomCase(seed);
      expect(passCapacity(shape) % LANES, `seed ${seed}`).toBe(0);
    }
  });

  it("plans the training part anew behind the network's own", () => {
    const shape = wide(3, 4, 2);
    const own = planMemory(shape);
    const [without, withSlots] = [planTraining(shape, own, 100, 0), planTraining(shape, own, 100, 2)];
    expect(without.slots).toBe(own.byteLength);
    expect(withSlots.samples.inputs - without.samples.inputs).toBe(2 * own.arenaBytes);
  });

  it("refuses what is beyond 4 GiB with a size that can be read", () => {
    expect(() => planMemory(wide(2 ** 20, 2 ** 20))).toThrow(CapacityError);
    expect(() => planMemory(wide(2 ** 20, 2 ** 20))).toThrow(
      "memory: expected a network of 1099512676352 parameters to fit into 4.0 GiB of linear memory, got 8.0 TiB",
    );
    const shape = wide(100, 10);
    const own = planMemory(shape);
    expect(() => planTraining(shape, own, 1e8, 2)).toThrow(
      "expected 100000000 training rows and a network of 1010 parameters to fit into 4.0 GiB of linear memory, got 45.1 GiB",
    );
    expect(planTraining(shape, own, 8e6, 2).byteLength).toBeLessThan(2 ** 32);
  });

  it("writes sizes as people read them", () => {
    expect([0, 1023, 1024, 1536, 2 ** 20, 5 * 2 ** 30, 2 ** 50, 2 ** 62].map(formatBytes)).toEqual([
      "0 bytes",
      "1023 bytes",
      "1.0 KiB",
      "1.5 KiB",
      "1.0 MiB",
      "5.0 GiB",
      "1.0 PiB",
      "4096.0 PiB",
    ]);
  });
});
