/** Plain data in a binary file, read back as they were; what becomes of a training by it is tested with trainings. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSource } from "../../../src/ground/source.ts";
import { checkpointPieces, readCheckpoint } from "../../../src/model/formats/checkpoint.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "lanegrad-format-"))));
afterAll(() => rm(folder, { recursive: true }));

/** The file, and what is read of it. */
async function through(content: unknown) {
  const path = join(folder, "data");
  const pieces = [...checkpointPieces(content)];
  const bytes = Buffer.concat(pieces);
  await writeFile(path, bytes);
  return { bytes, pieces, read: await readCheckpoint(await openSource("test", path)) };
}

const content = {
  names: ["a", 'b"', "ü\u2028"],
  nothing: null,
  numbers: [0.1, -0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53],
  inner: { floats: Float32Array.of(1.5, NaN, -0), list: [Float64Array.of(Math.PI), new Uint32Array(0)], isTrue: true },
  words: Uint32Array.of(1, 2 ** 32 - 1),
};

describe("plain data in a file", () => {
  it("come back as they were, every number and every array", async () => {
    const { read } = await through(content);
    expect(read).toEqual(content);
    expect(Object.is((read as typeof content).numbers[1], -0)).toBe(true);
  });

  it("leave out what is undefined, and say of a function that there was one", async () => {
    const { read } = await through({ rate: Math.sin, none: undefined });
    expect(read).toEqual({ rate: { $function: "sin" } });
  });

  it("lie as safetensors do: a table of arrays, one behind another, a checksum as the last", async () => {
    const { bytes } = await through(content);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const { __metadata__: metadata, ...table } = JSON.parse(bytes.toString("utf8", 8, 8 + length));
    expect(metadata).toMatchObject({ format: "lanegrad checkpoint", version: "1", content: expect.any(String) });
    expect(table).toEqual({
      "inner.floats": { dtype: "F32", shape: [3], data_offsets: [0, 12] },
      "inner.list.0": { dtype: "F64", shape: [1], data_offsets: [12, 20] },
      "inner.list.1": { dtype: "U32", shape: [0], data_offsets: [20, 20] },
      words: { dtype: "U32", shape: [2], data_offsets: [20, 28] },
      checksum: { dtype: "U32", shape: [2], data_offsets: [28, 36] },
    });
    expect(bytes.length).toBe(8 + length + 36);
    expect(bytes.readFloatLE(8 + length)).toBe(1.5);
  });

  it("are made and read in pieces, arrays of shared memory too", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(4_000_000)).map((_, i) => Math.sin(i));
    const view = new Float32Array(new SharedArrayBuffer(4_000_000));
    view.set(shared);
    const { pieces, read } = await through({ view });
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
    expect(pieces.every(({ buffer }) => buffer instanceof ArrayBuffer)).toBe(true);
    expect(read).toEqual({ view: shared });
  });

  it("are what they are when their turn comes: one that changes meanwhile is still a whole file", async () => {
    const array = new Float32Array(200_000);
    const path = join(folder, "changing");
    const parts = [];
    for (const piece of checkpointPieces({ array })) {
      parts.push(piece);
      array.fill(parts.length);
    }
    await writeFile(path, Buffer.concat(parts));
    const { array: read } = (await readCheckpoint(await openSource("test", path))) as { array: Float32Array };
    expect([read[0], read.at(-1)]).toEqual([1, 4]);
  });
});
