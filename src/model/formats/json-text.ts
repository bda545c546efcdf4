/**
 * The text of a network's JSON, written and read in pieces, so that it may be longer than a string and nobody has to wait
 * for all of it. What is read in pieces is laid out as it was written here, number for number; any other layout, one that a
 * person has edited for instance, is read whole.
 */
import { readText, type Source } from "../../ground/source.ts";
import type { Floats } from "../../ground/floats.ts";
import { refuse } from "../../ground/errors.ts";
import type { Preprocessing } from "../../data/preprocess/pipeline.ts";
import type { NetworkDescription } from "../description.ts";
import { networkShape } from "../shape.ts";
import {
  checkFinite,
  fromSaved,
  newParameters,
  parse,
  readHead,
  type ReadNetwork,
  readRow,
  STRING_LIMIT,
  writerOf,
} from "./json.ts";

/** Characters of text that are made at a time: a millisecond or two of work. */
const PIECE = 2 ** 15;
/** From so many bytes on, a file is read in pieces. */
const STREAM_BYTES = 2 ** 20;
/** The fewest bytes that a parameter takes: a digit and what follows it. */
const PARAMETER_BYTES = 2;
const START = '{"format":"lanegrad","version":1,"description":';
const LAYERS = ',"layers":[{"weights":[[';

/**
 * The text of `toSaved`, as JSON.stringify would write it, of any number of parameters.
 * @throws InvalidInputError, when it comes to them, for parameters that are not finite.
 */
export function* savedPieces(
  description: NetworkDescription,
  preprocessing: Preprocessing | null,
  parameters: Floats,
): Generator<string, void, undefined> {
  let text = "";
  for (const part of savedParts(description, preprocessing, parameters)) {
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
  parameters: Floats,
): Generator<string, void, undefined> {
  const write = writerOf(parameters);
  const head = JSON.stringify({ format: "lanegrad", version: 1, description, preprocessing });
  yield `${head.slice(0, -1)},"layers":[`;
  for (const [k, { fanIn, fanOut, weights, biases }] of networkShape(description).layers.entries()) {
    yield k === 0 ? '{"weights":[[' : ',{"weights":[[';
    for (let at = weights; at < biases; at++) {
      const comma = at === weights ? "" : (at - weights) % fanIn === 0 ? "],[" : ",";
      yield `${comma}${write(checkFinite(k, parameters[at]!))}`;
    }
    yield ']],"biases":[';
    for (let i = 0; i < fanOut; i++) yield `${i > 0 ? "," : ""}${write(checkFinite(k, parameters[biases + i]!))}`;
    yield "]}";
  }
  yield "]}";
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
    const { parameterCount } = networkShape(description);
    if (parameterCount * PARAMETER_BYTES > byteLength) {
      refuse(name, `${parameterCount} parameters, as described`, `a file of ${byteLength} bytes`);
    }
    const parameters = newParameters(name, parameterCount);
    return (await readLayers(text, parameters, description, name))
      ? { description, preprocessing, parameters }
      : undefined;
  } finally {
    await pieces.return();
  }
}

/** Whether the layers, from behind the first `[[` on, are laid out as they are written. */
async function readLayers(
  text: Reader,
  to: Float64Array,
  description: NetworkDescription,
  name: string,
): Promise<boolean> {
  const { layers } = networkShape(description);
  for (const [k, { fanIn, fanOut, weights, biases }] of layers.entries()) {
    const where = `${name}: layer ${k + 1}`;
    if (k > 0 && !(await text.takes(',{"weights":[['))) return false;
    for (let i = 0; i < fanOut; i++) {
      if (i > 0 && !(await text.takes(",["))) return false;
      const row = await text.upTo("]");
      if (row === undefined) return false;
      const unit = `${where}, weights of unit ${i + 1}`;
      readRow(to, weights + i * fanIn, unit, parse(`[${row}]`, unit), fanIn);
    }
    if (!(await text.takes('],"biases":['))) return false;
    const row = await text.upTo("]");
    if (row === undefined || !(await text.takes("}"))) return false;
    readRow(to, biases, `${where}, biases`, parse(`[${row}]`, `${where}, biases`), fanOut);
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
