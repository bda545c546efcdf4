/**
 * Which lines of a drawing are near a box, found without looking at all of them: their straight parts lie in cells of a
 * grid, and a box looks into the cells that it is over.
 */
import type { Box, Point } from "./geometry.ts";
import { boundsOf, lengthInside } from "./geometry.ts";

/** In pixels: about the size of a label. */
const CELL = 48;

/** A straight part of a line. */
interface Part {
  readonly line: number;
  readonly ends: readonly [Point, Point];
}

export class NearLines {
  readonly #cells = new Map<string, Part[]>();

  constructor(lines: readonly (readonly Point[])[]) {
    for (const [line, points] of lines.entries()) {
      for (let i = 1; i < points.length; i++) {
        const ends = [points[i - 1]!, points[i]!] as const;
        for (const key of cellsAlong(ends)) {
          const cell = this.#cells.get(key);
          if (cell === undefined) this.#cells.set(key, [{ line, ends }]);
          else cell.push({ line, ends });
        }
      }
    }
  }

  /** How much of the length of each line is inside a box, where that is more than nothing. */
  inside(box: Box): Map<number, number> {
    const lengths = new Map<number, number>();
    const seen = new Set<Part["ends"]>();
    for (const key of cellsOver(box)) {
      for (const { line, ends } of this.#cells.get(key) ?? []) {
        if (seen.has(ends)) continue;
        seen.add(ends);
        const length = lengthInside(ends, box);
        if (length > 0) lengths.set(line, (lengths.get(line) ?? 0) + length);
      }
    }
    return lengths;
  }
}

/** Those that a straight part goes through: column by column, since a long one is over far more than it touches. */
function cellsAlong([a, b]: Part["ends"]): string[] {
  const [left, right] = a.x <= b.x ? [a, b] : [b, a];
  const keys: string[] = [];
  const slope = right.x === left.x ? 0 : (right.y - left.y) / (right.x - left.x);
  const last = Math.floor(right.x / CELL);
  for (let column = Math.floor(left.x / CELL); column <= last; column++) {
    const from = left.y + slope * (Math.max(left.x, column * CELL) - left.x);
    const to = column === last ? right.y : left.y + slope * ((column + 1) * CELL - left.x);
    const [top, bottom] = [Math.floor(Math.min(from, to) / CELL), Math.floor(Math.max(from, to) / CELL)];
    for (let row = top; row <= bottom; row++) keys.push(`${column} ${row}`);
  }
  return keys;
}

function cellsOver(box: Box): string[] {
  const { left, top, right, bottom } = boundsOf([box]);
  const keys: string[] = [];
  for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) {
    for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) keys.push(`${column} ${row}`);
  }
  return keys;
}
