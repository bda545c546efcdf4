import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMarks, isBlank, readNumber } from "../../src/data/cells.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";

const read = (text: string) => readNumber(text, 0, text.length);

describe("readNumber", () => {
  it("reads what Number reads of a decimal number, bit by bit", () => {
    const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength });
    const parts = fc.tuple(fc.constantFrom("", "-", "+"), digits(18), fc.constantFrom("", "."), digits(18), fc.constantFrom("", "e5", "E-7", "e+300", "e-330")); // prettier-ignore
    const anyNumber = fc.oneof(
      parts.map((texts) => texts.join("")),
      fc.double({ noNaN: true }).map(String),
    );
    fc.assert(
      fc.property(anyNumber, (text) => {
        const isDecimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
        expect(Object.is(read(text), isDecimal ? Number(text) : NaN), text).toBe(true);
      }),
      { seed: 60, numRuns: 20_000 },
    );
  });

  it.each([
    "",
    " ",
    "-",
    "+",
    ".",
    "-.",
    "1.2.3",
    "1-",
    "--1",
    "1 2",
    "0x1",
    "1e",
    "e1",
    "Infinity",
    "NaN",
    "1_0",
    "١",
  ])("finds no number in %j", (text) => expect(read(text)).toBeNaN());

  it("leaves blanks around it aside, and what is beyond its part", () => {
    expect(read("\u00a0\t 12.5 \n")).toBe(12.5);
    expect(readNumber("a,12,3", 2, 4)).toBe(12);
    expect(Object.is(read("-0"), -0)).toBe(true);
  });
});

it("takes for blank what trim does", () => {
  for (let code = 0; code < 0x10000; code++) {
    expect(isBlank(code), code.toString(16)).toBe(String.fromCharCode(code).trim() === "");
  }
});

it("takes marks as texts, without the blanks around them", () => {
  expect([...checkMarks("marks", [" NA ", "-"])]).toEqual(["NA", "-"]);
  for (const wrong of ["NA", null, [1], [null], {}]) {
    expect(() => checkMarks("marks", wrong)).toThrow(InvalidInputError);
  }
});
