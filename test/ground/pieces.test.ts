import { describe, expect, it } from "vitest";
import { atOnce, inSlices, type Pieces } from "../../src/ground/pieces.ts";

function* work(pieces: number, milliseconds: number, done: number[]): Pieces<string> {
  for (let i = 0; i < pieces; i++) {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    done.push(i);
    yield;
  }
  return "done";
}

describe("work in pieces", () => {
  it("comes to the same at once and in slices", async () => {
    const [a, b]: number[][] = [[], []];
    expect(atOnce(work(5, 0, a!))).toBe("done");
    expect(await inSlices(work(5, 0, b!))).toBe("done");
    expect(a).toEqual(b);
  });

  it("gives the host its turn in between", async () => {
    let turns = 0;
    const count = () => void (turns++, (timer = setImmediate(count)));
    let timer = setImmediate(count);
    await inSlices(work(40, 2, []));
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(2);
  });

  it("ends when the signal is aborted", async () => {
    const controller = new AbortController();
    const done: number[] = [];
    setTimeout(() => controller.abort(new Error("enough")), 10);
    await expect(inSlices(work(1000, 1, done), controller.signal)).rejects.toThrow("enough");
    expect(done.length).toBeLessThan(1000);
  });

  it("lets errors through", async () => {
    function* fails(): Pieces<void> {
      yield;
      throw new TypeError("mine");
    }
    expect(() => atOnce(fails())).toThrow(new TypeError("mine"));
    await expect(inSlices(fails())).rejects.toThrow(new TypeError("mine"));
  });
});
