import { describe, expect, it } from "vitest";
import { eachChunk, openRows, rowsFrom } from "../../src/explain/rows.ts";
import { Dataset, Network } from "../../src/index.ts";
import { askedOf } from "../../src/network/network.ts";

const layers = [{ units: 1, activation: "identity" }] as const;
const network = await Network.create({ inputs: 2, layers, loss: "meanSquaredError", engine: "strict" });
const asked = askedOf("test", network);
const count = asked.engine.scratch.capacity + 3;
const inputs = Array.from({ length: count }, (_, i) => [i, -i]);
const data = Dataset.from({ inputs, targets: inputs.map(([x]) => x!) });

describe("rows on their way into a network", () => {
  it("come as many at a time as are one pass, each once", async () => {
    const rows = await openRows("test", asked, data);
    const seen: [number, number][] = [];
    await eachChunk("test", asked, rows, undefined, (begin, end) => void seen.push([begin, end]));
    expect(seen).toEqual([[0, count - 3], [count - 3, count]]); // prettier-ignore
  });

  it("are looked at before they are shown", async () => {
    const rows = await openRows("test", asked, data);
    const wrong = { ...rows, inputs: Float64Array.from(rows.inputs).fill(1e39, 2 * count - 1) };
    let shown = 0;
    await expect(eachChunk("test", asked, wrong, undefined, () => void shown++)).rejects.toThrow(`row ${count}`);
    expect(shown).toBe(1);
    await expect(
      (async () => openRows("test", asked, Dataset.from({ inputs: [[1]], targets: [1] })))(),
    ).rejects.toThrow("expected 2 inputs a row, got 1");
  });

  it("are cut out without a copy", () => {
    const values = Float64Array.of(0, 1, 2, 3, 4, 5);
    const part = rowsFrom(values, 2, 1, 3);
    expect([...part]).toEqual([2, 3, 4, 5]);
    expect(part.buffer).toBe(values.buffer);
  });
});
