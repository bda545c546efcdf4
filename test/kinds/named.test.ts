import { describe, expect, it } from "vitest";
import { booleanOption, checkNamed, kindOf, nameOf, numberOption } from "../../src/kinds/named.ts";

interface Ramp {
  readonly slope: number;
  readonly isOpen: boolean;
}

const kinds = {
  flat: { slope: 0, isOpen: true, synonyms: ["level"] },
  ramp: {
    options: { slope: numberOption(0.5, { min: 0, max: 1 }), isOpen: booleanOption(false) },
    of: ({ slope, isOpen }: Ramp): Ramp => ({ slope: 10 * slope, isOpen }),
  },
};
const check = (given: unknown) => checkNamed("layer 1", "ramp", given, kinds);

describe("what is named", () => {
  it("stays a bare name unless it is given an option", () => {
    for (const given of ["ramp", { name: "ramp" }, { name: "ramp", slope: undefined }])
      expect(check(given)).toBe("ramp");
    expect(check("flat")).toBe("flat");
  });

  it("is a frozen copy with all options otherwise", () => {
    const given = { name: "ramp", slope: 0.25 };
    const checked = check(given);
    given.slope = 1;
    expect(checked).toEqual({ name: "ramp", slope: 0.25, isOpen: false });
    expect(Object.isFrozen(checked)).toBe(true);
  });

  it.each([
    ["rmp", /^layer 1: .*"rmp".*ramp/],
    ["level", /^layer 1: .*"level".*flat/],
    [null, /^layer 1: .*got null/],
    [{ name: "rmp" }, /^layer 1: ramp: .*"rmp".*ramp/],
    [{ name: "ramp", slop: 1 }, /^layer 1: ramp: .*"slop".*slope/],
    [{ name: "flat", slope: 1 }, /^layer 1: flat: .*"slope"/],
    [{ name: "ramp", slope: 2 }, /^layer 1: ramp: slope: expected .*, got 2$/],
    [{ name: "ramp", slope: null }, /^layer 1: ramp: slope: expected .*, got null$/],
    [{ name: "ramp", isOpen: 1 }, /^layer 1: ramp: isOpen: expected true or false, got 1$/],
  ])("is not %j", (given, message) => {
    expect(() => check(given)).toThrow(message);
  });

  it("is what its file makes of its options, those that are left out included", () => {
    expect(kindOf("ramp", kinds as never)).toEqual({ slope: 5, isOpen: false });
    expect(kindOf({ name: "ramp", slope: 1 } as { name: "ramp" }, kinds as never)).toEqual({
      slope: 10,
      isOpen: false,
    });
    expect(kindOf("flat", kinds as never)).toBe(kinds.flat);
    expect([nameOf("ramp"), nameOf({ name: "flat" })]).toEqual(["ramp", "flat"]);
  });
});
