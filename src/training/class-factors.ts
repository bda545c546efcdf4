/** By what the weights of rows are multiplied, class by class. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import type { LearnedColumn } from "../data/preprocess/pipeline.ts";
import type { Column } from "../data/schema.ts";
import { lookUp, refuse } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import type { ClassWeight } from "./class-weights.ts";

/** What each class of some rows weighs, and so the factors of their weights. */
export class ClassFactors {
  readonly #where: string;
  readonly #given: ClassWeight;
  readonly #names: readonly string[];
  readonly #sums: Float64Array;

  /** columns: what is known of the targets; width: how many numbers those of a row are. */
  constructor(where: string, given: ClassWeight, columns: readonly (Column | LearnedColumn)[], width: number) {
    this.#where = where;
    this.#given = given;
    this.#names = namesOf(columns, width);
    this.#sums = new Float64Array(this.#names.length);
  }

  /** @throws InvalidInputError for rows whose targets do not name one class each. */
  add({ count, targets, targetWidth, weights, first }: EncodedRows): void {
    for (let row = 0; row < count; row++) {
      const place = classOf(targets, targetWidth, row);
      if (place === -1) {
        refuse(`${this.#where}, row ${first + row + 1}`, "targets that name one class, by 0 and 1", "others");
      }
      this.#sums[place]! += weights ? weights[row]! : 1;
    }
  }

  /**
   * [classes]: by what the weight of a row is multiplied.
   * @throws InvalidInputError for a class that is not there, and where nothing would weigh anything.
   */
  result(): Float64Array {
    const [where, given, sums] = [this.#where, this.#given, this.#sums];
    const factors = given === "balanced" ? balanced(sums) : named(where, given, this.#names);
    const weighs = factors.some((factor, k) => factor * sums[k]! > 0);
    return weighs ? factors : refuse(where, "a class with rows and a weight above 0", "none");
  }
}

function balanced(sums: Float64Array): Float64Array {
  const total = sums.reduce((sum, part) => sum + part, 0);
  const classes = sums.filter((sum) => sum > 0).length;
  return sums.map((sum) => (sum > 0 ? total / (classes * sum) : 1));
}

function named(where: string, given: Readonly<Record<string, number>>, names: readonly string[]): Float64Array {
  const places = Object.fromEntries(names.map((name, place) => [name, place]));
  const factors = new Float64Array(names.length).fill(1);
  for (const [name, weight] of Object.entries(given)) factors[lookUp(where, "class", name, places)] = weight;
  return factors;
}

/** A single output says whether it is class 1. */
function namesOf(columns: readonly (Column | LearnedColumn)[], width: number): readonly string[] {
  const [column] = columns;
  if (columns.length === 1 && column?.kind === "category" && width > 1) return column.categories;
  return Array.from({ length: Math.max(width, 2) }, (_, i) => String(i));
}

/** The class that a row's targets name, or -1. */
export function classOf(targets: Floats, width: number, row: number): number {
  if (width === 1) return targets[row] === 0 || targets[row] === 1 ? targets[row]! : -1;
  let found = -1;
  for (let i = 0; i < width; i++) {
    const target = targets[row * width + i];
    if (target === 0) continue;
    if (target !== 1 || found !== -1) return -1;
    found = i;
  }
  return found;
}
