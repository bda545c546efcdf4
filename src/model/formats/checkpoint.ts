/**
 * Plain data with typed arrays in them, such as the state of a training, as one binary file. It is laid out as safetensors
 * are, so that others can read the arrays: eight bytes of length, a header in JSON, then the numbers of one array after
 * another, little-endian. All else is JSON within the header's metadata. The last array is a checksum of everything before
 * its own numbers; what has been cut off or changed is refused.
 */
import { CapacityError, InvalidInputError, refuse } from "../../ground/errors.ts";
import { textDecoder } from "../../ground/host.ts";
import { Hash } from "../../ground/hash.ts";
import { breathe, sliceIsOver } from "../../ground/scheduler.ts";
import type { Source } from "../../ground/source.ts";

type Numbers = Float32Array | Float64Array | Uint32Array;

const kinds = { F32: Float32Array, F64: Float64Array, U32: Uint32Array };
type Kind = keyof typeof kinds;

interface Entry {
  readonly dtype: Kind;
  readonly shape: readonly [number];
  readonly data_offsets: readonly [number, number];
}

const FORMAT = "lanegrad checkpoint";
const VERSION = "1";
const CHECKSUM = "checksum";
/** Bytes that are written or read at a time: well below a millisecond of work, and whole words. */
const PIECE_BYTES = 2 ** 18;
/** The most bytes of a header: what one string of JSON can have. */
const HEADER_LIMIT = 2 ** 28;
/** A header is as long as so many bytes, so that the numbers behind it lie well. */
const ALIGNMENT = 8;

/**
 * The bytes of a file. What is in `content` is looked at when the first piece is asked for, and the numbers of its arrays
 * as their turn comes.
 */
export function* checkpointPieces(content: unknown): Generator<Uint8Array, void, undefined> {
  const arrays = new Map<string, Numbers>();
  const plain = JSON.stringify(withoutArrays(content, "", arrays));
  const hash = new Hash();
  const header = headerOf(plain, arrays);
  hash.add(wordsOf(header));
  yield header;
  for (const array of arrays.values()) {
    for (let at = 0; at < array.byteLength; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, array.byteLength - at);
      // A copy: memory that threads share cannot be written to a file everywhere, and what is hashed is what is written.
      const piece = new Uint8Array(array.buffer, array.byteOffset + at, length).slice();
      hash.add(wordsOf(piece));
      yield piece;
    }
  }
  yield bytesOf(hash.words);
}

function headerOf(content: string, arrays: ReadonlyMap<string, Numbers>): Uint8Array {
  const table: Record<string, Entry> = {};
  let at = 0;
  for (const [name, array] of [...arrays, [CHECKSUM, new Uint32Array(2)] as const]) {
    const end = at + array.byteLength;
    table[name] = { dtype: kindOf(array)!, shape: [array.length], data_offsets: [at, end] };
    at = end;
  }
  const text = JSON.stringify({ __metadata__: { format: FORMAT, version: VERSION, content }, ...table });
  const bytes = new TextEncoder().encode(text);
  const length = Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(bytes, 8);
  return header;
}

