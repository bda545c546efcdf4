import { describe, expect, it } from "vitest";
import {
  hasColour,
  isTerminal,
  type OutputStream,
  painter,
  table,
  visibleLength,
  widthOf,
  wrap,
} from "../../src/cli/terminal.ts";

const terminal = { isTTY: true, columns: 120 } as OutputStream;
const pipe = {} as OutputStream;

describe("a terminal", () => {
  it("can be drawn over unless it is dumb, and a pipe never", () => {
    expect([isTerminal(terminal, {}), isTerminal(terminal, { TERM: "dumb" }), isTerminal(pipe, {})]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each<[OutputStream, Record<string, string>, boolean]>([
    [terminal, {}, true],
    [pipe, {}, false],
    [terminal, { NO_COLOR: "1" }, false],
    [terminal, { NO_COLOR: "" }, true],
    [pipe, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    [pipe, { FORCE_COLOR: "" }, true],
    [terminal, { FORCE_COLOR: "0" }, false],
    [terminal, { FORCE_COLOR: "false" }, false],
  ])("%j with %j has colour: %s", (stream, environment, expected) => {
    expect(hasColour(stream, environment)).toBe(expected);
    expect(painter(expected).bold("a") === "a").toBe(!expected);
  });

  it("is 80 columns wide where nothing is known, and never filled beyond 100", () => {
    expect([widthOf(pipe), widthOf(terminal), widthOf({ columns: 40 } as OutputStream)]).toEqual([80, 100, 40]);
    expect(widthOf({ columns: 0 } as OutputStream)).toBe(80);
    expect(widthOf({ columns: 200 } as OutputStream)).toBe(100);
  });
});

describe("text", () => {
  it("is as long as it looks, colours and surrogates aside", () => {
    expect(visibleLength(painter(true).green("a😀"))).toBe(2);
  });

  it("breaks between words; one that is too long has a line of its own", () => {
    expect(wrap("  a bc\n def ghijklm n ", 6)).toEqual(["a bc", "def", "ghijklm", "n"]);
    expect(wrap(" ", 6)).toEqual([]);
    expect(wrap("", 5)).toEqual([]);
  });

  it("stands in columns, to the left or the right, without blanks at the end", () => {
    const bold = painter(true).bold("b");
    expect(
      table(
        [
          ["name", "1", "x"],
          [bold, "200"],
        ],
        "lrl",
      ),
    ).toEqual(["name    1  x", `${bold}     200`]);
    expect(table([], "lr")).toEqual([]);
  });
});
