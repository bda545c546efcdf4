import { describe, expect, it } from "vitest";
import { CapacityError } from "../../../src/ground/errors.ts";
import {
  formatBytes,
  LANES,
  layerFields,
  type MemoryPlan,
  networkFields,
  passCapacity,
  type PassPlan,
  planMemory,
  planTraining,
  type SamplesPlan,
  STATE_COUNT,
  STEPS_LIMIT,
} from "../../../src/engine/wasm/layout.ts";
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
    { name: `${name}.table`, offset: plan.table, byteLength: 16 },
    { name: `${name}.inputs`, offset: plan.inputs, byteLength: capacity * inputs * 4 },
    { name: `${name}.targets`, offset: plan.targets, byteLength: capacity * outputs * 4 },
    { name: `${name}.outputs`, offset: plan.outputs, byteLength: capacity * outputs * 4 },
    { name: `${name}.order`, offset: plan.order, byteLength: capacity * 4 },
  ];
}

function ofPass(name: string, { table, network, layers }: PassPlan, shape: NetworkShape, threads: number): Tensor[] {
  const panels = network.capacity / LANES;
  return [
    { name: `${name}.table`, offset: table, byteLength: networkFields.length * 4 },
    { name: `${name}.layers`, offset: network.layers, byteLength: layers.length * layerFields.length * 4 },
    { name: `${name}.losses`, offset: network.losses, byteLength: panels * 8 },
    { name: `${name}.workspace`, offset: network.workspace, byteLength: threads * network.workspaceBytes },
    { name: `${name}.x`, offset: network.x, byteLength: panels * shape.inputs * 64 },
    { name: `${name}.y`, offset: network.y, byteLength: panels * shape.outputs * 64 },
    ...layers.flatMap((layer, k) =>
      (["s", "x", "dx", "ds"] as const).map((field) => ({
        name: `${name}.${field}${k + 1}`,
        offset: layer[field],
        byteLength: panels * layer.fanOut * 64,
      })),
    ),
    ...layers.flatMap(({ packed, fanIn }, k) => {
      const byteLength = panels * Math.ceil(fanIn / LANES) * LANES * 64;
      return packed === 0 ? [] : [{ name: `${name}.packed${k + 1}`, offset: packed, byteLength }];
    }),
  ];
}

function ofMemory(plan: MemoryPlan, shape: NetworkShape, threads = 1): Tensor[] {
  return [
    { name: "parameters", offset: plan.parameters, byteLength: plan.arenaBytes },
    { name: "gradients", offset: plan.gradients, byteLength: plan.arenaBytes },
    { name: "stepLosses", offset: plan.stepLosses, byteLength: STEPS_LIMIT * 8 },
    { name: "state", offset: plan.state, byteLength: STATE_COUNT * 8 },
    { name: "team", offset: plan.team, byteLength: 256 },
    ...ofPass("pass", plan.pass, shape, threads),
    ...ofPass("open", plan.open, shape, threads),
    ...ofSamples("scratch", plan.scratch, shape),
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

function sharing(tensors: Tensor[]): string[] {
  const names = new Map<number, string[]>();
  for (const { name, offset } of tensors) names.set(offset, [...(names.get(offset) ?? []), name]);
  return [...names.values()].filter(({ length }) => length > 1).map((group) => group.join(" "));
}

describe("the plan of memory", () => {
  const seeds = Array.from({ length: 200 }, (_, i) => i + 1);

  it("lets no two tensors overlap, starts each at a cache line, and ends behind the last", () => {
    for (const seed of seeds) {
      const { shape, rows } = randomCase(seed);
      const threads = 1 + (seed % 3);
      const plan = planMemory(shape, threads);
      const own = ofMemory(plan, shape, threads);
      const training = planTraining(shape, plan, rows, 2);
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
      const last = shape.layers.length;
      const passes = planMemory(shape);
      const expected = shape.layers.flatMap((_, k) =>
        shape.fusedLoss && k === last - 1
          ? [`pass.dx${k + 1} pass.ds${k + 1}`]
          : [`pass.s${k + 1} pass.x${k + 1}`, `pass.dx${k + 1} pass.ds${k + 1}`],
      );
      const tensors = ofMemory(passes, shape);
      const shared = sharing(tensors);
      const open = shape.fusedLoss ? [`open.dx${last} open.ds${last}`] : [];
      expect(shared.sort(), `seed ${seed}`).toEqual([...expected, ...open].sort());
    }
  });

  it("joins layers: the x of one is the input of the next, and so are their derivatives", () => {
    const shape = wide(3, 4, 5, 2);
    const { pass, open, parameters, gradients } = planMemory(shape);
    for (const { network, layers } of [pass, open]) {
      expect(layers.map(({ input }) => input)).toEqual([network.x, layers[0]!.x, layers[1]!.x]);
      expect(layers.slice(1).map(({ dInput }) => dInput)).toEqual([layers[0]!.dx, layers[1]!.dx]);
      expect(layers.map(({ w, b }) => [w, b])).toEqual(
        shape.layers.map(({ weights, biases }) => [parameters + 4 * weights, parameters + 4 * biases]),
      );
      expect(layers.map(({ dw, db }) => [dw, db])).toEqual(
        shape.layers.map(({ weights, biases }) => [gradients + 4 * weights, gradients + 4 * biases]),
      );
    }
    // Nobody asks for the derivative by the inputs, unless everything is to be seen.
    expect(pass.layers[0]!.dInput).toBe(0);
    expect(open.layers[0]!.dInput).toBeGreaterThan(0);
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
