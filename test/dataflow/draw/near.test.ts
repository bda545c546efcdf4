/** Lines near a box, by the grid, against looking at all of them. */
import { describe, expect, it } from "vitest";
import { lengthInside, type Point } from "../../../src/dataflow/draw/geometry.ts";
import { NearLines } from "../../../src/dataflow/draw/near.ts";
import { Random } from "../../../src/ground/random.ts";

const SEED = 9;

describe(`400 random lines, seed ${SEED}`, () => {
  const random = new Random(SEED);
  const coordinate = () => Math.round(2000 * (random.uniform() - 0.5));
  const line = (): Point[] => {
    const points = Array.from({ length: 2 + Math.floor(3 * random.uniform()) }, () => ({
      x: coordinate(),
      y: coordinate(),
    }));
    // Some are upright or level, as arrows often are.
    const [kind, last] = [random.uniform(), points.at(-1)!];
    if (kind < 0.2) points.push({ x: last.x, y: coordinate() });
    else if (kind < 0.4) points.push({ x: coordinate(), y: last.y });
    return points;
  };
  const lines = Array.from({ length: 400 }, line);
  const near = new NearLines(lines);

  it("have as much of their length in a box as they have in it", () => {
    for (let n = 0; n < 300; n++) {
      const box = {
        x: coordinate(),
        y: coordinate(),
        width: 10 + 200 * random.uniform(),
        height: 10 + 40 * random.uniform(),
      };
      const found = near.inside(box);
      lines.forEach((points, i) =>
        expect(found.get(i) ?? 0, `line ${i}, box ${n}`).toBeCloseTo(lengthInside(points, box), 9),
      );
    }
  });
});
