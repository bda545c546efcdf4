/**
 * The text of a network's JSON, written and read in pieces, so that it may be longer than a string and nobody has to wait
 * for all of it. What is read in pieces is laid out as it was written here, number for number; any other layout, one that a
 * person has edited for instance, is read whole.
 */
import { readText, type Source } from "../../ground/source.ts";
import { refuse } from "../../ground/errors.ts";
import { STRING_LIMIT } from "../../ground/host.ts";
import type { Preprocessing } from "../../data/preprocess/pipeline.ts";
import type { NetworkDescription } from "../description.ts";
import type { Learned } from "../learned.ts";
import { type NetworkShape, networkShape } from "../shape.ts";
import { fromSaved, newLearned, parse, readHead, type ReadNetwork, readRow } from "./from-json.ts";
import { checkFinite, type SavedTensor, savedTensors, writerOf } from "./json.ts";

/** Characters of text that are made at a time: a millisecond or two of work. */
const PIECE = 2 ** 15;
/** From so many bytes on, a file is read in pieces. */
const STREAM_BYTES = 2 ** 20;
/** The fewest bytes that a parameter takes: a digit and what follows it. */
const PARAMETER_BYTES = 2;
const START = '{"format":"lanegrad","version":1,"description":';
/** Layers of the description, which comes before, begin otherwise. */
const LAYERS = ',"layers":[{"weights":[';

/**
 * The text of `toSaved`, as JSON.stringify would write it, of any number of parameters.
 * @throws InvalidInputError, when it comes to them, for parameters that are not finite.
 */
export function* savedPieces(
  description: NetworkDescription,
  preprocessing: Preprocessing | null,
  learned: Learned,
): Generator<string, void, undefined> {
  let text = "";
  for (const part of savedParts(description, preprocessing, learned)) {
    text += part;
    if (text.length < PIECE) continue;
    yield text;
    text = "";
  }
  yield text;
}

function* savedParts(
  description: NetworkDescription,
  preprocessing: Preprocessing | null,
  learned: Learned,
): Generator<string, void, undefined> {
  const write = writerOf(learned.parameters);
  const head = JSON.stringify({ format: "lanegrad", version: 1, description, preprocessing });
  yield `${head.slice(0, -1)},"layers":[`;
  for (const [k, layer] of networkShape(description).layers.entries()) {
    for (const [t, tensor] of savedTensors(layer).entries()) {
      yield opening(k, t, tensor);
      for (const [i, { begin, count }] of tensor.rows.entries()) {
        if (i > 0) yield "],[";
        for (let at = begin; at < begin + count; at++) {
          yield `${at > begin ? "," : ""}${write(checkFinite(k, learned[tensor.arena][at]!))}`;
        }
      }
      yield tensor.isFlat ? "]" : "]]";
    }
    yield "}";
  }
  yield "]}";
}

/** What is written before the first number of tensor t of layer k, from 0. */
function opening(k: number, t: number, { name, isFlat }: SavedTensor): string {
  const before = t > 0 ? "," : k === 0 ? "{" : ",{";
  return `${before}"${name}":${isFlat ? "[" : "[["}`;
}

/**
 * Reads a file that `save` wrote, of any size.
 * @throws InvalidInputError naming the part that is missing or wrong.
 */
export async function readSaved(source: Source): Promise<ReadNetwork> {
  const { name, byteLength } = source;
  if (byteLength >= STREAM_BYTES) {
    const read = await fromPieces(source.pieces(), byteLength, name);
    if (read !== undefined) return read;
  }
  if (byteLength > STRING_LIMIT) {
    refuse(name, `a text laid out as save writes it, or of at most ${STRING_LIMIT} bytes`, `${byteLength} bytes`);
  }
  return fromSaved(await readText(source), name);
}

/**
 * Reads the pieces of a text of `byteLength` bytes; undefined if it is laid out otherwise. No more is reserved than so many
 * bytes can speak of.
 * @throws InvalidInputError naming the part that is missing or wrong.
 */
export async function fromPieces(
  pieces: AsyncGenerator<string, void, undefined>,
  byteLength: number,
  name: string,
): Promise<ReadNetwork | undefined> {
  const text = new Reader(pieces);
  try {
    if (!(await text.takes(START))) return undefined;
    const head = await text.upTo(LAYERS);
    if (head === undefined) return undefined;
    const { description, preprocessing } = readHead(parse(`${START}${head}}`, name), name);
    const shape = networkShape(description);
    const { parameterCount } = shape;
    if (parameterCount * PARAMETER_BYTES > byteLength) {
      refuse(name, `${parameterCount} parameters, as described`, `a file of ${byteLength} bytes`);
    }
    const learned = newLearned(name, shape);
    return (await readLayers(text, learned, shape, name)) ? { description, preprocessing, ...learned } : undefined;
  } finally {
    await pieces.return();
  }
}

/** Whether the layers, from behind the first `[` on, are laid out as they are written. */
async function readLayers(
  text: Reader,
  to: ReturnType<typeof newLearned>,
  { layers }: NetworkShape,
  name: string,
): Promise<boolean> {
  const behindMark = opening(0, 0, savedTensors(layers[0]!)[0]!).slice('{"weights":['.length);
  for (const [k, layer] of layers.entries()) {
    for (const [t, tensor] of savedTensors(layer).entries()) {
      if (!(await text.takes(k + t === 0 ? behindMark : opening(k, t, tensor)))) return false;
      for (const [i, { begin, count, name: rowName }] of tensor.rows.entries()) {
        if (i > 0 && !(await text.takes(",["))) return false;
        const row = await text.upTo("]");
        if (row === undefined) return false;
        const where = `${name}: layer ${k + 1}, ${rowName}`;
        readRow(to[tensor.arena], begin, where, parse(`[${row}]`, where), count, tensor.min);
      }
      if (!tensor.isFlat && !(await text.takes("]"))) return false;
    }
    if (!(await text.takes("}"))) return false;
  }
  return (await text.takes("]}")) && (await text.isAtEnd());
}

/** A text that comes in pieces. */
class Reader {
  readonly #pieces: AsyncGenerator<string, void, undefined>;
  #text = "";
  #at = 0;

  constructor(pieces: AsyncGenerator<string, void, undefined>) {
    this.#pieces = pieces;
  }

  /** Whether there was more. */
  async #more(): Promise<boolean> {
    const { value, done } = await this.#pieces.next();
    if (done) return false;
    this.#text = this.#text.slice(this.#at) + value;
    this.#at = 0;
    return true;
  }

  /** Passes over `literal`, if it is what comes next. */
  async takes(literal: string): Promise<boolean> {
    while (this.#text.length - this.#at < literal.length && (await this.#more()));
    const isNext = this.#text.startsWith(literal, this.#at);
    if (isNext) this.#at += literal.length;
    return isNext;
  }

  /** What comes before `mark`, which is passed over too; undefined where there is none. */
  async upTo(mark: string): Promise<string | undefined> {
    for (let from = this.#at; ;) {
      const end = this.#text.indexOf(mark, from);
      if (end >= 0) {
        const found = this.#text.slice(this.#at, end);
        this.#at = end + mark.length;
        return found;
      }
      const searched = Math.max(0, this.#text.length - this.#at - mark.length);
      if (this.#text.length > STRING_LIMIT / 2 || !(await this.#more())) return undefined;
      from = searched;
    }
  }

  /** Whether nothing but blanks comes. */
  async isAtEnd(): Promise<boolean> {
    do {
      if (this.#text.slice(this.#at).trim() !== "") return false;
      this.#at = this.#text.length;
    } while (await this.#more());
    return true;
  }
}
