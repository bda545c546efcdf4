/**
 * The errors this library throws, and the words they are made of: every one says what was expected and what was got.
 * Kernels never throw; whatever could go wrong is refused here, at the door, before anything is changed.
 */

/** Longer messages are cut: what they quote can be whole files. */
const MESSAGE_LIMIT = 2000;

/**
 * The base of every error thrown on purpose by lanegrad. Its message is fit for a terminal, whatever it quotes: at most 2,000
 * characters, control characters escaped.
 */
export class LanegradError extends Error {
  override name = "LanegradError";

  constructor(message?: string, options?: ErrorOptions) {
    super(message === undefined ? undefined : cut(escaped(cut(message, MESSAGE_LIMIT)), MESSAGE_LIMIT), options);
  }
}

/** An argument, option, file or data set that cannot be used. Nothing was changed. */
export class InvalidInputError extends LanegradError {
  override name = "InvalidInputError";
}

/** A network or data set that does not fit into linear memory. Nothing was changed. */
export class CapacityError extends LanegradError {
  override name = "CapacityError";
}

/** The loss turned NaN or infinite while training. The network has its last good parameters again. */
export class DivergenceError extends LanegradError {
  override name = "DivergenceError";
  /** The epoch in which it happened, from 1. */
  readonly epoch: number;
  /** The step of the whole training run in which it happened, from 1. */
  readonly step: number;
  /** The first layer with a value that is not finite, from 1; undefined where every value is finite but the loss. */
  readonly layer: number | undefined;
  readonly loss: number;

  constructor(epoch: number, step: number, layer: number | undefined, loss: number) {
    const where = layer === undefined ? "" : `, first in layer ${layer}`;
    super(
      `training: expected a finite loss, got ${loss} at epoch ${epoch}, step ${step}${where}; ` +
        `the last good parameters are kept (a smaller learning rate often helps)`,
    );
    this.epoch = epoch;
    this.step = step;
    this.layer = layer;
    this.loss = loss;
  }
}

/** Throws an InvalidInputError: `where: expected X, got Y`. */
export function refuse(where: string, expected: string, got: string): never {
  throw new InvalidInputError(`${where}: expected ${expected}, got ${got}`);
}

/** What a check gives; what it refuses, with where that is before it. */
export function within<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(`${where}: ${cause.message}`, { cause });
  }
}

/** The beginning of a text that is too long; no character is cut in two. */
function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 3).replace(/[\uD800-\uDBFF]$/, "")}...` : text;
}

/** Without what would move the cursor, turn the line around or not be seen at all; line breaks stay. */
function escaped(text: string): string {
  return text.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** A short, safe picture of any value for an error message. */
export function show(value: unknown): string {
  if (typeof value === "string") return escaped(JSON.stringify(cut(value, 60)));
  if (typeof value === "bigint") return cut(`${value}n`, 60);
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (ArrayBuffer.isView(value)) {
    return `a ${kindOf(value)} of ${"length" in value ? value.length : value.byteLength}`;
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** As the language calls it, whatever its constructor says. */
function kindOf(view: ArrayBufferView): string {
  return Object.prototype.toString.call(view).slice(8, -1).slice(0, 60);
}

/** The one of `names` that is nearest to `name` by edit distance, if any is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = name.slice(0, 60).toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 2));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of names) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * Looks `name` up in a table, or refuses it with the valid name that was meant: by `synonyms`, from what others call it
 * (small letters and digits only) to its name here, or the nearest one.
 */
export function lookUp<T>(
  where: string,
  what: string,
  name: unknown,
  table: Readonly<Record<string, T>>,
  synonyms: Readonly<Record<string, string>> = {},
): T {
  if (typeof name === "string" && Object.hasOwn(table, name)) return table[name]!;
  const names = Object.keys(table);
  const hint = typeof name === "string" ? (synonym(name, synonyms) ?? nearest(name, names)) : undefined;
  const suggestion = hint === undefined ? "" : ` (did you mean ${show(hint)}?)`;
  return refuse(where, `${what}: one of ${names.join(", ")}`, show(name) + suggestion);
}

/** From what other libraries call a kind to its name here. */
export function synonymsOf(
  kinds: Readonly<Record<string, { readonly synonyms?: readonly string[] }>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(kinds).flatMap(([name, { synonyms = [] }]) => synonyms.map((word) => [word, name])),
  );
}

function synonym(name: string, synonyms: Readonly<Record<string, string>>): string | undefined {
  const plain = name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z\d]/g, "");
  return Object.hasOwn(synonyms, plain) ? synonyms[plain] : undefined;
}

/** Refuses anything that is not a plain object of known options; the nearest valid name is suggested. */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options) || ArrayBuffer.isView(options)) {
    refuse(where, "an object of options", show(options));
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const hint = nearest(name, known);
    const suggestion = hint === undefined ? "" : ` (did you mean ${show(hint)}?)`;
    refuse(where, known.length ? `options among ${known.join(", ")}` : "no options", show(name) + suggestion);
  }
}

/** Options of a factory, each read once: what was checked is what is used. */
export function readOptions<O extends object>(name: string, options: O, known: readonly (keyof O & string)[]): O {
  checkOptions(name, options, known);
  return { ...options };
}

/** What a number must be; `integer` for whole numbers. Bounds are inclusive unless named otherwise. */
export interface NumberBounds {
  integer?: boolean;
  min?: number;
  max?: number;
  /** The number must be greater than this. */
  above?: number;
  /** The number must be less than this. */
  below?: number;
}

/** Returns `value` if it is a finite number within bounds, or refuses it. */
export function checkNumber(where: string, value: unknown, bounds: NumberBounds = {}): number {
  const { integer = false, min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = bounds;
  if (
    typeof value === "number" &&
    Number.isFinite(value) &&
    (!integer || Number.isSafeInteger(value)) &&
    value >= min &&
    value <= max &&
    value > above &&
    value < below
  ) {
    return value;
  }
  const limits = [
    min > -Infinity ? `at least ${min}` : "",
    above > -Infinity ? `above ${above}` : "",
    max < Infinity ? `at most ${max}` : "",
    below < Infinity ? `below ${below}` : "",
  ].filter((text) => text !== "");
  return refuse(where, [integer ? "a whole number" : "a finite number", ...limits].join(", "), show(value));
}
