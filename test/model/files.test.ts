import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { loadModel, saveModel } from "../../src/model/files.ts";
import { Network } from "../../src/network/network.ts";
import { learned } from "../support/random-network.ts";
import { twoHidden } from "../support/titanic.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanegrad-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a network in a file", () => {
  it("is read as it was written, and called by the file's name", async () => {
    const path = join(folder, "model.json");
    const parameters = Float64Array.from({ length: 9 }, (_, i) => i / 7);
    await saveModel("save", path, { description: twoHidden, preprocessing: null, learned: learned(parameters) });
    const read = await loadModel("load", path);
    expect(read).toMatchObject({ name: path, description: twoHidden, preprocessing: null });
    expect([...read.parameters]).toEqual([...parameters]);
  });

  it("is refused with the name of its file", async () => {
    const path = join(folder, "foreign.json");
    await writeFile(path, '{"format": "other"}');
    await expect(Network.load(path)).rejects.toThrow(`${path}: expected format "lanegrad", got "other"`);
    await expect(Network.load(join(folder, "none.json"))).rejects.toThrow(
      /none.json: expected a readable file in UTF-8, got ENOENT/,
    );
    await expect(Network.load(folder)).rejects.toThrow("expected a readable file in UTF-8, got EISDIR");
    await expect(Network.load("")).rejects.toThrow('load: expected a path or a URL, got ""');
    await expect(Network.load("a\0b")).rejects.toThrow(InvalidInputError);
  });
});