function kindOf(value: unknown): Kind | undefined {
  return (Object.keys(kinds) as Kind[]).find((kind) => value instanceof kinds[kind]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Bytes that begin and end with words. */
function wordsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** The same as JSON can hold it: arrays, functions and numbers that it does not know have a mark in their places. */
function withoutArrays(value: unknown, path: string, arrays: Map<string, Numbers>): unknown {
  if (typeof value === "function") return { $function: value.name };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (typeof value !== "object" || value === null) return value;
  if (kindOf(value) !== undefined) {
    arrays.set(path, value as Numbers);
    return { $array: path };
  }
  const below = (name: string) => (path === "" ? name : `${path}.${name}`);
  if (Array.isArray(value)) return value.map((part, i) => withoutArrays(part, below(String(i)), arrays));
  return Object.fromEntries(Object.entries(value).map(([k, part]) => [k, withoutArrays(part, below(k), arrays)]));
}

/**
 * What was written, with arrays of its own. No more is reserved than the file has bytes.
 * @throws InvalidInputError for any other file, and one that has been changed or cut off; CapacityError where there is no
 *   memory for it.
 */
export async function readCheckpoint(source: Source): Promise<unknown> {
  const { name, byteLength } = source;
  const bytes = new Bytes(name, source.chunks());
  try {
    const hash = new Hash();
    const start = await bytes.take(8, byteLength);
    const length = new DataView(start.buffer).getBigUint64(0, true);
    if (length > byteLength - 8 || length > HEADER_LIMIT || length % BigInt(ALIGNMENT) !== 0n) refuseForeign(name);
    const header = await bytes.take(Number(length), byteLength);
    const { content, table } = await readHeader(name, header, byteLength - 8 - header.length);
    hash.add(wordsOf(start));
    hash.add(wordsOf(header));
    const arrays = new Map<string, Numbers>();
    for (const [key, { dtype, shape }] of table) {
      const array = allocate(name, kinds[dtype], shape[0]);
      if (key === CHECKSUM) await checkSum(name, bytes, hash);
      else await bytes.read(bytesOf(array), hash);
      arrays.set(key, array);
    }
    return withArrays(name, content, arrays);
  } finally {
    await bytes.close();
  }
}

async function checkSum(name: string, bytes: Bytes, hash: Hash): Promise<void> {
  const found = new Uint32Array((await bytes.take(8, 8)).buffer);
  if (found[0] === hash.words[0] && found[1] === hash.words[1]) return;
  refuse(name, "a checkpoint as it was written", "one whose checksum is not that of its bytes");
}

async function readHeader(name: string, bytes: Uint8Array, dataLength: number) {
  let header: unknown;
  try {
    const Decoder = await textDecoder();
    header = JSON.parse(new Decoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    refuseForeign(name);
  }
  if (typeof header !== "object" || header === null || !("__metadata__" in header)) refuseForeign(name);
  const { __metadata__: metadata, ...entries } = header as { readonly __metadata__: unknown };
  const { format, version, content } = Object(metadata) as Record<string, unknown>;
  if (format !== FORMAT || typeof content !== "string") refuseForeign(name);
  if (version !== VERSION) refuse(name, `version ${VERSION} of a checkpoint, the only one known here`, String(version));
  const table = Object.entries<Entry>(entries);
  let at = 0;
  for (const [, entry] of table) at = endOf(name, entry, at);
  if (table.at(-1)?.[0] !== CHECKSUM) refuseForeign(name);
  if (at !== dataLength) refuse(name, `a checkpoint with ${at} bytes of numbers`, `one with ${dataLength}`);
  return { content, table };
}

/** Where the numbers of an array end that begin at `at`. */
function endOf(name: string, entry: Entry, at: number): number {
  const { dtype, shape, data_offsets: offsets } = Object(entry) as Partial<Entry>;
  const count = Array.isArray(shape) && shape.length === 1 ? (shape[0] as unknown) : undefined;
  const isKnown = typeof dtype === "string" && Object.hasOwn(kinds, dtype) && Number.isSafeInteger(count);
  if (!isKnown || (count as number) < 0 || !Array.isArray(offsets)) refuseForeign(name);
  const end = at + (count as number) * kinds[dtype as Kind].BYTES_PER_ELEMENT;
  if (offsets.length !== 2 || offsets[0] !== at || offsets[1] !== end) refuseForeign(name);
  return end;
}

function allocate(name: string, Kind: new (count: number) => Numbers, count: number): Numbers {
  try {
    return new Kind(count);
  } catch {
    throw new CapacityError(`${name}: expected arrays that fit into memory, got one of ${count} numbers`);
  }
}

function withArrays(name: string, content: string, arrays: ReadonlyMap<string, Numbers>): unknown {
  try {
    return JSON.parse(content, (_, value: unknown) => {
      if (typeof value !== "object" || value === null) return value;
      if ("$array" in value) return arrays.get(String(value.$array)) ?? refuseForeign(name);
      return "$number" in value ? Number(value.$number) : value;
    });
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    return refuseForeign(name);
  }
}

function refuseForeign(name: string): never {
  return refuse(name, "a checkpoint, as network.checkpoint or the option checkpoint writes it", "another file, or a part of one"); // prettier-ignore
}

/** The bytes of a file, as many at a time as are asked for. */
class Bytes {
  readonly #name: string;
  readonly #chunks: AsyncGenerator<Uint8Array, void, undefined>;
  #chunk = new Uint8Array(0);

  constructor(name: string, chunks: AsyncGenerator<Uint8Array, void, undefined>) {
    this.#name = name;
    this.#chunks = chunks;
  }

  /** limit: how many there can be at all. */
  async take(count: number, limit: number): Promise<Uint8Array<ArrayBuffer>> {
    if (count > limit) refuseForeign(this.#name);
    const bytes = new Uint8Array(count);
    await this.read(bytes);
    return bytes;
  }

  async read(to: Uint8Array, hash?: Hash): Promise<void> {
    for (let at = 0, hashed = 0; at < to.length;) {
      if (this.#chunk.length === 0) {
        const { done, value } = await this.#chunks.next();
        if (done) refuseForeign(this.#name);
        this.#chunk = value as Uint8Array<ArrayBuffer>;
      }
      const part = this.#chunk.subarray(0, to.length - at);
      to.set(part, at);
      this.#chunk = this.#chunk.subarray(part.length);
      at += part.length;
      const whole = at - (at % 4);
      hash?.add(wordsOf(to.subarray(hashed, whole)));
      hashed = whole;
      if (sliceIsOver()) await breathe();
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return();
  }
}
