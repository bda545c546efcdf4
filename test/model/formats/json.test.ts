import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineName } from "../../../src/engine/create.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { Network } from "../../../src/network/network.ts";
import { bitsOf } from "../../support/engines.ts";
import { randomCase } from "../../support/random-network.ts";
import { twoHidden } from "../../support/titanic.ts";

const engines = ["strict", "fused", "float32", "float64"] as const satisfies EngineName[];
const standardization = { mean: [29.69911764705882, 0.1], std: [14.516321150817316, 0.3] };

/** Numbers of every size, down to float32's smallest and up to its largest. */
const awkward = [0.1, 1 / 3, -Math.PI, 1e-45, 3.4028234663852886e38, -1.17549435e-38, 16777217, 1e-8, 0];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanegrad-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(engines)("a network of the %s engine", (engine) => {
  it("comes back from JSON bit by bit", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { description } = randomCase(seed);
      const network = await Network.create({ ...description, seed, engine });
      const again = await Network.fromJSON(JSON.stringify(network), { engine });
      expect(bitsOf(again.parameters), `seed ${seed}`).toEqual(bitsOf(network.parameters));
      expect(again.description).toEqual(network.description);
    }
  });

  it("comes back from a file, its standardization too, and predicts the same", async () => {
    const network = await Network.create({ ...twoHidden, engine });
    network.parameters.set(awkward);
    network.standardize(standardization);
    const path = join(folder, `${engine}.json`);
    await network.save(path);
    const again = await Network.load(path, { engine });
    expect(bitsOf(again.parameters)).toEqual(bitsOf(network.parameters));
    expect(again.standardization).toEqual(standardization);
    const rows = [
      [22, 1],
      [38, 0],
    ];
    expect(bitsOf(again.predict(rows))).toEqual(bitsOf(network.predict(rows)));
    expect(again.engine.tier).toBe(engine);
  });

  it("runs in every other engine", async () => {
    const network = await Network.create({ ...twoHidden, seed: 3, engine });
    for (const other of engines) {
      const again = await Network.fromJSON(network.toJSON(), { engine: other });
      // Nine digits are all of a float32; a wider engine reads just these.
      expect([...again.parameters].map(Math.fround), other).toEqual([...network.parameters].map(Math.fround));
    }
  });
});

it("keeps float64 numbers that float32 cannot", async () => {
  const network = await Network.create({ ...twoHidden, engine: "float64" });
  network.parameters.set([0.1, 1e-300, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53 - 1, 1 + 2 ** -52, 0, 1, 2]);
  const again = await Network.fromJSON(JSON.stringify(network), { engine: "float64" });
  expect(bitsOf(again.parameters)).toEqual(bitsOf(network.parameters));
  for (const engine of ["strict", "fused", "float32"] as const) {
    await expect(Network.fromJSON(JSON.stringify(network), { engine })).rejects.toThrow(InvalidInputError);
    await expect(Network.fromJSON(JSON.stringify(network), { engine })).rejects.toThrow(
      "saved network: expected parameters that float32 can hold, got 1.7976931348623157e+308",
    );
  }
});

it("is what a person can read", async () => {
  const network = await Network.create({ ...twoHidden, engine: "strict", initialization: "zeros" });
  network.parameters[0] = 0.1;
  expect(JSON.parse(JSON.stringify(network))).toEqual({
    format: "lanegrad",
    version: 1,
    description: twoHidden,
    preprocessing: null,
    layers: [
      {
        weights: [
          [0.100000001, 0],
          [0, 0],
        ],
        biases: [0, 0],
      },
      { weights: [[0, 0]], biases: [0] },
    ],
  });
});

describe("saving", () => {
  it("leaves the old file, and nothing beside it, where the new one cannot be written", async () => {
    const network = await Network.create(twoHidden);
    const inside = join(folder, "taken");
    await mkdir(inside);
    await writeFile(join(inside, "old"), "old");
    // A folder with something in it cannot be replaced by a file.
    await expect(network.save(inside)).rejects.toThrow(InvalidInputError);
    await expect(network.save(inside)).rejects.toThrow(`${inside}: expected a file that can be written, got a folder`);
    expect(await readFile(join(inside, "old"), "utf8")).toBe("old");
    expect((await readdir(folder)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it.each([
    ["in a folder that is not there", () => join(folder, "none", "model.json")],
    ["below a file", () => join(folder, "taken", "old", "model.json")],
    ["with a name that is too long", () => join(folder, "x".repeat(5000))],
    ["with a zero in its name", () => join(folder, "a\0b")],
    ["with no name", () => ""],
  ])("%s is refused", async (_, path) => {
    const network = await Network.create(twoHidden);
    await expect(network.save(path())).rejects.toThrow(InvalidInputError);
  });

  it("does not replace a good file by one that could not be read again", async () => {
    const path = join(folder, "good.json");
    const network = await Network.create(twoHidden);
    await network.save(path);
    const good = await readFile(path, "utf8");
    for (const rubbish of [NaN, -Infinity]) {
      network.weights[1]![0] = rubbish;
      await expect(network.save(path)).rejects.toThrow(`layer 2: expected finite parameters, got ${rubbish}`);
      expect(await readFile(path, "utf8")).toBe(good);
    }
  });

  it("replaces the old file whole", async () => {
    const path = join(folder, "model.json");
    await writeFile(path, "x".repeat(100_000));
    const network = await Network.create(twoHidden);
    await network.save(path);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(JSON.parse(JSON.stringify(network)));
    expect((await readdir(folder)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});
