import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { adam } from "../../src/kinds/optimizers/index.ts";
import { checkpointPieces } from "../../src/model/formats/checkpoint.ts";
import { Network } from "../../src/network/network.ts";
import { loadCheckpoint } from "../../src/training/resume.ts";

const layers = [
  { units: 2, activation: "tanh" },
  { units: 1, activation: "sigmoid" },
] as const;
const inputs = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const data = Dataset.from({ inputs, targets: inputs.map((_, i) => i % 2) });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanegrad-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("what a checkpoint holds", () => {
  it("is the network, its frozen layers and where its training stands", async () => {
    const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", engine: "strict" });
    network.freeze(0);
    await network.fit(data, { epochs: 2, optimizer: adam() });
    const path = join(folder, "run.checkpoint");
    await network.checkpoint(path);
    const { name, description, frozen, learned, kept } = await loadCheckpoint("resume", path);
    expect([name, description, frozen]).toEqual([path, network.description, [0]]);
    expect([...learned.parameters]).toEqual([...network.parameters]);
    expect(kept.state().losses.length).toBe(2);
    expect((await kept.fingerprint()).rows).toBe(12);
  });

  it.each([
    [
      { description: { inputs: 2, layers, loss: "binaryCrossEntropy" }, preprocessing: null },
      "the state of a training",
    ],
    [{ description: { inputs: 2 }, preprocessing: null }, "layers"],
    [
      {
        description: { inputs: 2, layers, loss: "binaryCrossEntropy" },
        preprocessing: null,
        fingerprint: {},
        state: { session: {}, parameters: Float32Array.of(1), statistics: new Float32Array(0) },
      },
      "9 parameters, as described",
    ],
  ])("is refused where a part is missing or wrong: %#", async (content, expected) => {
    const path = join(folder, "wrong.checkpoint");
    await writeFile(path, Buffer.concat([...checkpointPieces(content)].map((piece) => piece.slice())));
    await expect(loadCheckpoint("resume", path)).rejects.toThrow(expected);
  });
});
