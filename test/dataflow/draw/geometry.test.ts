import { describe, expect, it } from "vitest";
import {
  along,
  borderPoint,
  borderToBorder,
  boundsOf,
  clearance,
  lengthInside,
  lengthOf,
  overlap,
  smooth,
} from "../../../src/dataflow/draw/geometry.ts";

const circle = { x: 0, y: 0, width: 20, height: 20 };
const pill = { x: 100, y: 0, width: 60, height: 20 };

describe("boxes", () => {
  it("overlap, touch, or keep a gap", () => {
    expect(overlap(circle, { ...circle, x: 19 })).toBe(true);
    expect(overlap(circle, { ...circle, x: 20 })).toBe(false);
    expect(overlap(circle, { ...circle, x: 22 }, 3)).toBe(true);
    expect(overlap(circle, { ...circle, x: 19, y: 21 })).toBe(false);
  });

  it("have bounds", () => {
    expect(boundsOf([circle, { x: 50, y: -30 }])).toEqual({ left: -10, top: -30, right: 50, bottom: 10 });
  });
});

describe("lines", () => {
  const line = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
  ];

  it("have lengths, and places along them", () => {
    expect(lengthOf(line)).toBe(20);
    expect(along(line, 0.25)).toEqual({ point: { x: 5, y: 0 }, direction: { x: 1, y: 0 } });
    expect(along(line, 1)).toEqual({ point: { x: 10, y: 10 }, direction: { x: 0, y: 1 } });
    expect(along([line[0]!], 0.5).point).toEqual(line[0]);
    expect(along([line[0]!, line[0]!], 0.5).point).toEqual(line[0]);
  });

  it("are inside of boxes with a part of their length", () => {
    expect(lengthInside(line, { x: 10, y: 0, width: 4, height: 4 })).toBeCloseTo(4, 9);
    expect(lengthInside(line, { x: 5, y: 5, width: 4, height: 4 })).toBe(0);
    expect(lengthInside(line, { x: 5, y: 5, width: 40, height: 40 })).toBe(20);
  });

  it("are clear of round ends by how near they come", () => {
    const level = (y: number) => [
      { x: -100, y },
      { x: 200, y },
    ];
    expect(clearance(level(25), circle)).toBe(15);
    expect(clearance(level(0), pill)).toBe(-10);
    expect(
      clearance(
        [
          { x: 140, y: 0 },
          { x: 160, y: 0 },
        ],
        pill,
      ),
    ).toBe(10);
    // A corner of the box around, but not of the circle.
    expect(
      clearance(
        [
          { x: 9, y: 9 },
          { x: 30, y: 9 },
        ],
        circle,
      ),
    ).toBeGreaterThan(2);
    expect(
      clearance(
        [
          { x: 90, y: -50 },
          { x: 110, y: 50 },
        ],
        pill,
      ),
    ).toBe(-10);
  });
});

describe("arrows", () => {
  it("leave and reach round ends at right angles", () => {
    expect(borderToBorder(circle, pill)).toEqual([
      { x: 10, y: 0 },
      { x: 70, y: 0 },
    ]);
    const above = { x: 90, y: -60, width: 20, height: 20 };
    const [from, to] = borderToBorder(above, pill);
    expect(from.x).toBeCloseTo(90, 6);
    expect(to).toEqual({ x: 90, y: -10 });
    expect(borderPoint(circle, { x: 30, y: 40 })).toEqual({ x: 6, y: 8 });
    expect(borderPoint(circle, circle)).toEqual({ x: 0, y: 0 });
  });

  it("are smooth from end to end", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 50, y: 40 },
      { x: 100, y: 0 },
    ];
    const line = smooth(points);
    expect(line[0]).toEqual(points[0]);
    expect(line.at(-1)!.x).toBeCloseTo(100, 6);
    expect(line.at(-1)!.y).toBeCloseTo(0, 6);
    for (let i = 1; i < line.length; i++) {
      expect(line[i]!.x).toBeGreaterThanOrEqual(line[i - 1]!.x);
      expect(line[i]!.y).toBeLessThan(40);
    }
    expect(smooth(points.slice(0, 2))).toEqual(points.slice(0, 2));
  });
});
