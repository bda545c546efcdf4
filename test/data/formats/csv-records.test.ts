/** Records of CSV text. What cells mean: csv.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvRecords } from "../../../src/data/formats/csv-records.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";

interface Record {
  readonly line: number;
  readonly cells: readonly string[];
}

function readAll(pieces: readonly string[], delimiter = ","): Record[] {
  const records = new CsvRecords("CSV", delimiter);
  const all: Record[] = [];
  const take = () => {
    while (records.next()) {
      const cells = Array.from({ length: records.count }, (_, i) => (records.isQuoted(i) ? "q" : "") + records.text(i));
      all.push({ line: records.line, cells });
    }
  };
  for (const piece of pieces) {
    records.push(piece);
    take();
  }
  records.end();
  take();
  return all;
}

/** The same by the letter: one character after the other. */
function readSlowly(text: string): Record[] {
  const all: Record[] = [];
  let [line, start, cells, cell] = [1, 1, [] as string[], undefined as string | undefined];
  const endRecord = () => {
    cells.push(cell ?? "");
    if (cells.length > 1 || cells[0]!.replace(/^q/, "").trim() !== "") all.push({ line: start, cells });
    [cells, cell, start] = [[], undefined, line];
  };
  for (let at = text.startsWith("\uFEFF") ? 1 : 0; at < text.length; at++) {
    const isBreak = text[at] === "\n" || text[at] === "\r";
    if (isBreak) {
      if (text[at] === "\r" && text[at + 1] === "\n") at++;
      line++;
      endRecord();
    } else if (text[at] === ",") {
      cells.push(cell ?? "");
      cell = "";
    } else if (text[at] === '"' && (cell ?? "") === "") {
      cell = "q";
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) throw new InvalidInputError("a quote that does not end");
        if (text[at] === '"') at++;
        const lineBreak = text[at] === "\n" || text[at] === "\r";
        if (lineBreak) line++;
        if (text[at] === "\r" && text[at + 1] === "\n") at++;
        cell += lineBreak ? "\n" : text[at];
      }
      while (text[at + 1] === " ") at++;
      if (at + 1 < text.length && !",\n\r".includes(text[at + 1]!)) throw new InvalidInputError("text after a quote");
    } else cell = (cell ?? "") + text[at];
  }
  if (cell !== undefined || cells.length > 0) endRecord();
  return all;
}

const texts = fc.string({
  unit: fc.constantFrom("a", ",", ",", "\n", "\r", "\r\n", '"', '"', '""', " ", "\uFEFF", "1"),
});

describe("records", () => {
  it("are what the text says by the letter, wherever it is cut into pieces", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(40)), (text, cuts) => {
        const places = [0, ...cuts.filter((at) => at <= text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((at, i) => text.slice(places[i], at));
        let expected: Record[] | undefined;
        try {
          expected = readSlowly(text);
        } catch {
          expect(() => readAll([text])).toThrow(InvalidInputError);
          expect(() => readAll(pieces)).toThrow(InvalidInputError);
          return;
        }
        expect(readAll([text])).toEqual(expected);
        expect(readAll(pieces)).toEqual(expected);
      }),
      { seed: 40, numRuns: 5000 },
    );
  });

  it("say where they start, and which cells were in quotes", () => {
    expect(readAll(['a,"b"\r\n\r\n"c\r\rd","e""e" ,\n  \nf'])).toEqual([
      { line: 1, cells: ["a", "qb"] },
      { line: 3, cells: ["qc\n\nd", 'qe"e', ""] },
      { line: 7, cells: ["f"] },
    ]);
  });

  it("take linear time, however long a record and however short the pieces", () => {
    const pieces = ['a,"', ...Array.from({ length: 20_000 }, () => "x".repeat(200))];
    expect(readAll([...pieces, '"\n1,2'])).toHaveLength(2);
    expect(() => readAll(pieces)).toThrow("CSV, row 1: expected well-formed quotes, got one that does not end");
  });
});
