import { describe, expect, it } from "vitest";
import { type Box, overlap } from "../../../src/dataflow/draw/geometry.ts";
import { alongLine, aroundCircle, placeLabels, type Wanted } from "../../../src/dataflow/draw/labels.ts";

const size = { width: 30, height: 14 };
const at = (x: number, y: number, cost = 0) => ({ box: { x, y, ...size }, cost });
const wanted = (...candidates: ReturnType<typeof at>[]): Wanted => ({ candidates, line: undefined });

describe("labels", () => {
  it("stand at their best place where that is free", () => {
    const { boxes, crossings } = placeLabels([wanted(at(0, 0, 5), at(100, 0, 1), at(200, 0, 3))], [], []);
    expect(boxes).toEqual([at(100, 0).box]);
    expect(crossings).toBe(0);
  });

  it("stand on no circle, whatever it costs, and nowhere if all places are taken", () => {
    const circle: Box = { x: 0, y: 0, width: 50, height: 50 };
    const { boxes } = placeLabels([wanted(at(0, 0), at(200, 0, 999)), wanted(at(10, 0), at(20, 5))], [circle], []);
    expect(boxes).toEqual([at(200, 0).box, undefined]);
  });

  it("stand on no other label: who has the fewest places chooses first", () => {
    const { boxes } = placeLabels([wanted(at(0, 0), at(100, 0, 1)), wanted(at(5, 0))], [], []);
    expect(boxes).toEqual([at(100, 0).box, at(5, 0).box]);
  });

  it("keep clear of lines of others, not of their own", () => {
    const line = [
      { x: -50, y: 0 },
      { x: 50, y: 0 },
    ];
    const candidates = [at(0, 0), at(0, 40, 5)];
    expect(placeLabels([{ candidates, line: undefined }], [], [line]).boxes).toEqual([candidates[1]!.box]);
    expect(placeLabels([{ candidates, line: 0 }], [], [line]).boxes).toEqual([candidates[0]!.box]);
    const forced = placeLabels([wanted(candidates[0]!)], [], [line]);
    expect(forced.boxes).toEqual([candidates[0]!.box]);
    expect(forced.crossings).toBe(1);
  });
});

describe("places on a line", () => {
  const line = [
    { x: 0, y: 0 },
    { x: 300, y: 0 },
  ];

  it("are on it where others are near, beside it where it is alone; the middle is the best", () => {
    const best = (isLone: boolean) => alongLine(line, size, isLone).toSorted((a, b) => a.cost - b.cost)[0]!.box;
    expect(best(false)).toEqual({ x: 150, y: 0, ...size });
    const beside = best(true);
    expect(beside.x).toBeCloseTo(150, 9);
    expect(Math.abs(beside.y)).toBeGreaterThan(size.height / 2);
  });

  it("are beside it where the label would hide it", () => {
    const short = [line[0]!, { x: 40, y: 0 }];
    const best = alongLine(short, size, false).toSorted((a, b) => a.cost - b.cost)[0]!.box;
    expect(Math.abs(best.y)).toBeGreaterThan(size.height / 2);
  });
});

describe("places around a circle", () => {
  const circle: Box = { x: 10, y: 20, width: 54, height: 54 };

  it("are all off it, the first below, or above if that is asked for", () => {
    for (const isAboveFirst of [false, true]) {
      const places = aroundCircle(circle, size, isAboveFirst);
      for (const { box } of places) expect(overlap(box, circle)).toBe(false);
      const best = places.toSorted((a, b) => a.cost - b.cost)[0]!.box;
      expect(best.x).toBe(circle.x);
      expect(Math.sign(best.y - circle.y)).toBe(isAboveFirst ? -1 : 1);
    }
  });
});
