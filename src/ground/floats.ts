/**
 * Arrays of numbers, told by what they are and not by whose: one from another realm, such as a frame, jsdom or a `vm`
 * context, is no `instanceof` this realm's classes.
 */

/** Numbers in a row: float32 in WebAssembly and its honest JavaScript rival, float64 in the oracle. */
export type Floats = Float32Array | Float64Array;

// What typed arrays of every realm answer, and nothing else: their own fields cannot hide it.
const typedArray = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array);
const nameOf = typedArray[Symbol.toStringTag].get!;
const lengthOf = typedArray.length.get!;
const bufferOf = typedArray.buffer.get!;
const byteOffsetOf = typedArray.byteOffset.get!;

/** "Float32Array", "Uint8Array" and so on; undefined for what is no typed array. */
export function typedArrayName(value: unknown): string | undefined {
  return nameOf.call(value);
}

export function isFloat32(value: unknown): value is Float32Array {
  return typedArrayName(value) === "Float32Array";
}

export function isFloats(value: unknown): value is Floats {
  const name = typedArrayName(value);
  return name === "Float32Array" || name === "Float64Array";
}

/** How many numbers a typed array has, whatever it says of itself. */
export function trueLength(array: ArrayBufferView): number {
  return lengthOf.call(array) as number;
}

/** A typed array itself, or where it is of another realm or of a derived class, this realm's own view of its numbers. */
export function plainArray<T extends ArrayBufferView>(array: T): T {
  type View = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;
  const Own = (globalThis as unknown as Record<string, View>)[typedArrayName(array)!]!;
  return Object.getPrototypeOf(array) === Own.prototype && !hasOwnAnswers(array)
    ? array
    : new Own(bufferOf.call(array), byteOffsetOf.call(array), lengthOf.call(array));
}

/** Whether what would be asked of an array has been put onto just this one. */
function hasOwnAnswers(array: object): boolean {
  return (
    Object.hasOwn(array, "length") ||
    Object.hasOwn(array, "subarray") ||
    Object.hasOwn(array, "slice") ||
    Object.hasOwn(array, "constructor")
  );
}

/** Of rows [*, width], columns begin to begin + count - 1, as rows of their own; the rows themselves where that is all of them. */
export function columnsOf(rows: Floats, width: number, begin: number, count: number): Floats {
  if (count === width) return rows;
  const length = (rows.length / width) * count;
  const columns = isFloat32(rows) ? new Float32Array(length) : new Float64Array(length);
  for (let at = begin, to = 0; to < length; at += width, to += count) {
    for (let i = 0; i < count; i++) columns[to + i] = rows[at + i]!;
  }
  return columns;
}
