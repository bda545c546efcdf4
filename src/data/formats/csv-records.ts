/**
 * The records of CSV text (RFC 4180, and what people have) that comes in pieces. It finds where the cells of a record lie and
 * makes no text of them, so numbers are read from where they lie, and it says which were in quotes, which no library does
 * at speed. What cells mean is another question.
 *
 * A record ends with \n, \r\n or \r. A cell that begins with a quote ends with the next one that is not doubled; blanks may
 * follow. Any other quote is a character like others.
 */
import { refuse } from "../../ground/errors.ts";
import { type Cells, isBlank, readNumber } from "../cells.ts";

const QUOTE = 34;
const LF = 10;
const CR = 13;
const BYTE_ORDER_MARK = 0xfeff;

export class CsvRecords implements Cells {
  /** The line of the text where the record starts, from 1. */
  line = 1;
  /** How many cells the record has. */
  count = 0;
  readonly #name: string;
  readonly #delimiter: number;
  #text = "";
  /** Where the next record begins. */
  #at = 0;
  #nextLine = 1;
  /** What has come since, not yet joined to the text; and whether more is to come. */
  #waiting: string[] = [];
  #waitingLength = 0;
  #hasEnded = false;
  #isFirst = true;
  /** Of each cell, where it lies in the text, and whether it was in quotes: no, yes, or yes and with what to replace. */
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  readonly #quotes: (0 | 1 | 2)[] = [];

  constructor(name: string, delimiter: string) {
    this.#name = name;
    this.#delimiter = delimiter.charCodeAt(0);
  }

  push(piece: string): void {
    this.#waiting.push(piece);
    this.#waitingLength += piece.length;
  }

  /** No more pieces will come. */
  end(): void {
    this.#hasEnded = true;
  }

  /**
   * Goes to the next record that is not blank: whether there is one. If not, another piece may bring it.
   * @throws InvalidInputError for quotes that do not end, or are followed by text.
   */
  next(): boolean {
    for (;;) {
      if (!this.#scan()) {
        if (!this.#join()) return false;
      } else if (!this.#isBlankLine()) return true;
    }
  }

  text(place: number): string {
    const text = this.#text.slice(this.#begins[place], this.#ends[place]);
    return this.#quotes[place] === 2 ? text.replaceAll('""', '"').replace(/\r\n?/g, "\n") : text;
  }

  isQuoted(place: number): boolean {
    return this.#quotes[place] !== 0;
  }

  number(place: number): number {
    return readNumber(this.#text, this.#begins[place]!, this.#ends[place]!);
  }

  /**
   * Joins what has come to what is left: whether there is more to look at. A record that is longer than the text is looked at
   * again when the text has doubled, so that the longest takes linear time.
   */
  #join(): boolean {
    const left = this.#text.length - this.#at;
    if (this.#waiting.length === 0 || (this.#waitingLength < left && !this.#hasEnded)) return false;
    this.#text = this.#text.slice(this.#at) + this.#waiting.join("");
    this.#at = 0;
    this.#waiting = [];
    this.#waitingLength = 0;
    if (this.#isFirst && this.#text.length > 0) {
      this.#isFirst = false;
      if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) this.#at = 1;
    }
    return true;
  }

  /** Looks for the cells of the next record: whether it is there as a whole. */
  #scan(): boolean {
    const text = this.#text;
    const isWhole = this.#hasEnded && this.#waiting.length === 0;
    const { length } = text;
    let at = this.#at;
    if (at === length) return false;
    let count = 0;
    let breaks = 1;
    for (;;) {
      if (text.charCodeAt(at) === QUOTE) {
        const end = this.#closingQuote(at + 1, isWhole);
        if (end === -1) return false;
        breaks += this.#addQuoted(count++, at + 1, end);
        at = end + 1;
        while (at < length && text.charCodeAt(at) !== this.#delimiter && isSpace(text.charCodeAt(at))) at++;
      } else {
        this.#begins[count] = at;
        at = this.#endOfPlain(at);
        this.#ends[count] = at;
        this.#quotes[count++] = 0;
      }
      if (at === length) {
        if (!isWhole) return false;
        break;
      }
      const code = text.charCodeAt(at);
      if (code === this.#delimiter) {
        at++;
        continue;
      }
      if (code !== LF && code !== CR) this.#refuseQuotes("text after the closing one");
      if (code === CR && at + 1 === length && !isWhole) return false;
      at += code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      break;
    }
    this.#at = at;
    this.count = count;
    this.line = this.#nextLine;
    this.#nextLine += breaks;
    return true;
  }

  #endOfPlain(from: number): number {
    const text = this.#text;
    const delimiter = this.#delimiter;
    let at = from;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === delimiter || code === LF || code === CR) break;
      at++;
    }
    return at;
  }

  /** Where the quote is that ends a cell; -1 where it is yet to come. */
  #closingQuote(from: number, isWhole: boolean): number {
    const text = this.#text;
    for (let at = from; ; at += 2) {
      at = text.indexOf('"', at);
      if (at === -1 && isWhole) this.#refuseQuotes("one that does not end");
      if (at === -1 || (at + 1 === text.length && !isWhole)) return -1;
      if (text.charCodeAt(at + 1) !== QUOTE) return at;
    }
  }

  /** Notes a cell that was in quotes, and counts its line breaks. */
  #addQuoted(place: number, begin: number, end: number): number {
    const text = this.#text;
    let breaks = 0;
    let isPlain = true;
    for (let at = begin; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE || code === CR) isPlain = false;
      if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) breaks++;
    }
    this.#begins[place] = begin;
    this.#ends[place] = end;
    this.#quotes[place] = isPlain ? 1 : 2;
    return breaks;
  }

  #refuseQuotes(got: string): never {
    return refuse(`${this.#name}, row ${this.#nextLine}`, "well-formed quotes", got);
  }

  #isBlankLine(): boolean {
    if (this.count > 1) return false;
    for (let at = this.#begins[0]!; at < this.#ends[0]!; at++) {
      if (!isBlank(this.#text.charCodeAt(at))) return false;
    }
    return true;
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
