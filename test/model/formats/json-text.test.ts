import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withStandardization } from "../../../src/data/preprocess/pipeline.ts";
import { CapacityError, InvalidInputError } from "../../../src/ground/errors.ts";
import { toSaved } from "../../../src/model/formats/json.ts";
import { openSource } from "../../../src/ground/source.ts";
import { fromPieces, readSaved, savedPieces } from "../../../src/model/formats/json-text.ts";
import { networkShape } from "../../../src/model/shape.ts";
import type { NetworkDescription } from "../../../src/model/description.ts";
import { Network } from "../../../src/network/network.ts";
import { bitsOf } from "../../support/engines.ts";
import { learned, randomCase } from "../../support/random-network.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanegrad-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** 150,000 parameters: more than a megabyte of text. */
const large: NetworkDescription = {
  inputs: 300,
  layers: [
    { units: 490, activation: "tanh" },
    { units: 3, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
};
const standardization = {
  mean: Array.from({ length: 300 }, (_, i) => i / 7),
  std: Array.from({ length: 300 }, (_, i) => 1 + i / 3),
};
const preprocessing = withStandardization("it", null, standardization, 3);
const numbers = Float32Array.from(
  { length: networkShape(large).parameterCount },
  (_, i) => Math.sin(i) * 10 ** ((i % 60) - 30),
);
const whole = [...savedPieces(large, preprocessing, learned(numbers))].join("");

async function* inPieces(text: string, length: number): AsyncGenerator<string, void, undefined> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

describe("the text in pieces", () => {
  it("is what JSON.stringify would write", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { description, parameters } = randomCase(seed);
      for (const values of [parameters, Float32Array.from(parameters)]) {
        const text = [...savedPieces(description, null, learned(values))].join("");
        expect(text, `seed ${seed}`).toBe(JSON.stringify(toSaved(description, null, learned(values))));
      }
    }
    expect(whole).toBe(JSON.stringify(toSaved(large, preprocessing, learned(numbers))));
  });

  it("is made a little at a time", () => {
    const pieces = [...savedPieces(large, preprocessing, learned(numbers))];
    expect(pieces.length).toBeGreaterThan(20);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(50_000);
  });

  it("is refused where it comes to a number that JSON does not have", () => {
    const wrong = numbers.slice();
    wrong[wrong.length - 1] = NaN;
    expect(() => [...savedPieces(large, null, learned(wrong))]).toThrow("layer 2: expected finite parameters, got NaN");
  });
});

describe("a text that is read in pieces", () => {
  it.each([1000, 4093, 2 ** 20])("comes back bit by bit, from pieces of %i", async (length) => {
    const read = await fromPieces(inPieces(whole, length), whole.length, "it");
    expect(read!.description).toEqual(large);
    expect(read!.preprocessing).toEqual(preprocessing);
    expect(bitsOf(Float32Array.from(read!.parameters))).toEqual(bitsOf(numbers));
  });

  it("may come letter by letter, whatever the network", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { description, parameters } = randomCase(seed);
      const text = [...savedPieces(description, null, learned(parameters))].join("");
      const read = await fromPieces(inPieces(text, 1), text.length, "it");
      expect(read!.parameters, `seed ${seed}`).toEqual(Float64Array.from(parameters));
    }
  });

  it.each([
    [
      "a row too long",
      ']],"biases":[',
      ']],"biases":[1,',
      "layer 1, biases: expected an array of 490 numbers, got an array of 491",
    ],
    ["what is no JSON", ']],"biases":[', '1.2.3]],"biases":[', "weights of unit 490: expected JSON, got"],
    [
      "a number that is none",
      "[[",
      "[[null,",
      "layer 1, weights of unit 1: expected an array of 300 numbers, got an array of 301",
    ],
  ])("names the place of %s", async (_, mark, instead, message) => {
    const text = whole.replace(mark!, instead!);
    await expect(fromPieces(inPieces(text, 5000), text.length, "it")).rejects.toThrow(InvalidInputError);
    await expect(fromPieces(inPieces(text, 5000), text.length, "it")).rejects.toThrow(message);
  });

  it.each([
    ["cut off", whole.slice(0, -3)],
    ["followed by more", `${whole}{}`],
    ["of keys in another order", whole.replace('"format":"lanegrad",', "").replace(/\}$/, ',"format":"lanegrad"}')],
    ["for people", JSON.stringify(JSON.parse(whole), null, 1)],
    ["empty", ""],
  ])("is left to others where it is %s", async (_, text) => {
    expect(await fromPieces(inPieces(text, 5000), text.length, "it")).toBeUndefined();
  });

  it("makes no room for more parameters than its bytes can speak of", async () => {
    const plain = [...savedPieces(large, null, learned(numbers))].join("");
    const greedy = plain.replace('"units":490', '"units":1048576').replace('"units":3', '"units":1048576');
    await expect(fromPieces(inPieces(greedy, 5000), greedy.length, "it")).rejects.toThrow(
      /^it: expected 1099828297728 parameters, as described, got a file of \d+ bytes$/,
    );
  });
});

describe("a file", () => {
  it("of a large network is saved and loaded in pieces, also while it is changed", async () => {
    const path = join(folder, "large.json");
    const network = await Network.create({ ...large, engine: "strict" });
    network.standardize(standardization);
    network.parameters.set(numbers);
    const saved = network.save(path);
    network.parameters.fill(0);
    await saved;
    const again = await Network.load(path, { engine: "strict" });
    expect(bitsOf(again.parameters)).toEqual(bitsOf(numbers));
    expect(again.standardization).toEqual(standardization);
  });

  it("in any other layout is read whole, and an error names its place as ever", async () => {
    const path = join(folder, "edited.json");
    await writeFile(path, JSON.stringify(JSON.parse(whole), null, 1));
    expect((await readSaved(await openSource("load", path))).description).toEqual(large);
    await writeFile(path, whole.slice(0, -3));
    await expect(readSaved(await openSource("load", path))).rejects.toThrow(InvalidInputError);
    await expect(readSaved(await openSource("load", path))).rejects.toThrow("expected JSON, got");
  });
});

it("toJSON refuses beforehand what one string cannot hold", () => {
  const parameters = { length: 2 ** 26, BYTES_PER_ELEMENT: 4 } as Float32Array;
  const description = {
    inputs: 8191,
    layers: [{ units: 8192, activation: "tanh" }],
    loss: "meanSquaredError",
  } as const;
  expect(() => toSaved(description, null, learned(parameters))).toThrow(CapacityError);
  expect(() => toSaved(description, null, learned(parameters))).toThrow(
    /^toJSON: expected at most \d+ parameters, so that one string holds their JSON, got 67108864; save writes/,
  );
});
